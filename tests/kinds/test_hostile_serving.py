"""Texts and numbers of a Rollout that AWS refuses, or that would mean another thing there."""

from __future__ import annotations

import pytest

from .test_exposure import BASE, CERTIFICATE, exposed
from .world import World, named, problems, spec_of

TEST = """
strategy:
  abTest:
    metric: {metric}
    namespace: {space}
    variants: {{primary: {{weight: 50%}}, beta: {{weight: 50%, model: {{registry: fraud}}}}}}
"""
SCALED = "autoscale: {{atLeast: 1, atMost: 4, {}}}"
OWN = '{{metric: {{metric: "{}", namespace: Shop}}, value: 5}}'
BATCH = """
model:
  image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1
  artifact: s3://team-models/models/1.tar.gz
  etag: 0123456789abcdef0123456789abcdef
serve: {batch: {instanceType: ml.m5.xlarge, source: artifacts, path: ASKED, output: {to: OUT}}}
"""


def jwt(issuer: str = "https://id.example.com/", audience: str = "acme", scope: str = "s") -> str:
    tokens = f'{{jwt: {{issuer: "{issuer}", audiences: ["{audience}"], scopes: ["{scope}"]}}}}'
    return exposed(f"api: {{auth: {tokens}}}")


@pytest.mark.parametrize(
    "text",
    [
        BASE + TEST.format(metric='"a\\0b"', space="Shop"),
        BASE + TEST.format(metric="größer", space="Shop"),
        BASE + TEST.format(metric="Orders", space='"Shop\\x07"'),
        BASE + TEST.format(metric="Orders", space='" "'),
        BASE + SCALED.format(f"targets: [{OWN.format('größer')}]"),
        jwt(issuer="https://id.example.com/\\x07"),
        jwt(audience=""),
        jwt(audience="a\\0"),
        jwt(scope="one two"),
        BATCH.replace("ASKED", '"asked\\x07"').replace("OUT", "raw"),
    ],
)
def test_a_text_that_aws_does_not_take_is_refused(text: str) -> None:
    spec, found = spec_of("Rollout", text)
    assert spec is None
    assert [each.code for each in found] == ["SPEC016"]


@pytest.mark.parametrize(
    ("more", "why"),
    [
        (f"targets: [{OWN.format('a-b')}, {OWN.format('aB')}]", "would have one policy, 'a-b'"),
        (f"targets: [{OWN.format('a-above')}], steps: [RULE]", "would have one policy, 'a-above'"),
        (f"targets: [{OWN.format('---')}]", "has no letter and no digit"),
        ("steps: [RULE]", "one day at most"),
    ],
)
def test_a_policy_takes_no_other_ones_place(more: str, why: str) -> None:
    rule = "{for: 3m, metric: {metric: a, namespace: Shop}, above: 5, steps: [1]}"
    rule = rule.replace("3m", "3d") if "day" in why else rule
    (found,) = problems("Rollout", BASE + SCALED.format(more.replace("RULE", rule)))
    assert why in found.message


@pytest.mark.parametrize(
    ("asked", "out", "fault"),
    [
        ("asked", "artifacts, path: asked", True),
        ("asked", "artifacts, path: asked/done", True),
        ("answers", "artifacts", True),
        ("asked", "artifacts, path: asked-done", False),
        ("asked", "raw, path: asked", False),
    ],
)
def test_a_batch_does_not_answer_its_answers(asked: str, out: str, fault: bool) -> None:
    sources = {("DataSource", name): "s3: {}" for name in ("artifacts", "raw")}
    text = BATCH.replace("ASKED", asked).replace("OUT", out)
    world = World({**sources, ("Rollout", "own"): text})
    (pipeline,) = named(world.build("Rollout", "own"), "AWS::SageMaker::Pipeline")
    assert ["the runs before it" in each.message for each in world.found] == [True] * fault
    definition = pipeline.props["PipelineDefinition"]["PipelineDefinitionBody"].document
    place = definition["Steps"][0]["Arguments"]["TransformInput"]["DataSource"]["S3DataSource"]
    assert str(place["S3Uri"]).rstrip("')").endswith(f"{asked}/")


@pytest.mark.parametrize("other", ["eu-west-1:210987654321", "us-east-1:123456789012"])
def test_a_certificate_is_where_the_name_is(other: str) -> None:
    there = CERTIFICATE.replace("eu-west-1:123456789012", other)
    text = exposed(f'api: {{auth: iam}}, domain: {{name: a.example.com, certificate: "{there}"}}')
    world = World({("Rollout", "fraud"): text, ("DataSource", "artifacts"): "s3: {}"})
    world.build_all()
    assert [each.code for each in world.found] == ["SPEC030"]


WARM = """
serve: {serverless: {memory: 2GiB, maxConcurrent: 5, provisioned: 2}}
autoscale:
  atLeast: 1
  atMost: 5
  targets: [{metric: ProvisionedConcurrencyUtilization, value: 70%}]
  schedules: {day: {schedule: rate(1 day), atMost: 5}}
"""
SHARED = """
serve:
  realtime:
    instanceType: ml.g5.xlarge
    otherInstanceTypes: [ml.g5.2xlarge]
    instances: 1
    components: {a: {memory: 1GiB, cores: 8, accelerators: 1}}
"""


@pytest.mark.parametrize(
    ("serve", "was", "now", "at"),
    [
        (WARM, "", "", ""),
        (WARM, "atMost: 5\n", "atMost: 6\n", "autoscale.atMost"),
        (WARM, "atMost: 5}", "atMost: 6}", "autoscale.schedules.day.atMost"),
        (SHARED, "", "", ""),
        (SHARED, "cores: 8", "cores: 8.5", "serve.realtime.components.a.cores"),
        (SHARED, "ml.g5.2xlarge", "ml.g9.2xlarge", ""),
        (SHARED, "ml.g5", "ml.inf2", ""),
        (SHARED, "ml.g5", "ml.c5", "serve.realtime.components.a.accelerators"),
    ],
)
def test_no_more_is_asked_for_than_there_is_room_for(
    serve: str, was: str, now: str, at: str
) -> None:
    """A type that nobody knows may have anything."""
    text = BASE[: BASE.index("serve:")] + serve.replace(was, now)
    found = problems("Rollout", text)
    assert [".".join(each.path) for each in found] == [at] * bool(at), found
