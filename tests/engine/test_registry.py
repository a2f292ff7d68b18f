"""A registry with all that it can have: applied, unchanged afterwards, edited."""

from __future__ import annotations

import pytest

from .platform import Platform, codes, join, methods, paths, spec, step_of, steps

SECURITY = spec(
    "Security",
    "core",
    "{keys: {data: {description: x}, signatures: {description: Signs., usage: signing}}}",
)
RAW = spec("DataSource", "raw", "{s3: {}}")
RISK = "arn:aws:iam::123456789012:role/risk"
BODY = f"""
  artifacts: {{source: raw, path: models, immutable: true}}
  signing: {{key: {{security: core, key: signatures}}}}
  readers: ["210987654321"]
  approval:
    approvers: ["{RISK}"]
    expireAfter: 90d
    subscribers: {{queues: ["arn:aws:sqs:eu-west-1:123456789012:approvals"]}}
  policy: {{when: [{{metric: auc, atLeast: 0.9}}]}}
  stages: {{production: {{movers: ["{RISK}"]}}}}
  keep: {{versions: 3}}
  card: {{purpose: Finds fraud., uses: Payments., risk: medium, status: draft}}
"""
ALL = join(SECURITY, RAW, spec("ModelRegistry", "fraud", BODY))
CARD = "AWS::SageMaker::ModelCard/acme-dev-fraud"
GROUP = "AWS::SageMaker::ModelPackageGroup/acme-dev-fraud"


@pytest.fixture
def live(platform: Platform) -> Platform:
    platform.converge(ALL)
    return platform


def test_all_of_it_is_made_and_a_second_plan_is_empty(live: Platform) -> None:
    plan = live.plan()
    assert steps(plan) == []
    assert [each for each in codes(plan) if each.startswith("MODEL")] == []
    kms = live.client("kms")
    key = kms.describe_key(KeyId="alias/acme-dev-core-signatures")["KeyMetadata"]
    assert (key["KeyUsage"], key["KeySpec"]) == ("SIGN_VERIFY", "ECC_NIST_P256")


def test_status_and_content_of_a_card_are_two_requests(live: Platform) -> None:
    live.text = ALL.replace("status: draft", "status: approved").replace(
        "risk: medium", "risk: low"
    )
    plan = live.plan()
    assert step_of(plan, CARD).calls
    run = live.apply(plan)
    assert len(run.calls) >= 2
    assert steps(live.plan()) == []


@pytest.mark.scenario("T33")
def test_another_reader_is_one_change_and_wider_access(live: Platform) -> None:
    live.text = ALL.replace(
        'readers: ["210987654321"]', 'readers: ["210987654321", "310987654321"]'
    )
    plan = live.plan()
    assert "acme-dev-fraud" in paths(plan)
    assert "put_model_package_group_policy" in methods(plan)
    assert step_of(plan, GROUP).losses
