"""`metadata.tags`: they reach every resource of a spec, beside those of the environment."""

from __future__ import annotations

import pytest

from reconciler.specs import overlay
from reconciler.specs.source import parse

from .platform import DATA, codes, compiled, document

PLACE = '{platform: shop, account: "123456789012", region: eu-west-1}'

GROUP = (
    "FeatureGroup",
    "customer",
    "{recordId: id, eventTime: t, features: {id: string, t: string}, offline: {to: data}}",
)
BUDGET = (
    "Budget",
    "month",
    "{amount: 1, thresholds: [{at: 80%}], subscribers: {emails: [a@example.com]}}",
)
KEYS = ("Security", "keys", "{keys: {a: {description: A.}}}")


def test_they_are_on_every_resource_that_takes_tags() -> None:
    graph, found = compiled(
        DATA, GROUP, BUDGET, KEYS, tags="{tier: gold}", more=", tags: {cost: a}"
    )
    assert found == []
    tagged = [
        {tag["Key"]: tag["Value"] for tag in node.props["Tags"]}
        for node in graph
        if "Tags" in node.props
    ]
    assert len(tagged) == len(graph) == 5  # the role of the feature group is among them
    assert all((each["tier"], each["cost"]) == ("gold", "a") for each in tagged)
    assert all(each["moorline:platform"] == "shop" for each in tagged)


def test_a_line_of_a_tag_is_that_of_the_metadata() -> None:
    graph, _ = compiled(DATA, tags="{tier: gold}")
    (node,) = graph
    assert node.origin is not None
    assert node.origin.line_of(("Tags", "tier")).line == 8
    assert node.origin.line_of(("Tags", "owner")).line != 8 or node.origin.at.line == 9


WRONG = {
    "AWS keeps the prefix": ("{'aws:a': b}", ""),
    "in any case": ("{'AWS:a': b}", ""),
    "Moorline keeps the prefix": ("{'moorline:platform': b}", ""),
    "Moorline keeps it in any case": ("{'Moorline:x': b}", ""),
    "a character": ("{a: 'R&D'}", ""),
    "another value than the environment": ("{cost: b}", ", tags: {cost: a}"),
    "another spelling than the environment": ("{Cost: a}", ", tags: {cost: a}"),
    "another value than the owner": ("{owner: b}", ""),
    "two spellings": ("{a: b, A: b}", ""),
    "a reference that nobody resolves": ("{a: '{{resolve:ssm:x}}'}", ""),
    "a variable": ("{a: '${region}'}", ""),
}


@pytest.mark.parametrize("name", WRONG)
@pytest.mark.parametrize("spec", [DATA, KEYS], ids=["a bucket", "a key"])
def test_what_aws_or_moorline_refuses_is_an_error_at_its_line(
    name: str, spec: tuple[str, str, str]
) -> None:
    tags, more = WRONG[name]
    _, found = compiled(spec, tags=tags, more=more)
    assert found
    assert {each.at.line for each in found if each.at is not None} == {8}
    assert all(each.is_error and each.help for each in found)


@pytest.mark.parametrize("tags", ["{cost: a}", "{owner: ml}", "{a: ''}", "{a: e\u0301}"])
def test_what_says_the_same_or_nothing_wrong_is_right(tags: str) -> None:
    assert compiled(DATA, tags=tags, more=", tags: {cost: a}")[1] == []


def test_tags_of_an_environment_itself_are_an_error() -> None:
    """Nothing would have them."""
    text = document("Environment", "dev", PLACE, tags="{a: b}")
    _, found = overlay.resolve(parse(text, "specs.yaml").documents, "dev")
    assert codes(found) == ["SPEC010"]
    assert "spec.tags" in found[0].help


def test_a_reserved_key_of_the_environment_is_an_error() -> None:
    _, found = compiled(DATA, more=", tags: {'moorline:spec': x}")
    assert codes(found) == ["TAG001"]


@pytest.mark.parametrize("tags", ["{a: b, A: b}", "{Owner: ml}", "{'e\u0301': a, '\xe9': a}"])
def test_two_spellings_in_an_environment_are_an_error_at_its_line(tags: str) -> None:
    """A role would have both, and IAM takes one of them."""
    _, found = compiled(DATA, more=f", tags: {tags}")
    assert codes(found) == ["TAG001"]
    assert found[0].at is not None
    assert found[0].at.line == 4


def test_a_resource_of_its_own_tags_may_not_say_them_twice() -> None:
    properties = "{Tags: [{Key: tier, Value: gold}]}"
    topic = (
        "Resource",
        "news",
        f"{{type: AWS::SNS::Topic, holds: nothing, properties: {properties}}}",
    )
    _, found = compiled(topic, tags="{tier: gold}")
    assert codes(found) == ["TAG001"]
    graph, found = compiled(topic, tags="{other: gold}")
    assert found == []
    (node,) = graph
    assert {"tier", "other"} <= {tag["Key"] for tag in node.props["Tags"]}
