"""Faults in the properties of a resource."""

from typing import Any

import pytest

from reconciler.facts.check import problems
from reconciler.model.address import Address
from reconciler.model.value import SENSITIVE, UNKNOWN, Join, JsonText, Ref

GROUP = "AWS::SageMaker::FeatureGroup"
ARN = "arn:aws:iam::123456789012:role/r"
GOOD: dict[str, Any] = {
    "FeatureGroupName": "customer",
    "RecordIdentifierFeatureName": "id",
    "EventTimeFeatureName": "at",
    "FeatureDefinitions": [
        {"FeatureName": "id", "FeatureType": "String"},
        {"FeatureName": "at", "FeatureType": "String", "CollectionType": "List"},
    ],
}
REF = Ref(Address("AWS::IAM::Role", "r"), "Arn")
ALARM = {"ComparisonOperator": "GreaterThanThreshold", "EvaluationPeriods": 1}


def test_a_good_resource_has_no_problems() -> None:
    assert problems(GROUP, GOOD) == []


@pytest.mark.parametrize(
    ("change", "at", "kind", "text"),
    [
        pytest.param(*case, id=title)
        for title, case in {
            "an unknown property": (
                {"RolArn": ARN}, "RolArn", "additionalProperties",
                "unknown property 'RolArn'; did you mean 'RoleArn'?"),
            "a number where text belongs": (
                {"Description": 3}, "Description", "type", "must be a string, not the number 3"),
            "text that is too long": (
                {"Description": "x" * 200}, "Description", "maxLength",
                "takes at most 128 characters, not 200"),
            "a misspelt value": (
                {"FeatureDefinitions": [{"FeatureName": "a", "FeatureType": "Strng"}]},
                "FeatureDefinitions.0.FeatureType", "enum",
                "'Strng' is not allowed; did you mean 'String'?"),
            "an empty list": (
                {"FeatureDefinitions": []}, "FeatureDefinitions", "minItems",
                "needs at least 1 items, not 0"),
            "a value that only AWS sets": (
                {"CreationTime": "now"}, "CreationTime", "readOnly",
                "'CreationTime' is set by AWS and cannot be given"),
            "a number that is too small": (
                {"OnlineStoreConfig": {"TtlDuration": {"Unit": "Days", "Value": 0}}},
                "OnlineStoreConfig.TtlDuration.Value", "minimum", "must be at least 1, not 0"),
            "a role that is no ARN": (
                {"RoleArn": "r"}, "RoleArn", "minLength", "needs at least 20 characters, not 1"),
        }.items()
    ],
)  # fmt: skip
def test_a_fault_is_told_in_one_sentence(
    change: dict[str, Any], at: str, kind: str, text: str
) -> None:
    found = [it for it in problems(GROUP, GOOD | change) if it.kind == kind]
    assert [(tuple(at.split(".")), text)] == [(it.path, it.message) for it in found]


def test_a_missing_property_is_reported_where_it_is_missing() -> None:
    (found,) = problems(GROUP, {key: it for key, it in GOOD.items() if key != "FeatureGroupName"})
    assert (found.path, found.kind) == ((), "required")


@pytest.mark.parametrize(
    ("props", "text"),
    [
        (ALARM, "needs exactly one of 'Metrics', 'MetricName', 'EvaluationCriteria'"),
        (
            ALARM | {"MetricName": "a", "Statistic": "Sum", "ExtendedStatistic": "p99"},
            "'ExtendedStatistic' and 'Statistic' exclude each other",
        ),
    ],
    ids=["one of several properties is needed", "two properties exclude each other"],
)
def test_properties_that_depend_on_each_other(props: dict[str, Any], text: str) -> None:
    assert text in [it.message for it in problems("AWS::CloudWatch::Alarm", props)]


@pytest.mark.parametrize(
    "mark",
    [
        REF,
        Join(("arn:", REF)),
        JsonText({"a": REF}),
        UNKNOWN,
        SENSITIVE,
        "{{resolve:ssm-secure:/role}}",
    ],
    ids=["reference", "join", "document", "unknown", "sensitive", "secret"],
)
@pytest.mark.parametrize("name", ["RoleArn", "OnlineStoreConfig", "FeatureDefinitions"])
def test_a_value_that_is_not_known_yet_fits_everywhere(name: str, mark: object) -> None:
    assert problems(GROUP, GOOD | {name: mark}) == []


def test_unknown_items_of_a_list_are_not_the_same_item() -> None:
    code = {"ZipFile": "x"}
    props = {"Code": code, "Role": ARN, "VpcConfig": {"SubnetIds": [UNKNOWN, UNKNOWN]}}
    assert problems("AWS::Lambda::Function", props) == []


def test_a_mark_hides_no_fault_beside_it() -> None:
    (found,) = problems(GROUP, GOOD | {"RoleArn": REF, "Description": 3})
    assert found.path == ("Description",)


def test_an_unknown_type_is_one_problem() -> None:
    assert [it.kind for it in problems("AWS::No::Such", {})] == ["unknownType"]
