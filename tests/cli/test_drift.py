"""Hand edits in the console: drift names each one, apply repairs them all."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .folder import Folder
from .result import Result

ALARM = "acme-local-fraud-oncall-model-latency-p99"
BUCKET = "acme-local-curated-123456789012"
GROUP = "acme-local-customer-v2"
ROLE = "acme-local-fraud-training"
TOPIC = "acme-local-fraud-oncall"
EDITED = {
    "a raised threshold of an alarm": (ALARM, "Threshold"),
    "a bucket without versioning": (BUCKET, "VersioningConfiguration"),
    "a removed tag": (TOPIC, "Tags"),
    "a wider inline policy of a role": (ROLE, "Policies"),
    "a shorter life of features": (GROUP, "OnlineStoreConfig"),
}


@pytest.fixture(scope="module")
def morning(applied: Folder) -> dict[str, Result]:
    """What the commands say after the edits, and after the repair."""
    edit(applied)
    writes = applied.writes
    edited = {
        "as json": applied.run("drift", "-e", "local", "--json"),
        "as text": applied.run("drift", "-e", "local"),
    }
    assert applied.writes == writes
    repair = applied.run("apply", "-e", "local", "--yes")
    after = applied.run("drift", "-e", "local", "--json")
    return {**edited, "repair": repair, "after": after}


def edit(folder: Folder) -> None:
    """Change five resources behind Moorline's back."""
    cloudwatch = folder.client("cloudwatch")
    alarm = cloudwatch.describe_alarms(AlarmNames=[ALARM])["MetricAlarms"][0]
    taken = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    kept = {key: value for key, value in alarm.items() if key in taken}
    cloudwatch.put_metric_alarm(**{**kept, "Threshold": alarm["Threshold"] * 4})
    folder.client("s3").put_bucket_versioning(
        Bucket=BUCKET, VersioningConfiguration={"Status": "Suspended"}
    )
    topic = f"arn:aws:sns:eu-west-1:123456789012:{TOPIC}"
    folder.client("sns").untag_resource(ResourceArn=topic, TagKeys=["cost-centre"])
    iam = folder.client("iam")
    policy = iam.list_role_policies(RoleName=ROLE)["PolicyNames"][0]
    wide: dict[str, Any] = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [wide]})
    iam.put_role_policy(RoleName=ROLE, PolicyName=policy, PolicyDocument=document)
    folder.client("sagemaker").update_feature_group(
        FeatureGroupName=GROUP,
        OnlineStoreConfig={"TtlDuration": {"Unit": "Days", "Value": 1}},
    )
    folder.control("clock", {"advance": 600})


@pytest.mark.parametrize(
    ("command", "code"),
    [
        pytest.param("as json", 4, id="4 after them"),
        pytest.param("as text", 4, id="4 after them, as text"),
        pytest.param("repair", 0, id="0 for the repair"),
        pytest.param("after", 0, id="0 after it"),
    ],
)
def test_the_exit_code_is(command: str, code: int, morning: dict[str, Result]) -> None:
    assert morning[command].code == code, morning[command].text[-2000:]


@pytest.mark.parametrize("edit", EDITED)
def test_drift_names(edit: str, morning: dict[str, Result]) -> None:
    name, path = EDITED[edit]
    drifted = {each["name"]: each for each in morning["as json"].json["drifted"]}
    assert drifted[name]["kind"] == "changed"
    assert {field["path"][0] for field in drifted[name]["fields"]} == {path}
    assert name in morning["as text"].out


def test_drift_names_nothing_else(morning: dict[str, Result]) -> None:
    names = {each["name"] for each in morning["as json"].json["drifted"]}
    assert names == {name for name, _ in EDITED.values()}


def test_drift_says_what_was_declared_and_what_is_live(morning: dict[str, Result]) -> None:
    drifted = {each["name"]: each for each in morning["as json"].json["drifted"]}
    field = drifted[ALARM]["fields"][0]
    assert field["live"] == field["declared"] * 4
    assert drifted[ALARM]["at"]["file"] == "specs/monitoring/fraud-detector.yaml"


def test_after_the_repair_nothing_differs(morning: dict[str, Result]) -> None:
    assert morning["after"].json["drifted"] == []
