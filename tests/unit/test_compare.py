"""What a difference shows: its path, both sides, its effect and its line."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.model.change import Action, Change, Effect, FieldChange, Observed, Reason, Status
from reconciler.model.diagnostic import Span
from reconciler.model.graph import Origin
from reconciler.model.value import SENSITIVE, JsonText
from reconciler.plan.diff import compare, guard
from reconciler.resources.api import Resource, load

from .fakes import address, resource

PROPS = ("Size", "Steps", "Rules", "Names", "Policy", "Doc", "Nested")
MADE = resource(
    "M::Base",
    effects=dict.fromkeys(PROPS, Effect.IN_PLACE),
    keyed={"Rules": "Id"},
    sets=frozenset({"Names", "Rules.Names"}),
    policies=frozenset({"Policy"}),
    documents=frozenset({"Doc", "Rules.Doc"}),
)
AT = address("base")
RANDOM = "q7Zt9LxW2vBn4KpR8sYd3FhJ6mCg1TuE"


def differences(want: Any, have: Any, by: Resource = MADE) -> list[tuple[str, Any, Any]]:
    found = compare(AT, want, Observed(have), by)
    return [(".".join(each.path), each.before, each.after) for each in found.fields]


def rule(name: str, **more: Any) -> dict[str, Any]:
    return {"Id": name, **more}


DIFFERENCES: dict[str, tuple[Any, Any, list[tuple[str, Any, Any]]]] = {
    "a value": ({"Size": 2}, {"Size": 1}, [("Size", 1, 2)]),
    "a value inside an object": (
        {"Nested": {"a": {"b": 2}}},
        {"Nested": {"a": {"b": 1, "c": 3}}},
        [("Nested.a.b", 1, 2)],
    ),
    "an item with a key that is missing": (
        {"Rules": [rule("a"), rule("b", Size=1)]},
        {"Rules": [rule("a")]},
        [("Rules.b", None, rule("b", Size=1))],
    ),
    "an item with a key that nobody asked for": (
        {"Rules": [rule("a")]},
        {"Rules": [rule("b", Size=1), rule("a")]},
        [("Rules.b", rule("b", Size=1), None)],
    ),
    "a value in an item with a key": (
        {"Rules": [rule("a", Size=1), rule("b", Size=2)]},
        {"Rules": [rule("b", Size=3), rule("a", Size=1)]},
        [("Rules.b.Size", 3, 2)],
    ),
    "the order of a set in an item with a key": (
        {"Rules": [rule("a", Names=["x", "y"])]},
        {"Rules": [rule("a", Names=["y", "x"])]},
        [],
    ),
    "a set in an item with a key": (
        {"Rules": [rule("a", Names=["x", "z"])]},
        {"Rules": [rule("a", Names=["x", "y"])]},
        [("Rules.a.Names", ["x", "y"], ["x", "z"])],
    ),
    "a document in an item with a key": (
        {"Rules": [rule("a", Doc={"v": 1})]},
        {"Rules": [rule("a", Doc={"v": 1, "w": 2})]},
        [("Rules.a.Doc.w", 2, None)],
    ),
    "a set": ({"Names": ["b", "a"]}, {"Names": ["c", "b"]}, [("Names", ["b", "c"], ["a", "b"])]),
    "a longer set": ({"Names": ["b", "a"]}, {"Names": ["b"]}, [("Names", ["b"], ["a", "b"])]),
    "the order of a set": ({"Names": ["b", "a"]}, {"Names": ["a", "b"]}, []),
    "the order of a set of objects": (
        {"Names": [{"n": 2}, {"n": 1}]},
        {"Names": [{"n": 1}, {"n": 2}]},
        [],
    ),
    "the form of the numbers in a set": ({"Names": [2, 1]}, {"Names": [1.0, 2.0]}, []),
    "nothing about a set and a list beside another difference": (
        {"Names": ["b", "a"], "Steps": [1], "Size": 2},
        {"Names": ["a", "b"], "Steps": [1], "Size": 1},
        [("Size", 1, 2)],
    ),
    "the order of a list": (
        {"Steps": ["b", "a"]},
        {"Steps": ["a", "b"]},
        [("Steps.0", "a", "b"), ("Steps.1", "b", "a")],
    ),
    "a value in an item of a list": (
        {"Steps": [{"n": 1}, {"n": 2}]},
        {"Steps": [{"n": 1, "more": 0}, {"n": 3}]},
        [("Steps.1.n", 3, 2)],
    ),
    "a longer list": ({"Steps": [1, 2]}, {"Steps": [1]}, [("Steps", [1], [1, 2])]),
    "a list where there was none": ({"Steps": [1]}, {}, [("Steps", [], [1])]),
    "a list where there was an object": (
        {"Steps": [1]},
        {"Steps": {"a": 1}},
        [("Steps", {"a": 1}, [1])],
    ),
    "an object where there was a value": (
        {"Nested": {"a": 1}},
        {"Nested": "x"},
        [("Nested", "x", {"a": 1})],
    ),
    "no object any more": ({"Nested": {}}, {"Nested": {"a": 1}}, [("Nested", {"a": 1}, {})]),
    "a document where there was none": ({"Doc": {"v": 1}}, {}, [("Doc", None, {"v": 1})]),
    "no document any more": ({"Doc": None}, {"Doc": {"v": 1}}, [("Doc", {"v": 1}, None)]),
    "what a document has, had and has otherwise": (
        {"Doc": {"same": [1], "new": 2, "other": {"a": "x"}}},
        {"Doc": {"same": [1], "old": 3, "other": {"a": "y"}}},
        [("Doc.new", None, 2), ("Doc.old", 3, None), ("Doc.other.a", "y", "x")],
    ),
    "an item of a list in a document": (
        {"Doc": {"steps": [1, 2]}},
        {"Doc": {"steps": [1]}},
        [("Doc.steps.1", None, 2)],
    ),
    "the order of keys in a document": ({"Doc": {"a": 1, "b": 2}}, {"Doc": '{"b":2,"a":1}'}, []),
    "a document as text": ({"Doc": '{"a": 1}'}, {"Doc": {"a": 2}}, [("Doc.a", 2, 1)]),
    "a document to be made text": (
        {"Doc": JsonText({"a": 1})},
        {"Doc": '{"a": 2}'},
        [("Doc.a", 2, 1)],
    ),
    "a document that is no JSON": ({"Doc": "<a>"}, {"Doc": "<b>"}, [("Doc", "<b>", "<a>")]),
    "a weight past float32": ({"Size": 0.8}, {"Size": 0.80001}, [("Size", 0.80001, 0.8)]),
    "a weight within float32": ({"Size": 0.8}, {"Size": 0.8000001}, []),
    "false and nothing": ({"Size": False}, {}, [("Size", None, False)]),
    "false and zero": ({"Size": False}, {"Size": 0}, [("Size", 0, False)]),
    "true and false": ({"Size": True}, {"Size": False}, [("Size", False, True)]),
    "zero and nothing": ({"Size": 0}, {}, [("Size", None, 0)]),
}


@pytest.mark.parametrize(("want", "have", "expected"), DIFFERENCES.values(), ids=DIFFERENCES)
def test_the_difference_is(want: Any, have: Any, expected: list[Any]) -> None:
    assert sorted(differences(want, have)) == expected


def test_a_policy_statement_shows_on_which_side_it_is() -> None:
    allow = {"Effect": "Allow", "Action": ["a:Get"], "Resource": ["*"]}
    ((path, before, after),) = differences(
        {"Policy": {"Statement": [allow]}}, {"Policy": {"Statement": []}}
    )
    assert (path, before) == ("Policy.Statement.0", None)
    assert after["Effect"] == "Allow"


def test_a_difference_that_changes_nothing_hides_no_other() -> None:
    inert = resource("M::Base", effects={"A": Effect.NONE, "B": Effect.IN_PLACE})
    assert differences({"A": 2, "B": 2}, {"A": 1, "B": 1}, inert) == [("B", 1, 2)]


# -- the whole of a change


BOTH = resource("M::Base", effects={"Size": Effect.IN_PLACE, "Fixed": Effect.REPLACE})
WANT = {"Size": 2, "Fixed": 2}
BIGGER = FieldChange(("Size",), 1, 2, Effect.IN_PLACE)
OTHER = FieldChange(("Fixed",), 1, 2, Effect.REPLACE)
CHANGES: dict[str, tuple[Observed | None, Action, Reason, tuple[FieldChange, ...]]] = {
    "absent": (None, Action.CREATE, Reason.ABSENT, ()),
    "as desired": (Observed({"Size": 2, "Fixed": 2}), Action.NONE, Reason.IN_SYNC, ()),
    "different": (
        Observed({"Size": 1, "Fixed": 2}),
        Action.UPDATE,
        Reason.DIFFERS,
        (BIGGER,),
    ),
    "different where it is fixed": (
        Observed({"Size": 1, "Fixed": 1}),
        Action.REPLACE,
        Reason.CANNOT_UPDATE,
        (OTHER, BIGGER),
    ),
    "broken": (
        Observed({"Size": 1, "Fixed": 2}, status=Status.FAILED),
        Action.REPLACE,
        Reason.FAILED,
        (BIGGER,),
    ),
}


@pytest.mark.parametrize(("seen", "action", "reason", "fields"), CHANGES.values(), ids=CHANGES)
def test_all_is_said_of_a_resource_that_is(
    seen: Observed | None, action: Action, reason: Reason, fields: tuple[FieldChange, ...]
) -> None:
    assert compare(AT, WANT, seen, BOTH) == Change(AT, action, reason, WANT, seen, fields)


def test_a_list_that_only_grows_is_replaced_where_the_adapter_cannot_append() -> None:
    group = replace(load()["AWS::SageMaker::FeatureGroup"], append_only={})
    one, two = ({"FeatureName": name, "FeatureType": "String"} for name in "ab")
    seen = Observed({"FeatureDefinitions": [one]})
    found = compare(AT, {"FeatureDefinitions": [one, two]}, seen, group)
    assert [each.effect for each in found.fields] == [Effect.REPLACE]


def test_tags_come_with_their_lines() -> None:
    line, spec = Span("m.yaml", 9, 1), Span("m.yaml", 1, 1)
    origin = Origin("Kind/x", spec, {("Tags", "team"): line})
    want = {"Tags": [{"Key": "team", "Value": "risk"}]}
    found = compare(AT, want, Observed({}, tags={"by": "x"}), MADE, origin)
    assert found.fields == (
        FieldChange(("Tags", "by"), "x", None, Effect.IN_PLACE, spec),
        FieldChange(("Tags", "team"), None, "risk", Effect.IN_PLACE, line),
    )


def test_a_live_tag_that_looks_random_is_not_shown_and_one_of_the_spec_is() -> None:
    want = {"Tags": [{"Key": "mine", "Value": RANDOM}]}
    found = compare(AT, want, Observed({}, tags={"theirs": RANDOM}), MADE)
    assert [(each.before, each.after) for each in found.fields] == [
        (None, RANDOM),
        (SENSITIVE, None),
    ]


def test_a_live_variable_that_looks_random_is_not_shown_and_one_of_the_spec_is() -> None:
    other = resource("M::Base", effects={"Environment": Effect.IN_PLACE})
    want, have = {"Environment": {"MODE": RANDOM}}, {"Environment": {"MODE": RANDOM[::-1]}}
    assert differences(want, have, other) == [("Environment.MODE", SENSITIVE, RANDOM)]


def test_a_guard_in_a_plan_that_was_kept_stays_valid() -> None:
    seen = Observed({"Size": 1, "Tags": [], "Steps": []}, tags={"b": "2", "a": "1", "aws:x": "y"})
    assert guard(seen, MADE) == "808ee5150ae996651131a14048706088"
