"""Codecs: what AWS answers, what a spec says, and the way between."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from reconciler.model.address import Address
from reconciler.model.value import UNKNOWN, Join, JsonText, Ref
from reconciler.resources import codecs
from reconciler.resources.budgets.budget import ROOT as BUDGET
from reconciler.resources.iam.role import ROLE
from reconciler.resources.s3.configuration import ENCRYPTION, LOGGING
from reconciler.resources.s3.lifecycle import LIFECYCLE
from reconciler.resources.sagemaker.pipeline import ROOT as PIPELINE
from reconciler.resources.sns.topic import ATTRIBUTES

ARN = Ref(Address("AWS::IAM::Role", "worker"), "Arn")

BOTH_WAYS = {
    "rename at every depth": (
        codecs.rename(ID="Id"),
        {"ID": 1, "Rules": [{"ID": 2}]},
        {"Id": 1, "Rules": [{"Id": 2}]},
    ),
    "each member has its own codec": (
        codecs.each(A=codecs.number(), B=codecs.flag()),
        {"A": "1", "B": "true", "C": "1"},
        {"A": 1, "B": True, "C": "1"},
    ),
    "items of a list": (codecs.items(codecs.number()), ["1", "2.5"], [1, 2.5]),
    "values of a map": (codecs.values(codecs.number()), {"a": "1"}, {"a": 1}),
    "a value one level deeper": (codecs.wrapped("Tags"), {"Tags": [1]}, [1]),
    "a document as text": (codecs.text(), '{"a":1,"b":[]}', {"b": [], "a": 1}),
    "a flag that is off": (codecs.flag(), "false", False),
    "first one codec and then another": (
        codecs.wrapped("Policy").then(codecs.text()),
        {"Policy": '{"a":1}'},
        {"a": 1},
    ),
    "an encryption rule": (
        ENCRYPTION,
        {"Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]},
        {
            "ServerSideEncryptionConfiguration": [
                {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
            ]
        },
    ),
    "attributes of a topic": (
        ATTRIBUTES,
        {"Attributes": {"DisplayName": "a", "FifoTopic": "true", "Policy": '{"Statement":[]}'}},
        {"DisplayName": "a", "FifoTopic": True, "TopicPolicy": {"Statement": []}},
    ),
    "amounts of a budget": (
        BUDGET,
        {"Budget": {"BudgetName": "b", "BudgetLimit": {"Amount": "100.5", "Unit": "USD"}}},
        {"Budget": {"BudgetName": "b", "BudgetLimit": {"Amount": 100.5, "Unit": "USD"}}},
    ),
    "the definition of a pipeline": (
        PIPELINE,
        {"PipelineDefinition": '{"Steps":[]}', "RoleArn": "r"},
        {"PipelineDefinition": {"PipelineDefinitionBody": {"Steps": []}}, "RoleArn": "r"},
    ),
}


@pytest.mark.parametrize("case", BOTH_WAYS)
def test_a_codec_reads_what_it_writes(case: str) -> None:
    codec, api, cfn = BOTH_WAYS[case]
    assert codec.decode(api) == cfn
    assert codec.encode(cfn) == api


DECODED = {
    "100.0 is 100": (codecs.number(), "100.0", 100),
    "a boolean is not a number": (codecs.number(), True, True),
    "an answer one level deeper": (codecs.unwrap("Role"), {"Role": {"a": 1}}, {"a": 1}),
    "the only item": (codecs.first("Alarms"), {"Alarms": [{"a": 1}]}, {"a": 1}),
    "no item": (codecs.first("Alarms"), {"Alarms": []}, None),
    "members that count": (codecs.only("a"), {"a": 1, "b": 2}, {"a": 1}),
    "a document that boto3 has parsed": (codecs.text(), {"a": 1}, {"a": 1}),
    "a time": (codecs.moment(), datetime(2026, 11, 23, tzinfo=UTC), "2026-11-23T00:00:00Z"),
    "a boundary with its type": (
        ROLE,
        {"PermissionsBoundary": {"PermissionsBoundaryArn": "arn", "PermissionsBoundaryType": "P"}},
        {"PermissionsBoundary": "arn"},
    ),
    "spend of a budget is not its content": (
        BUDGET,
        {"Budget": {"BudgetName": "b", "CalculatedSpend": {}, "HealthStatus": {}}},
        {"Budget": {"BudgetName": "b"}},
    ),
    "a logging target": (
        LOGGING,
        {"TargetBucket": "logs", "TargetPrefix": "raw/"},
        {"DestinationBucketName": "logs", "LogFilePrefix": "raw/"},
    ),
}


@pytest.mark.parametrize("case", DECODED)
def test_a_codec_reads(case: str) -> None:
    codec, api, cfn = DECODED[case]
    assert codec.decode(api) == cfn


ENCODED = {
    "a whole number as text": (codecs.string(), 3, "3"),
    "a reference instead of a number": (codecs.number(), ARN, ARN),
    "text stays text": (codecs.text(), "{}", "{}"),
    "a document with a reference waits": (codecs.text(), {"a": ARN}, JsonText({"a": ARN})),
    "a document with a mark waits": (codecs.text(), {"a": UNKNOWN}, JsonText({"a": UNKNOWN})),
    "a document with a joined text waits": (
        codecs.text(),
        [Join(("a", ARN))],
        JsonText([Join(("a", ARN))]),
    ),
    "a document that waits already": (codecs.text(), JsonText({"a": 1}), JsonText({"a": 1})),
    "members the request takes": (codecs.takes("a"), {"a": 1, "b": 2}, {"a": 1}),
    "logging without a prefix": (
        LOGGING,
        {"DestinationBucketName": "logs"},
        {"LoggingEnabled": {"TargetBucket": "logs", "TargetPrefix": ""}},
    ),
}


@pytest.mark.parametrize("case", ENCODED)
def test_a_codec_writes(case: str) -> None:
    codec, cfn, api = ENCODED[case]
    assert codec.encode(cfn) == api


RULES: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "no condition is an empty prefix": ({"Filter": {"Prefix": ""}}, {}),
    "a prefix": ({"Filter": {"Prefix": "raw/"}}, {"Prefix": "raw/"}),
    "one tag": (
        {"Filter": {"Tag": {"Key": "a", "Value": "b"}}},
        {"TagFilters": [{"Key": "a", "Value": "b"}]},
    ),
    "several conditions": (
        {
            "Filter": {
                "And": {
                    "Prefix": "raw/",
                    "Tags": [{"Key": "a", "Value": "b"}],
                    "ObjectSizeGreaterThan": 1024,
                }
            }
        },
        {
            "Prefix": "raw/",
            "TagFilters": [{"Key": "a", "Value": "b"}],
            "ObjectSizeGreaterThan": "1024",
        },
    ),
    "a size": ({"Filter": {"ObjectSizeLessThan": 9}}, {"ObjectSizeLessThan": "9"}),
    "expiration in days": (
        {"Filter": {"Prefix": ""}, "Expiration": {"Days": 3}},
        {"ExpirationInDays": 3},
    ),
    "delete markers": (
        {"Filter": {"Prefix": ""}, "Expiration": {"ExpiredObjectDeleteMarker": True}},
        {"ExpiredObjectDeleteMarker": True},
    ),
    "transitions": (
        {
            "Filter": {"Prefix": ""},
            "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}],
            "NoncurrentVersionTransitions": [
                {"NoncurrentDays": 7, "StorageClass": "GLACIER", "NewerNoncurrentVersions": 2}
            ],
        },
        {
            "Transitions": [{"TransitionInDays": 30, "StorageClass": "GLACIER"}],
            "NoncurrentVersionTransitions": [
                {"TransitionInDays": 7, "StorageClass": "GLACIER", "NewerNoncurrentVersions": 2}
            ],
        },
    ),
    "what both call the same": (
        {
            "Filter": {"Prefix": ""},
            "NoncurrentVersionExpiration": {"NoncurrentDays": 9},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
        {
            "NoncurrentVersionExpiration": {"NoncurrentDays": 9},
            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
        },
    ),
}


@pytest.mark.parametrize("case", RULES)
def test_a_lifecycle_rule_reads_as_it_is_written(case: str) -> None:
    api, cfn = RULES[case]
    same = {"Status": "Enabled"}
    rules = {"Rules": [{"ID": "one", **same, **api}]}
    wanted = {"Rules": [{"Id": "one", **same, **cfn}]}
    assert LIFECYCLE.decode(rules) == wanted
    assert LIFECYCLE.encode(wanted) == {"LifecycleConfiguration": rules}


def test_an_old_rule_with_a_bare_prefix_reads_like_one_with_a_filter() -> None:
    old = {"Rules": [{"ID": "one", "Status": "Enabled", "Prefix": "raw/"}]}
    assert LIFECYCLE.decode(old)["Rules"][0]["Prefix"] == "raw/"


def test_dates_of_a_rule_read_as_text() -> None:
    born = datetime(2027, 1, 1, tzinfo=UTC)
    rule = {"ID": "one", "Status": "Enabled", "Expiration": {"Date": born}}
    found = LIFECYCLE.decode({"Rules": [rule]})["Rules"][0]
    assert found["ExpirationDate"] == "2027-01-01T00:00:00Z"


def test_the_minimum_size_stands_beside_the_rules() -> None:
    value = {"Rules": [], "TransitionDefaultMinimumObjectSize": "varies_by_storage_class"}
    sent = LIFECYCLE.encode(value)
    assert sent["TransitionDefaultMinimumObjectSize"] == "varies_by_storage_class"
    assert LIFECYCLE.decode({**sent["LifecycleConfiguration"], **sent})["Rules"] == []
