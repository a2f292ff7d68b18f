"""Words that AWS would refuse: tags, sizes, variables, and references that nobody resolves."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.facts import limits as table
from reconciler.facts.limits import Limit, limits, size
from reconciler.model.address import Address
from reconciler.model.graph import Graph, Node
from reconciler.model.value import JsonText
from reconciler.policy import sizes, variables
from reconciler.secret.references import unresolved

from .platform import DATA, codes, compiled
from .test_places import rollout

KEY = ("Security", "keys", "{keys: {a: {description: A key.}}}")
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/a@sha256:" + 64 * "0"
BAD = [
    "R&D (fraud)",
    "a,b",
    "a#b",
    "a*b",
    "a;b",
    "a!b",
    "a\\tb",
    "हिन्दी",
    "q\\u0301x",
    "x" * 99 + "…",
]
GOOD = ["team a", "a+b-c=d.e_f:g/h@i", "équipe", "日本", "e\\u0301quipe", "Größe 1"]


@pytest.mark.parametrize("owner", BAD)
@pytest.mark.parametrize("spec", [DATA, KEY])
def test_an_owner_that_no_tag_takes_is_an_error_at_its_line(
    spec: tuple[str, str, str], owner: str
) -> None:
    _, found = compiled(spec, owner=f'"{owner}"')
    assert codes(found) == ["TAG001"]
    assert found[0].at is not None
    assert found[0].at.line == 8


@pytest.mark.parametrize("owner", GOOD)
def test_an_owner_is_sent_composed(owner: str) -> None:
    graph, found = compiled(DATA, owner=f'"{owner}"')
    assert found == []
    (sent,) = (tag["Value"] for tag in next(iter(graph)).props["Tags"] if tag["Key"] == "owner")
    assert "\u0301" not in sent


@pytest.mark.parametrize("tags", ["a: 'R&D'", "'aws:a': b", "'AWS:a': b", "a: 'x,y'"])
def test_a_tag_of_the_environment_is_an_error_at_its_line(tags: str) -> None:
    _, found = compiled(DATA, more=f", tags: {{{tags}}}")
    assert codes(found) == ["TAG001"]
    assert found[0].at is not None
    assert found[0].at.line == 4


def test_a_resource_has_fifty_tags() -> None:
    def many(count: int) -> list[str]:
        return codes(
            compiled(DATA, more=f", tags: {{{', '.join(f't{n}: a' for n in range(count))}}}")[1]
        )

    assert (many(40), many(50)) == ([], ["TAG001"])


def test_a_platform_without_tagged_resources_may_have_any_owner() -> None:
    existing = ("DataSource", "data", "{s3: {existing: some-bucket}}")
    assert compiled(existing, owner='"R&D"')[1] == []


# -- sizes


def role(count: int) -> tuple[str, str, str]:
    arns = ", ".join(f"'arn:aws:s3:::team-{n:03}-exports/daily/{n:03}/*'" for n in range(count))
    statement = f"{{actions: ['s3:GetObject'], resources: [{arns}]}}"
    who = "assumedBy: {service: glue.amazonaws.com}"
    return (
        "Security",
        "r",
        f"{{roles: {{etl: {{description: R., {who}, statements: [{statement}]}}}}}}",
    )


def test_policies_of_a_role_are_counted_in_all() -> None:
    assert codes(compiled(role(100))[1]) == []
    _, found = compiled(role(260))
    assert codes(found) == ["SIZE001"]
    assert "10,240" in found[0].message


EVERY_LIMIT = [each for rows in limits().values() for each in rows]


def filled(limit: Limit, amount: int) -> dict[str, Any]:
    """Properties in which a limit is met: of a list its members, of a document its letters."""
    value: Any = [{}] * amount if limit.counts == "items" else {"Sid": "é" * ((amount - 10) // 2)}
    if limit.counts == "text":
        value = {"Sid": "x y" * ((amount - 10) // 2)}
    for step in reversed(limit.path):
        value = [value] if step == "*" else {step: value}
    return dict(value)


@pytest.mark.parametrize("limit", EVERY_LIMIT, ids=lambda it: f"{it.type}.{'.'.join(it.path)}")
def test_every_limit_is_met_exactly(limit: Limit) -> None:
    for amount, over in ((limit.most, False), (limit.most + 4, True)):
        props = filled(limit, amount)
        assert (size(limit, props, lambda _: 0) > limit.most) == over
        address = Address(limit.type, "a")
        found = [each.code for each in sizes.check(Graph({address: Node(address, props)}))]
        assert found == (["SIZE001"] if over else [])


def test_a_document_in_a_document_and_what_is_not_known_yet_count() -> None:
    limit = Limit("T", ("D",), "bytes", 1, "", "", "")
    assert table.size(limit, {"D": JsonText({"a": "b"})}, lambda _: 0) == len('{"a":"b"}')


# -- variables


def model(**environment: str) -> tuple[str, str, str]:
    kind, name, spec = rollout(IMAGE)
    said = ", ".join(f"'{key}': '{value}'" for key, value in environment.items())
    return kind, name, spec.replace("artifact:", f"environment: {{{said}}}, artifact:")


@pytest.mark.parametrize("name", ["MY-VAR", "1A", "a.b", "a b", "é"])
def test_a_variable_with_a_name_that_no_container_takes(name: str) -> None:
    _, found = compiled(DATA, model(**{name: "x"}))
    assert "SIZE002" in codes(found)


def test_variables_have_a_sum_and_lengths() -> None:
    assert codes(compiled(DATA, model(A_1="x", _b="y"))[1]) == []
    assert "SIZE002" in codes(compiled(DATA, model(A="x" * 1025))[1])
    many = {f"A{n}": "x" * 900 for n in range(40)}
    assert codes(compiled(DATA, model(**many))[1]) == ["SIZE002"]


def test_variables_inside_a_pipeline_are_found_too() -> None:
    step = {
        "AlgorithmSpecification": {},
        "Environment": {"a-b": "x"},
        "HyperParameters": {"h": "x" * 2501},
    }
    props = {"D": {"Body": JsonText({"Steps": [{"Arguments": step}]})}}
    address = Address("AWS::SageMaker::Pipeline", "p")
    found = [*variables.check(Graph({address: Node(address, props)}))]
    assert [each.code for each in found] == ["SIZE002", "SIZE002"]


def known_pipeline() -> Any:
    from reconciler.model.address import Address

    return Address("AWS::SageMaker::Pipeline", "p")


# -- references


@pytest.mark.parametrize(
    "text",
    ["{{resolve:secretsmanager:pager}}", "{{resolve:ssm:/a:1}}", "{{resolve:ssm-secure:/a}}",
     "{{ssm:/a/b}}", "{{ssm-secure:/a}}", "x{{resolve:secretsmanager:a:SecretString:b}}y",
     "${{ secrets.TOKEN }}", "op://vault/item/field", "ref+awsssm://a/b",
     "ENC[AES256_GCM,data:a,iv:b]", "${AWS::Region}", "${ssm:/a}"],
)  # fmt: skip
def test_a_reference_that_nobody_resolves_is_an_error(text: str) -> None:
    escaped = text.replace("${", "$${")
    _, found = compiled(DATA, model(WHERE=escaped))
    assert "SECRET002" in codes(found)


@pytest.mark.parametrize(
    "text",
    ["arn:aws:secretsmanager:eu-west-1:123456789012:secret:a-AbCdEf", "/prod/db/name",
     "${aws:username}", "{{ name }}", "s3://a/b", "{x}", "https://a.example/{{id}}"],
)  # fmt: skip
def test_a_plain_name_is_none(text: str) -> None:
    assert list(unresolved(text)) == []


def test_a_web_hook_with_a_reference_is_an_error() -> None:
    hook = "https://relay:{{resolve:secretsmanager:pager}}@hooks.example.com/alarm"
    alarms = "alarms: [{metric: ModelLatency, above: 9ms}]"
    spec = f"{{rollout: scorer, {alarms}, subscribers: {{webhooks: ['{hook}']}}}}"
    monitor = ("Monitor", "oncall", spec)
    assert codes(compiled(DATA, rollout(IMAGE), monitor)[1]) == ["SECRET002"]
