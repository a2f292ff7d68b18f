"""`moorline explain`: what a change of a property does, for people and line by line."""

from __future__ import annotations

import json

import pytest

from .folder import Folder

EFFECTS = {
    "AWS::SageMaker::FeatureGroup.FeatureDefinitions": "append-only",
    "AWS::SageMaker::FeatureGroup.RecordIdentifierFeatureName": "replace",
    "AWS::SageMaker::Endpoint.EndpointConfigName": "update",
    "AWS::S3::Bucket.BucketName": "replace",
    "AWS::S3::Bucket.Arn": "none",
    "AWS::S3::Bucket.Nothing": "unsupported",
    "AWS::Nothing::AtAll.Name": "unsupported",
    "not a property": "unsupported",
    "": "unsupported",
    "é\u202e{}": "unsupported",
}


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    return Folder(tmp_path_factory.mktemp("empty"))


def test_one_json_object_a_line_answers_standard_input(asked: Folder) -> None:
    given = "".join(f"{name}\n" for name in EFFECTS)
    said = asked.run("explain", "-", "--json", given=given, expect=0)
    answers = [json.loads(line) for line in said.out.splitlines()]
    assert {each["property"]: each["effect"] for each in answers} == EFFECTS
    assert all(each["why"] for each in answers)


def test_nothing_on_standard_input_is_answered_with_nothing(asked: Folder) -> None:
    assert asked.run("explain", "-", "--json", expect=0).out == ""


def test_a_person_gets_the_effect_and_the_reason(asked: Folder) -> None:
    said = asked.run("explain", "AWS::S3::Bucket.BucketName", expect=0)
    first, second = said.out.splitlines()
    assert first == "AWS::S3::Bucket.BucketName: replace"
    assert second.startswith("  ")


@pytest.mark.parametrize(
    ("type_", "says"),
    [
        ("AWS::Kinesis::Stream", "served by: AWS's handlers, through Cloud Control"),
        ("AWS::S3::Bucket", "served by: an adapter of Moorline"),
        ("AWS::SageMaker::MonitoringSchedule", "takes nobody new since 2026-07-30"),
        ("AWS::SageMaker::DeviceFleet", "has ended on 2024-04-26"),
        ("AWS::IAM::AccessKey", "served by: nothing: AWS's handlers cannot create"),
        ("AWS::Kinesis::Stream", "holds: records"),
        ("AWS::Athena::NamedQuery", "holds: records, where its spec does not say otherwise"),
        ("AWS::Kinesis::Stream", "others may refer to: Arn"),
        ("AWS::Lambda::Function", "never given back: Code"),
    ],
)
def test_a_type_says_who_serves_it_and_what_it_gives(asked: Folder, type_: str, says: str) -> None:
    assert says in asked.run("explain", type_, expect=0).out


def test_an_unknown_property_ends_with_an_error(asked: Folder) -> None:
    said = asked.run("explain", "AWS::S3::Bucket.Nothing", "--json", expect=1)
    assert said.json["effect"] == "unsupported"
