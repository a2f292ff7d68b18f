"""Explaining properties, one a line."""

import json

import pytest
from hypothesis import given, strategies as st

from reconciler.facts.explain import explain_lines, explain_property

EFFECTS = {"update", "replace", "append-only", "none", "unsupported"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("AWS::SageMaker::FeatureGroup.FeatureDefinitions", "append-only"),
        ("AWS::SageMaker::FeatureGroup.FeatureDefinitions.*.FeatureName", "replace"),
        ("AWS::S3::Bucket.LifecycleConfiguration.Rules.0.Id", "update"),
        ("AWS::S3::Bucket.LifecycleConfiguration.Rules[0].Id", "update"),
        ("AWS::S3::Bucket.LifecycleConfiguration.Rules[*].Id", "update"),
        ("AWS::S3::Bucket.Arn", "none"),
        ("AWS::S3::Bucket.Nonsense", "unsupported"),
        ("AWS::S3::Bucket..", "unsupported"),
        ("AWS::S3.Bucket", "unsupported"),
        ("", "unsupported"),
        ("{}", "unsupported"),
    ],
)
def test_the_effect_of_a_line(text: str, expected: str) -> None:
    found = explain_property(text)
    assert (text, expected) == (found["property"], found["effect"])
    assert found["why"]


def test_a_type_alone_is_explained_as_a_whole() -> None:
    found = explain_property("AWS::SageMaker::Endpoint")
    assert (found["identity"], found["createOnly"]) == (["EndpointArn"], ["EndpointName"])
    assert "EndpointConfigName" in found["changeable"]


def test_an_immutable_type_replaces() -> None:
    assert explain_property("AWS::SageMaker::Model")["effect"] == "replace"


def test_every_line_has_its_answer_in_order() -> None:
    lines = ["AWS::S3::Bucket.Tags\n", "\n", "nonsense\n", "AWS::S3::Bucket.BucketName"]
    found = [json.loads(line) for line in explain_lines(lines)]
    assert [it["effect"] for it in found] == ["update", "unsupported", "unsupported", "replace"]
    assert [line.strip() for line in lines] == [it["property"] for it in found]


@given(st.text())
def test_no_text_raises(text: str) -> None:
    (line,) = explain_lines([text])
    assert json.loads(line)["effect"] in EFFECTS


@given(st.text(min_size=1), st.sampled_from(["AWS::S3::Bucket", "AWS::WAFv2::WebACL"]))
def test_no_path_raises(path: str, type_name: str) -> None:
    (line,) = explain_lines([f"{type_name}.{path}"])
    assert json.loads(line)["effect"] in EFFECTS
