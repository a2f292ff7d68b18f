"""The language of rules, and what rules say of rows."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.facts import dqdl
from reconciler.kinds.data_source.api import Column
from reconciler.kinds.data_source.rules import Check, Length, Range, following, of_column
from reconciler.sandbox.services.glue.quality import rows as files
from reconciler.sandbox.services.glue.quality.evaluate import ERROR, FAIL, PASS, evaluate
from reconciler.sandbox.services.glue.quality.split import split

NOW = 1_767_312_000.0
"""2026-01-02T00:00:00Z."""


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "a kind of rule"),
        ("IsCompleted \"a\"", "unknown kind of rule"),
        ("IsComplete", "takes 1 texts, not 0"),
        ('IsComplete "a" > 1', "takes no condition"),
        ('ColumnValues "a"', "needs a condition"),
        ('ColumnValues "a" matches "("', "is no pattern"),
        ('ColumnValues "a" between 1', "expected 'and'"),
        ('ColumnValues "a" in []', "is no value"),
        ('ColumnValues "a" not > 1', "is no condition"),
        ('RowCount > 1 with threshold > 0.5', "takes no threshold"),
        ('(RowCount > 1) and (RowCount > 2) or (RowCount > 3)', "side by side"),
        ('(RowCount > 1', "expected ')'"),
        ('RowCount > 1; DROP', "is nothing that the language knows"),
        ('RowCount > 1 RowCount', "after the end"),
        ("RowCount > x", "is no value"),
    ],
)
def test_what_is_no_rule_is_refused_where_it_ends(text: str, says: str) -> None:
    with pytest.raises(dqdl.DqdlError, match=".") as caught:
        dqdl.rule(text)
    assert says in str(caught.value)
    assert 0 <= caught.value.at <= len(text)


def test_a_ruleset_is_a_list_and_not_too_long() -> None:
    text = dqdl.written(["RowCount > 0", 'IsComplete "a\\"b"'])
    assert [each.text for each in dqdl.ruleset(text)] == ["RowCount > 0", 'IsComplete "a\\"b"']
    assert dqdl.ruleset(dqdl.folded(text)) != []
    assert dqdl.folded('Rules =\n [ IsComplete   "a  b" ]') == 'Rules = [ IsComplete "a  b" ]'
    for wrong in ("", "Rules = []", "rules = [RowCount > 0]", text + "x"):
        with pytest.raises(dqdl.DqdlError):
            dqdl.ruleset(wrong)
    with pytest.raises(dqdl.DqdlError, match="65,536"):
        dqdl.ruleset(dqdl.written(["RowCount > 0"] * 6000))
    assert dqdl.beyond('Entropy "a" > 1') == "Entropy"
    assert dqdl.beyond(text) == ""


ROWS: list[dict[str, Any]] = [
    {"id": "1", "n": 1, "c": "EUR", "t": "2026-01-01T12:00:00"},
    {"id": "2", "n": 5.5, "c": "usd", "t": "2025-12-01"},
    {"id": "2", "n": None, "c": None, "t": None},
]
SAYS = {
    'IsComplete "n"': (FAIL, {2}),
    'Completeness "n" >= 0.5': (PASS, {2}),
    'IsUnique "id"': (FAIL, {1, 2}),
    'Uniqueness "id" > 0.5': (FAIL, {1, 2}),
    'IsPrimaryKey "id" "n"': (FAIL, {2}),
    'ColumnValues "n" between 1 and 6': (FAIL, {0, 2}),
    'ColumnValues "n" >= 1': (FAIL, {2}),
    'ColumnValues "n" not between 2 and 6': (FAIL, {1}),
    'ColumnValues "n" >= 1 with threshold > 0.6': (PASS, {2}),
    'ColumnValues "c" in ["EUR", NULL]': (FAIL, {1}),
    'ColumnValues "c" matches "[A-Z]{3}"': (FAIL, {1, 2}),
    'ColumnValues "c" != NULL': (FAIL, {2}),
    'ColumnValues "t" > (now() - 2 days)': (FAIL, {1, 2}),
    'ColumnLength "c" = 3': (FAIL, {2}),
    'ColumnDataType "n" = "Integer"': (FAIL, {1, 2}),
    'ColumnDataType "t" = "Date" where "t is not null"': (PASS, set()),
    'DataFreshness "t" <= 24 hours': (FAIL, {1, 2}),
    'ReferentialIntegrity "id" "other.id" >= 0.3': (PASS, {1, 2}),
    'ColumnExists "zz"': (FAIL, set()),
    'ColumnExists "C"': (PASS, set()),
    'IsComplete "zz"': (FAIL, set()),
    "RowCount = 3": (PASS, set()),
    "ColumnCount > 4": (FAIL, set()),
    'Mean "n" > 3': (PASS, set()),
    'Sum "n" = 6.5': (PASS, set()),
    'StandardDeviation "n" < 1': (FAIL, set()),
    'DistinctValuesCount "c" = 2': (PASS, set()),
    'UniqueValueRatio "id" = 0.5': (PASS, set()),
    '(IsComplete "n") and (IsComplete "c")': (FAIL, {2}),
    '(ColumnValues "n" > 1) or (ColumnValues "n" = NULL)': (FAIL, {0}),
    '(RowCount > 5) or (RowCount > 1)': (PASS, set()),
    'CustomSql "SELECT 1" = 1': (ERROR, set()),
    'IsComplete "n" where "n > 3 or c = 1"': (ERROR, set()),
    'ReferentialIntegrity "id" "nobody.id" = 1': (ERROR, set()),
}


@pytest.mark.parametrize("text", SAYS)
def test_what_a_rule_says_of_rows(text: str) -> None:
    (found,) = evaluate([dqdl.rule(text)], ROWS, NOW, {"other": [{"id": "1"}]})
    assert (found.result, found.failed) == SAYS[text], found


def test_every_kind_of_rule_is_evaluated_or_said_not_to_be() -> None:
    tried = {rule.name for text in SAYS for rule in dqdl.plain(dqdl.rule(text))}
    assert tried == dqdl.RULES.keys()


CHECKS = {
    "between": Check(between=Range(min=1, max=2)),
    "in": Check.model_validate({"in": ("a", "b")}),
    "matches": Check(matches="[ab]"),
    "length": Check(length=Length(min=1, max=1)),
}


@pytest.mark.scenario("D64")
@pytest.mark.parametrize("name", CHECKS)
@pytest.mark.parametrize("nulls", ["fail", "pass", "skip"])
def test_rows_without_a_value_end_as_the_spec_says(name: str, nulls: Any) -> None:
    check = CHECKS[name].model_copy(update={"nulls": nulls})
    good, bad = (1.5, 9) if name == "between" else ("a", "zz")
    text = dqdl.written([*of_column("x", check, None)])
    found = split(text, [{"x": good}, {"x": bad}, {"x": None}], NOW)
    kept = [row["x"] for row in found.good]
    assert kept == ([good] if nulls == "fail" else [good, None])
    assert found.skipped == (0 if nulls == "pass" else 1)
    assert all(row["failed_rules"] for row in found.bad)


@pytest.mark.scenario("D64")
def test_who_says_nothing_of_nulls_has_what_the_column_says() -> None:
    check = CHECKS["matches"]
    required = [*of_column("x", check, Column(type="string", required=True))]
    optional = [*of_column("x", check, Column(type="string"))]
    assert 'IsComplete "x"' in required
    assert optional == ['ColumnValues "x" matches "[ab]" where "x is not null"']


def test_both_ends_of_a_range_belong_to_it() -> None:
    text = dqdl.written([*of_column("x", Check(between=Range(min=0.5, max=2)), None)])
    found = split(text, [{"x": 0.5}, {"x": 2}, {"x": 2.01}], NOW)
    assert [row["x"] for row in found.good] == [0.5, 2]


def test_an_empty_list_of_rules_is_no_empty_check() -> None:
    columns = {
        "id": Column(type="string", required=True),
        "land": Column(type="char(2)"),
        "n": Column(type="int"),
    }
    text = dqdl.written([*following(columns, "csv", {})])
    rows = files.read([b"id,land,n\n1,DE,7\n,FR,7\n3,DEU,7\n4,,x\n"], "csv")
    found = split(text, rows, NOW)
    assert [row["id"] for row in found.good] == ["1"]
    assert len(found.bad) == 3
    assert 'ColumnExists "id"' in split(text, [{"land": "DE"}], NOW).of_all


def test_a_rule_about_all_rows_blames_none() -> None:
    found = split('Rules = [RowCount > 5, IsComplete "x"]', [{"x": 1}], NOW)
    assert (len(found.good), found.of_all) == (1, ["RowCount > 5"])
    assert "not by AWS" in found.counts()["by"]


@pytest.mark.parametrize("form", ["csv", "json"])
def test_rows_go_out_and_in_again(form: str) -> None:
    rows = [{"a": "1", "b": None}, {"a": "x,y\n", "b": '"'}]
    assert files.read([files.write(rows, form)], form) == rows


@pytest.mark.parametrize(
    ("body", "form"), [(b"{", "json"), (b"[1]", "json"), (b"\xff", "csv"), (b"", ""), (b"x", "orc")]
)
def test_bytes_that_are_no_rows_are_said_to_be_none(body: bytes, form: str) -> None:
    with pytest.raises(files.UnreadableError):
        files.read([body], form)
