"""The set `recorded`, on small folders of made-up answers."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.conformance.recording import NotAnAnswer, read
from tests.conformance.result import Result
from tests.conformance.sets.recorded import roles, run

ROLE = {
    "RoleName": "made-up",
    "RoleId": "AROA",
    "Path": "/",
    "Arn": "arn:aws:iam::123456789012:role/made-up",
    "CreateDate": "2024-01-02T03:04:05Z",
    "AssumeRolePolicyDocument": "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%5D%7D",
    "ANewMember": {"nobody": ["knows", {"it": None}]},
}
SCALED = {"ResourceId": "service/x/y", "ScalableDimension": "ecs:service:DesiredCount"}
POLICY = {
    **SCALED,
    "ServiceNamespace": "ecs",
    "PolicyName": "p",
    "PolicyARN": "arn:aws:autoscaling:us-west-2:123456789012:scalingPolicy:1:resource/ecs/p",
    "PolicyType": "StepScaling",
    "StepScalingPolicyConfiguration": {"Cooldown": 60, "AdjustmentType": "ExactCapacity"},
}
"""What is in two others: its name has theirs."""
TIME = {"__class__": "datetime", "year": 2024, "month": 1, "day": 2}


def results(folder: Path, files: dict[str, Any]) -> list[Result]:
    for name, body in files.items():
        path = folder / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(body if isinstance(body, str) else json.dumps(body))
    return list(run(folder))


def outcome(folder: Path, name: str, body: Any) -> set[tuple[str, str]]:
    return {(each.outcome, each.why) for each in results(folder, {name: body})}


def fault(code: str, message: str = "No.", status: int = 400) -> dict[str, Any]:
    return {"status_code": status, "data": {"Error": {"Code": code, "Message": message}}}


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("iam/x/GetRole_1", {"Role": ROLE}),
        ("iam/x/test_it__GetRole_1", {"status_code": 200, "data": {"Role": ROLE}}),
        ("iam/x/ListRoles_1", {"Roles": [ROLE], "IsTruncated": True, "Marker": "more"}),
        ("applicationautoscaling/x/DescribeScalingPolicies_1", {"ScalingPolicies": [POLICY]}),
        ("iam/x/ListRoleTags_1", {"Tags": [{"Key": "a", "Value": "b"}], "IsTruncated": False}),
        ("s3/x/GetBucketPolicy_1", {"Policy": '{"Statement": []}'}),
        ("s3/x/ListBuckets_1", {"Buckets": [], "Owner": {}}),
        ("s3/x/GetBucketPolicy_1", fault("NoSuchBucketPolicy", status=404)),
        ("s3/x/GetBucketPolicy_1", fault("AccessDenied", status=403)),
        ("s3/x/GetBucketPolicy_1", fault("SlowDown", status=503)),
        ("iam/x/GetRole_1", fault("NoSuchEntity", status=404)),
        (
            "sagemaker/x/DescribeEndpoint_1",
            fault("ValidationException", 'Could not find endpoint "x".'),
        ),
        ("sagemaker/x/DescribeEndpoint_1", fault("ValidationException", "Out of ideas.")),
        (
            "tagging/x/GetResources_1",
            {"ResourceTagMappingList": [{"ResourceARN": "arn:aws:s3:::b", "Tags": []}]},
        ),
    ],
)
def test_an_answer_that_is_understood_passes(name: str, body: Any, tmp_path: Path) -> None:
    assert outcome(tmp_path, name, body) == {("passed", "")}


@pytest.mark.parametrize(
    ("name", "body", "why"),
    [
        ("sqs/x/ListQueues_1", {"QueueUrls": []}, "no adapter reads sqs.ListQueues"),
        ("iam/x/GetNothing_1", {}, "no adapter reads iam.GetNothing"),
        ("iam/x/GetRole_1", "{", "JSONDecodeError"),
        ("iam/x/GetRole_1", [1], "a list, not an answer"),
        ("iam/x/GetRole_1", {"Queue": 1}, "no answer of GetRole: it has Queue"),
    ],
)
def test_what_is_no_answer_to_us_is_skipped(name: str, body: Any, why: str, tmp_path: Path) -> None:
    assert outcome(tmp_path, name, body) == {("skipped", why)}


def test_an_answer_that_an_adapter_cannot_read_fails(tmp_path: Path) -> None:
    ((said, why),) = outcome(tmp_path, "iam/x/ListRoles_1", {"Roles": [{"Path": "/"}]})
    assert (said, why) == ("failed", "KeyError: 'RoleName'")


def test_an_error_that_is_taken_for_something_else_fails(tmp_path: Path) -> None:
    found = outcome(tmp_path, "iam/x/GetRole_1", fault("ThingNotFoundException"))
    assert found == {("failed", "ThingNotFoundException is taken for rejected, not absent")}


def test_an_index_says_which_files_there_are(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"Role": ROLE}))
    (tmp_path / "INDEX.csv").write_text(
        "service,operation,path\niam,GetRole,a.json\niam,(snapshot: 2 tests),b.json\n"
    )
    assert [each.outcome for each in run(tmp_path)] == ["passed", "skipped"]


def test_times_and_documents_are_as_boto3_answers_them(tmp_path: Path) -> None:
    path = tmp_path / "GetRole_1.json"
    path.write_text(json.dumps({"Role": {**ROLE, "CreateDate": TIME}}))
    role = read("iam", "GetRole", path).body["Role"]
    assert role["CreateDate"] == datetime(2024, 1, 2, tzinfo=UTC)
    assert role["AssumeRolePolicyDocument"] == {"Version": "2012-10-17", "Statement": []}


def test_an_operation_that_botocore_does_not_know_is_no_answer(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text("{}")
    with pytest.raises(NotAnAnswer, match="botocore knows no iam"):
        read("iam", "GetNothing", path)


def test_every_method_that_reads_has_a_use() -> None:
    known = roles()
    assert ("iam", "get_role") in known
    assert {role.use for used in known.values() for role in used} == {
        "read",
        "list",
        "part",
        "tags",
    }


@pytest.mark.parametrize(
    ("name", "body", "uses"),
    [
        (
            "glue/x/GetTables_1",
            {"TableList": [{"Name": "rows", "DatabaseName": "mine", "Retention": 0}]},
            "AWS::Glue::Table list",
        ),
        (
            "scheduler/x/ListSchedules_1",
            {"Schedules": [{"Name": "daily", "GroupName": "mine"}]},
            "AWS::Scheduler::Schedule list",
        ),
    ],
)
def test_what_is_in_something_is_listed_there(
    name: str, body: Any, uses: str, tmp_path: Path
) -> None:
    (found,) = [each for each in results(tmp_path, {name: body}) if each.case.endswith(uses)]
    assert (found.outcome, found.why) == ("passed", "")
