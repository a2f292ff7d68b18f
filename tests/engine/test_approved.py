"""What is deployed of a registry: what is approved when the plan is made, and nothing else."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sweeps import only_long

from reconciler.model.plan import plan_from_json, plan_to_json
from reconciler.registry.approval import AT, BY, EXPIRES
from reconciler.sandbox.seed import register_package

from . import specs
from .platform import Platform, codes, join, spec, steps

GROUP, BUCKET = "acme-dev-fraud", "acme-dev-raw-123456789012"
REGISTRY = spec(
    "ModelRegistry",
    "fraud",
    "{artifacts: {source: raw, path: models}, approval: {approvers: [risk], expireAfter: 30d}}",
)
TEXT = join(specs.RAW, REGISTRY, specs.LATEST)


def register(platform: Platform, auc: float) -> str:
    """A version that waits for an approval."""
    s3, sagemaker = platform.client("s3"), platform.client("sagemaker")
    key = f"models/{auc}/evaluation.json"
    body = json.dumps({"metrics": {"auc": {"value": auc}}})
    s3.put_object(Bucket=BUCKET, Key=key, Body=body)
    s3.put_object(Bucket=BUCKET, Key=f"models/{auc}/model.tar.gz", Body=b"a model")
    return register_package(
        sagemaker,
        GROUP,
        approved=False,
        metrics=f"s3://{BUCKET}/{key}",
        model_data=f"s3://{BUCKET}/models/{auc}/model.tar.gz",
    )


def decide(platform: Platform, arn: str, status: str = "Approved", **more: str) -> None:
    at = datetime.now(UTC).isoformat(timespec="seconds")
    written: dict[str, Any] = {BY: "arn:aws:iam::123456789012:user/alice", AT: at, **more}
    platform.client("sagemaker").update_model_package(
        ModelPackageArn=arn, ModelApprovalStatus=status, CustomerMetadataProperties=written
    )


def served(platform: Platform) -> str:
    sagemaker = platform.client("sagemaker")
    config = sagemaker.describe_endpoint(EndpointName="acme-dev-scorer")["EndpointConfigName"]
    found = sagemaker.describe_endpoint_config(EndpointConfigName=config)
    model = found["ProductionVariants"][0]["ModelName"]
    container = sagemaker.describe_model(ModelName=model)["PrimaryContainer"]
    return str(container["ModelPackageName"].rpartition("/")[2])


def pulled(platform: Platform) -> set[str]:
    """The repositories that the role of the endpoint may pull from."""
    iam = platform.client("iam")
    found = set()
    for role in iam.list_roles()["Roles"]:
        if "scorer" not in role["RoleName"]:
            continue
        for name in iam.list_role_policies(RoleName=role["RoleName"])["PolicyNames"]:
            policy = iam.get_role_policy(RoleName=role["RoleName"], PolicyName=name)
            for each in policy["PolicyDocument"]["Statement"]:
                if "ecr:BatchGetImage" in each["Action"]:
                    resource = each["Resource"]
                    found |= {resource} if isinstance(resource, str) else {*resource}
    return found


@pytest.mark.scenario("T27")
@pytest.mark.scenario("T28")
def test_a_version_is_deployed_when_it_is_approved_and_as_it_was_planned(
    platform: Platform,
) -> None:
    platform.text = TEXT
    assert platform.apply(platform.plan()).outcome.ok
    first = register(platform, 0.94)
    decide(platform, first)
    platform.converge()
    assert served(platform) == "1"
    assert pulled(platform) == {"arn:aws:ecr:eu-west-1:763104351884:repository/xgboost"}

    second = register(platform, 0.95)
    assert steps(platform.plan()) == []  # a new version that nobody approved changes nothing

    decide(platform, second)
    plan = plan_from_json(plan_to_json(platform.plan()))
    (told,) = plan.versions
    assert (told.before, told.after, told.by) == (1, 2, "alice")
    assert told.metrics == {"auc": (0.94, 0.95)}
    assert told.until

    third = register(platform, 0.96)
    decide(platform, third)  # between plan and apply
    assert platform.apply(plan).outcome.ok
    assert served(platform) == "2"

    platform.converge()
    assert served(platform) == "3"
    decide(platform, third, "Rejected")
    (back,) = platform.plan().versions
    assert (back.before, back.after) == (3, 2)
    platform.text = TEXT.replace("latest-approved", "3")
    assert [found.code for found in platform.plan().errors] == ["MODEL005"]


@only_long
def test_an_approval_that_is_over_blocks_what_is_new_and_never_what_serves(
    platform: Platform,
) -> None:
    platform.text = TEXT
    assert platform.apply(platform.plan()).outcome.ok
    first = register(platform, 0.94)
    decide(platform, first)
    platform.converge()
    over = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
    decide(platform, first, **{EXPIRES: over})
    second = register(platform, 0.95)
    decide(platform, second, **{EXPIRES: over})

    plan = platform.plan()
    assert (steps(plan), plan.errors) == ([], ())
    assert [code for code in codes(plan) if code == "MODEL005"] == ["MODEL005"] * 2

    platform.text = TEXT.replace("latest-approved", "2")
    assert {found.code for found in platform.plan().errors} == {"MODEL005"}
    platform.text = TEXT.replace("latest-approved", "1")
    assert platform.plan().errors == ()
