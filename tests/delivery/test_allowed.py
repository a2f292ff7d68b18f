"""The delivered roles suffice for all that Moorline sends, and nobody changes another's."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from engine import specs
from sweeps import LONG, only_long

from reconciler.sandbox.inprocess import sandbox

from .judged import (
    ACCOUNT,
    KEY,
    OURS,
    REGION,
    Known,
    delivered,
    everything,
    one,
    role,
    samples,
)
from .lives import ADOPTING, Recorded, allowed, example, life, looked, refused, signature


def test_the_roles_suffice_for_a_platform_with_every_type() -> None:
    sent = life("dev")
    reads = [each for each in sent if each.reads and "lease" not in str(each.questions)]

    assert len({str(each) for each in sent}) > 100
    assert refused(role("apply"), sent) == {}
    assert refused(role("plan"), reads) == {}


@only_long
def test_the_roles_suffice_for_the_example() -> None:
    sent = example()

    assert len({str(each) for each in sent}) > 90
    assert refused(role("apply", "local"), sent) == {}
    assert refused(role("plan", "local"), [each for each in sent if each.reads]) == {}


def test_the_plan_role_of_few_types_suffices_for_all_that_a_plan_lists() -> None:
    """What no tagging API knows is listed whatever the specs make; all else follows from them."""
    few = replace(everything("dev"), types=("AWS::S3::Bucket",))
    with sandbox() as aws:
        scene = Recorded(aws, text=specs.RAW)
        scene.plan()

    assert {"iam.list_roles", "budgets.describe_budgets"} <= {str(it) for it in scene.book.sent}
    assert refused(delivered(few, "dev")["moorline-dev-plan"], scene.book.sent) == {}


def test_the_roles_suffice_for_whatever_a_resource_file_can_say() -> None:
    assert refused(role("apply", "test"), samples()) == {}


def test_the_roles_suffice_for_signatures_drift_and_its_reports() -> None:
    assert refused(role("plan"), looked()) == {}
    assert refused(role("apply"), [signature("Verify")]) == {}


def test_a_key_that_is_called_like_ours_is_adopted() -> None:
    known = Known(keys={"alias/acme-dev-data": KEY}, named={KEY: ("alias/acme-dev-data",)})
    sent = [one("kms", name, known, **params) for name, params in ADOPTING]

    assert refused(role("apply"), sent) == {}
    known.tagged[KEY] = {**OURS, "moorline:environment": "prod"}
    theirs = [one("kms", name, known, **params) for name, params in ADOPTING]
    assert len(refused(role("apply"), theirs)) == len(ADOPTING)


# -- not for what others own


@pytest.mark.parametrize("calls", [lambda: life("dev"), samples, *([example] if LONG else [])])
def test_the_plan_role_changes_nothing(calls: Any) -> None:
    sent = [each for each in calls() if not each.reads]

    assert sent
    for name in ("dev", "local", "test"):
        assert allowed(role("plan", name), sent) == set()


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({"name": "dev-2"}, id="an environment whose name begins alike"),
        pytest.param({"name": "de"}, id="one whose name is the beginning"),
        pytest.param({"name": "prod"}, id="another environment"),
        pytest.param({"name": "dev", "platform": "risk"}, id="another platform"),
    ],
)
def test_nobody_changes_what_another_owns(other: dict[str, str]) -> None:
    sent = [each for each in life("dev") if not each.reads]

    assert allowed(role("apply", **other), sent) == set()
    assert allowed(role("plan", **other), sent) == set()


def test_an_environment_that_is_known_is_kept_from_names_that_begin_like_its_own() -> None:
    sent = [each for each in life("dev-2") if not each.reads]

    assert allowed(role("apply", siblings=("acme-dev-2-",)), sent) == set()


def test_of_what_is_not_known_to_be_there_names_are_taken_and_buckets_changed() -> None:
    """IAM sees tags of what exists, and of buckets only where their owner turns that on."""
    sent = [each for each in life("dev-2") if not each.reads]
    found = allowed(role("apply"), sent)
    buckets = {each for each in found if each.startswith("s3.")}

    assert found - buckets == {f"{service}.{name}" for service, name in NEW}
    for at in ("alarm:acme-dev-2-late", "alarm:acme-dev-unknown-late"):
        arn = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:{at}"
        theirs = Known(tagged={arn: {**OURS, "moorline:environment": "dev-2"}})
        there = one("cloudwatch", "PutMetricAlarm", theirs, AlarmName=at.removeprefix("alarm:"))
        assert allowed(role("apply"), [there]) == set()


NEW = (
    ("budgets", "create_budget"),
    ("cloudwatch", "put_metric_alarm"),
    ("iam", "create_role"),
    ("sagemaker", "create_endpoint_config"),
    ("sagemaker", "create_model"),
    ("sagemaker", "create_model_package_group"),
    ("sagemaker", "create_pipeline"),
    ("sns", "create_topic"),
)
