"""The States language: paths, intrinsics, templates and choices as Step Functions reads them."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.facts.asl import QueryError, choice, intrinsics, jsonata, path, place, template

DATA = {
    "a": {"b": [1, 2, {"c": "x"}]},
    "xs": [{"p": 1, "q": "a"}, {"p": 5, "q": "b"}],
    "odd.name": True,
    "t": "2026-01-01T00:00:00Z",
    "none": None,
}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("$", DATA),
        ("$.a.b[2].c", "x"),
        ("$['a']['b'][-1]", {"c": "x"}),
        ("$['odd.name']", True),
        ("$.a.b[0:2]", [1, 2]),
        ("$.a.b[::2]", [1, {"c": "x"}]),
        ("$..p", [1, 5]),
        ("$.xs[?(@.p > 2)].q", ["b"]),
        ("$.xs[?(@.q == 'a' && @.p == 1)].p", [1]),
        ("$.xs[?(@.q == 'z' || @.p == 5)].p", [5]),
        ("$.xs[?(!@.r)].p", [1, 5]),
        ("$.xs.length()", 2),
        ("$.xs[*].q", ["a", "b"]),
        ("$.xs[0,1].p", [1, 5]),
        ("$.xs[9:].p", []),
        ("$$.State.Name", "here"),
        ("$known.deep", 7),
    ],
)
def test_a_path_finds(text: str, found: Any) -> None:
    context = {"State": {"Name": "here"}}
    assert path.find(text, DATA, context, {"known": {"deep": 7}}) == found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("$.nope", "States.ParameterPathFailure"),
        ("$.a.b[9]", "States.ParameterPathFailure"),
        ("$unknown", "States.Runtime"),
        ("a.b", "States.Runtime"),
        ("$.a[", "States.Runtime"),
        ("$.a b", "States.Runtime"),
    ],
)
def test_a_path_that_finds_nothing_is_a_named_error(text: str, code: str) -> None:
    with pytest.raises(QueryError) as raised:
        path.find(text, DATA)
    assert raised.value.code == code


def test_a_result_is_put_where_a_reference_path_says() -> None:
    assert place.put("$.new.deep", {"a": 1}, 2) == {"a": 1, "new": {"deep": 2}}
    assert place.put("$", {"a": 1}, 2) == 2
    assert place.put("$.a[1].x", {"a": [0, {}]}, 3) == {"a": [0, {"x": 3}]}
    before = {"a": {"b": 1}}
    place.put("$.a.b", before, 2)
    assert before == {"a": {"b": 1}}
    with pytest.raises(QueryError, match="ReferencePath"):
        place.put("$.a.b.c", {"a": {"b": 1}}, 2)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("States.Format('Hi {} \\{\\} {}', $.a.b[0], States.MathAdd(1, 2))", "Hi 1 {} 3"),
        ("States.Format('{}', $.xs[0])", '{"p":1,"q":"a"}'),
        ("States.StringToJson('{\"k\": [1]}')", {"k": [1]}),
        ("States.JsonToString($.xs[0])", '{"p":1,"q":"a"}'),
        ("States.Array($.none, 'it\\'s', true, -1.5e1)", [None, "it's", True, -15.0]),
        ("States.ArrayPartition(States.ArrayRange(1, 5, 1), 2)", [[1, 2], [3, 4], [5]]),
        ("States.ArrayContains($.a.b, 2)", True),
        ("States.ArrayRange(5, 1, -2)", [5, 3, 1]),
        ("States.ArrayGetItem($.a.b, 1)", 2),
        ("States.ArrayLength($.xs)", 2),
        ("States.ArrayUnique(States.Array(3, 1, 3))", [3, 1]),
        ("States.Base64Decode(States.Base64Encode('ä'))", "ä"),
        ("States.Hash('a', 'SHA-1')", "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8"),
        ("States.JsonMerge($.xs[0], $.xs[1], false)", {"p": 5, "q": "b"}),
        ("States.StringSplit('1,2;3', ',;')", ["1", "2", "3"]),
        ("States.MathAdd(1.6, 1)", 3),
    ],
)
def test_an_intrinsic_gives(text: str, found: Any) -> None:
    assert intrinsics.evaluate(text, DATA) == found


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("States.Nope()", "States.Runtime"),
        ("States.MathAdd(1)", "States.Runtime"),
        ("States.Format('{} {}', 1)", "States.IntrinsicFailure"),
        ("States.ArrayPartition($.xs, 0)", "States.IntrinsicFailure"),
        ("States.ArrayRange(0, 5000, 1)", "States.IntrinsicFailure"),
        ("States.JsonMerge($.a, $.a, true)", "States.IntrinsicFailure"),
        ("States.StringToJson('{')", "States.IntrinsicFailure"),
        ("States.Base64Decode('%')", "States.IntrinsicFailure"),
        ("States.ArrayGetItem($.xs, 7)", "States.IntrinsicFailure"),
        ("States.ArrayLength($.nope)", "States.ParameterPathFailure"),
        ("States.ArrayLength($.xs) and more", "States.Runtime"),
        ("States.Array(" * 11 + ")" * 11, "States.Runtime"),
    ],
)
def test_an_intrinsic_that_cannot_be_computed_is_a_named_error(text: str, code: str) -> None:
    with pytest.raises(QueryError) as raised:
        intrinsics.evaluate(text, DATA)
    assert raised.value.code == code


def test_a_random_number_with_a_seed_is_the_same_one() -> None:
    one = intrinsics.evaluate("States.MathRandom(1, 1000, 7)", {})
    assert one == intrinsics.evaluate("States.MathRandom(1, 1000, 7)", {})
    assert intrinsics.evaluate("States.UUID()", {}) != intrinsics.evaluate("States.UUID()", {})


def test_a_template_is_filled_at_every_depth() -> None:
    made = {"x.$": "$.a.b[0]", "y": [{"z.$": "$$.e"}], "plain": "$.a"}
    assert template.filled(made, DATA, {"e": 2}) == {"x": 1, "y": [{"z": 2}], "plain": "$.a"}
    assert [at for at, _ in template.queries(made)] == [("x.$",), ("y", "0", "z.$")]


def _rule(**rule: Any) -> dict[str, Any]:
    return {"Variable": "$.v", **rule}


@pytest.mark.parametrize(
    ("value", "rule", "holds"),
    [
        (1, _rule(NumericEquals=1), True),
        (1, _rule(NumericEquals=1.0), True),
        ("1", _rule(NumericEquals=1), False),
        (True, _rule(NumericEquals=1), False),
        ("b", _rule(StringGreaterThan="a"), True),
        (1, _rule(StringGreaterThan="a"), False),
        ("a.log", _rule(StringMatches="*.log"), True),
        ("a*b", _rule(StringMatches="a\\*b"), True),
        ("axb", _rule(StringMatches="a\\*b"), False),
        ("2026-01-01T00:00:00Z", _rule(TimestampLessThan="2026-01-01T01:00:00+00:30"), True),
        ("2026-01-01", _rule(IsTimestamp=True), False),
        (None, _rule(IsNull=True), True),
        (None, _rule(IsPresent=True), True),
        (1, {"Variable": "$.w", "IsPresent": False}, True),
        (False, _rule(BooleanEquals=False), True),
        (0, _rule(BooleanEquals=False), False),
        (3, _rule(NumericLessThanPath="$.limit"), True),
        (3, {"Not": {"And": [_rule(NumericEquals=3), _rule(IsString=True)]}}, True),
        (3, {"Or": [_rule(NumericEquals=1), _rule(NumericEquals=3)]}, True),
    ],
)
def test_a_rule_of_a_choice_holds(value: Any, rule: dict[str, Any], *, holds: bool) -> None:
    assert choice.holds(rule, {"v": value, "limit": 5}) is holds


def test_a_rule_about_what_is_not_there_fails_the_run() -> None:
    with pytest.raises(QueryError, match="Invalid path"):
        choice.holds(_rule(NumericEquals=1), {})


def test_jsonata_is_seen_wherever_it_is_asked_for() -> None:
    inside = {"StartAt": "p", "States": {"p": {"Type": "Pass", "QueryLanguage": "JSONata"}}}
    outer = {"StartAt": "m", "States": {"m": {"Type": "Map", "ItemProcessor": inside}}}
    assert jsonata(outer)
    assert jsonata({"QueryLanguage": "JSONata", "States": {}})
    assert not jsonata({"StartAt": "p", "States": {"p": {"Type": "Pass"}}})
