"""`awsName`: the name in AWS that a spec chooses itself."""

from __future__ import annotations

import pytest

from reconciler.facts.check import problems
from reconciler.kinds.api import load
from reconciler.resources import api as resources

from .platform import DATA, codes, compiled

FEATURES = "recordId: i, eventTime: t, features: {i: string, t: string}, online: {}"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a@sha256:" + 64 * "0"
MODEL = f"{{image: '{IMAGE}', artifact: 's3://models/m.tar.gz'}}"
SERVE = "{realtime: {instanceType: ml.m5.large, instances: 1}}"
TRAIN = (
    f"algorithm: {{image: '{IMAGE}'}},"
    " inputs: {train: {source: data}}, compute: {instanceType: ml.m5.large}, output: {to: data}"
)
STEPS = (
    "trigger: {manual: {}}, steps: [{name: find, query: {sql: SELECT 1},"
    " writes: {results: {source: data, path: found}}}]"
)
LIMIT = "amount: 1, thresholds: [{at: 80%}], subscribers: {emails: [a@example.com]}"
ALARMS = (
    "rollout: a, alarms: [{metric: Invocations, above: 1}], subscribers: {emails: [a@b.example]}"
)
ASSUMED = "description: R., assumedBy: {service: lambda.amazonaws.com}, managedPolicies:"
ROLE = f"{ASSUMED} ['arn:aws:iam::aws:policy/ReadOnlyAccess']"
CASES = {
    "DataSource": ("AWS::S3::Bucket", "{awsName: NAME, s3: {}}"),
    "FeatureGroup": ("AWS::SageMaker::FeatureGroup", f"{{awsName: NAME, {FEATURES}}}"),
    "ModelRegistry": ("AWS::SageMaker::ModelPackageGroup", "{awsName: NAME}"),
    "Monitor": ("AWS::SNS::Topic", f"{{awsName: NAME, {ALARMS}}}"),
    "Rollout": ("AWS::SageMaker::Endpoint", f"{{awsName: NAME, model: {MODEL}, serve: {SERVE}}}"),
    "Training": ("AWS::SageMaker::Pipeline", f"{{awsName: NAME, {TRAIN}}}"),
    "DataPipeline": ("AWS::StepFunctions::StateMachine", f"{{awsName: NAME, {STEPS}}}"),
    "Budget": ("AWS::Budgets::Budget", f"{{awsName: NAME, {LIMIT}}}"),
    "Security": ("AWS::KMS::Key", "{keys: {a: {description: A., awsName: NAME}}}"),
    "Security/roles": ("AWS::IAM::Role", f"{{roles: {{a: {{awsName: NAME, {ROLE}}}}}}}"),
}
LONGEST = {
    "DataSource": 63, "FeatureGroup": 64, "ModelRegistry": 63, "Monitor": 256, "Rollout": 63,
    "DataPipeline": 80, "Training": 256, "Budget": 100, "Security": 250, "Security/roles": 64,
}  # fmt: skip
BESIDE = {
    "Monitor": [("Rollout", "a", f"{{model: {MODEL}, serve: {SERVE}}}")],
    "Training": [DATA],
    "DataPipeline": [DATA],
}


def made(kind: str, name: str) -> tuple[list[str], list[str]]:
    """Names of the type's resources, and the codes that are found."""
    type_, spec = CASES[kind]
    each = (kind.partition("/")[0], "x", spec.replace("NAME", name))
    graph, found = compiled(*BESIDE.get(kind, ()), each)
    return [node.address.name for node in graph if node.address.type == type_], codes(found)


def test_every_kind_with_a_name_of_its_own_is_tried() -> None:
    named = {kind for kind in load() if "awsName" in repr(load()[kind].model.model_json_schema())}
    assert named == {kind.partition("/")[0] for kind in CASES}


@pytest.mark.parametrize("kind", CASES)
def test_a_name_is_taken_word_for_word(kind: str) -> None:
    assert made(kind, "my-own-name") == (["my-own-name"], [])


@pytest.mark.parametrize("kind", CASES)
def test_the_longest_name_is_one_that_its_type_takes(kind: str) -> None:
    type_ = CASES[kind][0]
    resource = resources.load()[type_]
    longest = "a" * LONGEST[kind]
    assert made(kind, longest) == ([longest], [])
    assert made(kind, f"{longest}a")[1] == ["SPEC016"] or made(kind, f"{longest}a")[1] == [
        "SPEC015"
    ]
    assert LONGEST[kind] <= max(resource.limit, 64)
    prop = resource.name
    if prop and "." not in prop:
        assert [p for p in problems(type_, {prop: longest}) if p.path == (prop,)] == []


@pytest.mark.parametrize("kind", CASES)
@pytest.mark.parametrize("name", ["''", "a/../b:c", "'a b\\n'", "'-a:'"])
def test_a_name_that_aws_refuses_is_an_error_at_its_line(kind: str, name: str) -> None:
    names, found = made(kind, name)
    assert names == []
    assert found


@pytest.mark.parametrize("name", ["xn--a", "sthree-a", "amzn-s3-demo-a", "a-s3alias", "a--x-s3"])
def test_s3_keeps_some_names(name: str) -> None:
    assert made("DataSource", name)[1] == ["SPEC019"]


def test_aws_keeps_its_aliases() -> None:
    assert made("Security", "aws/s3")[1] == ["SPEC019"]


def test_two_specs_with_one_name_are_told_at_both_lines() -> None:
    one = ("DataSource", "one", "{awsName: shop-raw-data, s3: {}}")
    two = ("DataSource", "two", "{awsName: shop-raw-data, s3: {}}")
    _, found = compiled(one, two)
    assert codes(found) == ["GRAPH001"]
    assert "awsName" in found[0].help
    assert "specs.yaml:9:" in found[0].message
    assert str(found[0].at).startswith("specs.yaml:14:")


def test_two_members_of_one_spec_with_one_name_are_told() -> None:
    keys = "{keys: {a: {description: A., awsName: k}, b: {description: B., awsName: k}}}"
    assert codes(compiled(("Security", "s", keys))[1]) == ["SPEC020"]
    roles = f"{{roles: {{a: {{awsName: R, {ROLE}}}, b: {{awsName: r, {ROLE}}}}}}}"
    assert codes(compiled(("Security", "s", roles))[1]) == ["SPEC020"]


def test_what_cannot_have_two_names_is_told() -> None:
    existing = ("DataSource", "x", "{awsName: a-bucket, s3: {existing: another}}")
    assert codes(compiled(existing)[1]) == ["SPEC020"]
    version = ("FeatureGroup", "x", f"{{awsName: g, version: 2, {FEATURES}}}")
    assert codes(compiled(version)[1]) == ["SPEC020"]


def test_others_refer_to_the_name_that_was_chosen() -> None:
    raw = ("DataSource", "raw", "{awsName: shop-raw-data, s3: {}}")
    group = ("FeatureGroup", "g", f"{{{FEATURES}, offline: {{to: raw, format: glue}}}}")
    graph, found = compiled(raw, group)
    assert found == []
    needed = [each for node in graph for each in node.needs if each.type == "AWS::S3::Bucket"]
    assert {each.name for each in needed} == {"shop-raw-data"}
