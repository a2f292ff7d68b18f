"""A machine end to end: three pages over HTTP, one refused, one malformed; rows, features.

The first page is good, the second is refused once with 429, the third is no JSON and goes to the
dead letters with its reason. Rows land in a bucket; those that break a rule are quarantined; the
rest are features that can be read.
"""

from __future__ import annotations

import json
from typing import Any

from reconciler.sandbox.inprocess import Sandbox

from .flows import SFN, Answer, begin, ended, kinds, machine, role, served

PAGES = {
    "1": {"rows": [{"id": "a", "at": "2026-01-01T00:00:00Z", "amount": 10},
                   {"id": "b", "at": "2026-01-01T00:00:00Z", "amount": -5}], "next": 2},
    "2": {"rows": [{"id": "c", "at": "2026-01-02T00:00:00Z", "amount": 7}], "next": 3},
}  # fmt: skip
BUCKET = "pages-of-tests"


class Api:
    """Three pages, the second of which is refused the first time."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    def __call__(self, path: str, headers: dict[str, str], _body: bytes) -> Answer:
        page = path.partition("page=")[2]
        self.asked.append(page)
        if headers.get("x-key") != "hidden":
            return 401, "text/plain", b"who?"
        if page == "2" and self.asked.count("2") == 1:
            return 429, "text/plain", b"slow down"
        if page == "3":
            return 200, "application/json", b'{"rows": [{"id": "d", '
        return 200, "application/json", json.dumps(PAGES[page]).encode()


def flow(connection: str, queue: str) -> dict[str, Any]:
    """A sequential loop over pages: each is landed, checked row by row, and its rows ingested."""
    pull = {
        "Type": "Task", "Resource": f"{SFN}http:invoke",
        "Parameters": {"ApiEndpoint": "https://api.example.com/rows", "Method": "GET",
                       "InvocationConfig": {"ConnectionArn": connection},
                       "QueryParameters": {"page.$": "States.Format('{}', $.page)"}},
        "ResultSelector": {"body.$": "$.ResponseBody"}, "ResultPath": "$.got",
        "Retry": [{"ErrorEquals": ["States.Http.StatusCode.429"], "IntervalSeconds": 5,
                   "MaxDelaySeconds": 60, "JitterStrategy": "FULL", "MaxAttempts": 5}],
        "Next": "whole",
    }  # fmt: skip
    whole = {
        "Type": "Choice", "Default": "letter",
        "Choices": [{"And": [{"Variable": "$.got.body.rows", "IsPresent": True},
                             {"Variable": "$.got.body.rows[0]", "IsPresent": True}],
                     "Next": "land"}],
    }  # fmt: skip
    land = {
        "Type": "Task", "Resource": f"{SFN}aws-sdk:s3:putObject",
        "Parameters": {"Bucket": BUCKET, "Key.$": "States.Format('raw/{}.json', $.page)",
                       "Body.$": "$.got.body"},
        "ResultPath": None, "Next": "rows",
    }  # fmt: skip
    good = {"And": [{"Variable": "$.amount", "IsNumeric": True},
                    {"Variable": "$.amount", "NumericGreaterThanEquals": 0}],
            "Next": "put"}  # fmt: skip
    put = {
        "Type": "Task", "Resource": f"{SFN}aws-sdk:sagemakerfeaturestoreruntime:putRecord",
        "Parameters": {"FeatureGroupName": "customers", "Record": [
            {"FeatureName": "id", "ValueAsString.$": "$.id"},
            {"FeatureName": "at", "ValueAsString.$": "$.at"},
            {"FeatureName": "amount", "ValueAsString.$": "States.Format('{}', $.amount)"}]},
        "End": True,
    }  # fmt: skip
    aside = {
        "Type": "Task", "Resource": f"{SFN}aws-sdk:s3:putObject",
        "Parameters": {"Bucket": BUCKET, "Key.$": "States.Format('quarantine/{}.json', $.id)",
                       "Body": {"row.$": "$", "rule": "amount is not below 0"}},
        "End": True,
    }  # fmt: skip
    rows = {
        "Type": "Map", "ItemsPath": "$.got.body.rows", "ResultPath": None, "MaxConcurrency": 1,
        "ItemProcessor": {"StartAt": "check", "States": {
            "check": {"Type": "Choice", "Choices": [good], "Default": "aside"},
            "put": put, "aside": aside}},
        "Next": "next",
    }  # fmt: skip
    following = {"Type": "Pass", "Parameters": {"page.$": "$.got.body.next"}, "Next": "pull"}
    letter = {
        "Type": "Task", "Resource": f"{SFN}sqs:sendMessage",
        "Parameters": {"QueueUrl": queue, "MessageBody": {
            "run.$": "$$.Execution.Id", "page.$": "$.page", "reason": "the page is malformed"}},
        "End": True,
    }  # fmt: skip
    return {"pull": pull, "whole": whole, "land": land, "rows": rows, "next": following,
            "letter": letter}  # fmt: skip


def test_three_pages_one_refused_one_malformed(aws: Sandbox) -> None:
    aws.clock.configure(mode="manual")
    api, group = Api(), "customers"
    queue = aws.client("sqs").create_queue(QueueName="dead")["QueueUrl"]
    _account(aws, group)
    with served(api) as home:
        aws.machines.hosts["api.example.com"] = home
        arn = begin(aws, machine(aws, flow(_connection(aws), queue), _role(aws)), {"page": 1})
        found = ended(aws, arn)
    assert found["status"] == "SUCCEEDED", found
    assert api.asked == ["1", "2", "2", "3"]
    assert kinds(aws, arn).count("TaskFailed") == 1
    s3 = aws.client("s3")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    assert keys == ["quarantine/b.json", "raw/1.json", "raw/2.json"]
    kept = json.loads(s3.get_object(Bucket=BUCKET, Key="quarantine/b.json")["Body"].read())
    assert kept == {"row": PAGES["1"]["rows"][1], "rule": "amount is not below 0"}  # type: ignore[index]
    store = aws.client("sagemaker-featurestore-runtime")
    amounts = {}
    for name in "abcd":
        answer = store.get_record(FeatureGroupName=group, RecordIdentifierValueAsString=name)
        row = {it["FeatureName"]: it["ValueAsString"] for it in answer.get("Record", ())}
        amounts[name] = row.get("amount")
    assert amounts == {"a": "10", "b": None, "c": "7", "d": None}
    (letter,) = aws.client("sqs").receive_message(QueueUrl=queue)["Messages"]
    assert json.loads(letter["Body"]) == {"run": arn, "page": 3, "reason": "the page is malformed"}


def _account(aws: Sandbox, group: str) -> None:
    where = {"LocationConstraint": aws.region}
    aws.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=where)
    features = {"id": "String", "at": "String", "amount": "Fractional"}
    aws.client("sagemaker").create_feature_group(
        FeatureGroupName=group, RecordIdentifierFeatureName="id", EventTimeFeatureName="at",
        FeatureDefinitions=[{"FeatureName": n, "FeatureType": t} for n, t in features.items()],
        OnlineStoreConfig={"EnableOnlineStore": True}, RoleArn=role(aws, "fg", service="sagemaker"),
    )  # fmt: skip
    aws.clock.advance(60)


def _connection(aws: Sandbox) -> str:
    key = {"ApiKeyAuthParameters": {"ApiKeyName": "X-Key", "ApiKeyValue": "hidden"}}
    made = aws.client("events").create_connection(
        Name="api", AuthorizationType="API_KEY", AuthParameters=key
    )
    aws.clock.advance(30)
    return str(made["ConnectionArn"])


def _role(aws: Sandbox) -> str:
    return role(
        aws, "flow", "states:InvokeHTTPEndpoint", "events:RetrieveConnectionCredentials",
        "secretsmanager:GetSecretValue", "secretsmanager:DescribeSecret", "s3:PutObject",
        "sagemaker:PutRecord", "sqs:SendMessage",
    )  # fmt: skip
