"""What an analysis says, and what it leaves unsaid."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reconciler.analysis import bias, drift, evaluate, quality
from reconciler.analysis.faults import ConfigError, DataError
from reconciler.analysis.output import text
from reconciler.analysis.settings import Settings
from reconciler.analysis.table import Table

from .made import random, reference, table


def compared(
    known: dict[str, Any], now: Table, rule: dict[str, Any] | None = None
) -> dict[str, dict[str, Any]]:
    found = drift.compare(known, now, drift.rule_of(Settings(rule or {}), known))
    return {each["feature"]: each for each in found}


def checked(
    known: dict[str, Any], now: Table, said: dict[str, Any] | None = None, sample: int = 500
) -> set[tuple[str, str, str]]:
    found = quality.check(known, now, quality.rules_of(Settings(said or {}), sample))
    return {(each["column"], each["rule"], each["status"]) for each in found}


def broken(found: set[tuple[str, str, str]]) -> set[tuple[str, str]]:
    return {each[:2] for each in found if each[2] == "VIOLATED"}


NORMAL = random(1).normal(0, 1, 10_000)
KNOWN = reference(x=NORMAL)


@pytest.mark.parametrize(
    ("rows", "moved", "status"),
    [
        (5000, 0.0, "OK"),
        (5000, 0.5, "VIOLATED"),
        (499, 3.0, "INSUFFICIENT"),  # as large as can be, of too few rows
        (500, 3.0, "VIOLATED"),
        (200_000, 0.03, "OK"),  # sure, and too small to matter
    ],
)
def test_a_drift_needs_rows_an_effect_and_certainty(rows: int, moved: float, status: str) -> None:
    found = compared(KNOWN, table(x=random(2).normal(moved, 1, rows)))["x"]
    assert found["status"] == status
    if rows == 200_000:
        assert found["pAdjusted"] < 0.01
        assert found["effects"] == []


def test_an_effect_by_chance_is_none() -> None:
    """Of few rows of many features some are far off, and none is sure."""
    names = [f"x{at}" for at in range(25)]
    then = reference(**{name: random(at).normal(0, 1, 5000) for at, name in enumerate(names)})
    now = table(**{name: random(99 + at).normal(0, 1, 500) for at, name in enumerate(names)})
    found = compared(then, now)
    assert sum(1 for each in found.values() if each["p"] < 0.05) > 0
    assert sum(1 for each in found.values() if each["effects"]) > 0
    assert {each["status"] for each in found.values()} == {"OK"}


def test_a_feature_has_levels_of_its_own_or_is_left_out() -> None:
    known = reference(x=NORMAL, y=NORMAL)
    now = table(x=NORMAL + 0.3, y=NORMAL + 0.3)
    rule = {"features": {"x": {"levels": {"ks": 0.5}, "critical": True}, "y": {"drift": False}}}
    found = compared(known, now, rule)
    assert {*found} == {"x"}
    assert (found["x"]["status"], found["x"]["critical"]) == ("OK", True)


@pytest.mark.parametrize(
    ("rule", "path"),
    [
        ({"features": {"z": {}}}, "features.z"),
        ({"levels": {"number": {"chi": 1}}}, "levels.number.chi"),
        ({"levels": {"number": {}}}, "levels.number"),
        ({"levels": {"text": {"ks": 1}}}, "levels.text"),
        ({"alfa": 0.1}, "alfa"),
        ({"alpha": 1}, "alpha"),
        ({"minimumRows": 0}, "minimumRows"),
    ],
)
def test_a_wrong_rule_is_named(rule: dict[str, Any], path: str) -> None:
    with pytest.raises(ConfigError) as fault:
        drift.rule_of(Settings(rule), KNOWN)
    assert fault.value.path == path


def test_categories_that_move_and_new_ones_are_drift() -> None:
    r = random(3)
    known = reference(c=r.choice(["a", "b", "c"], 10_000, p=[0.5, 0.3, 0.2]))
    same = table(c=r.choice(["a", "b", "c"], 2000, p=[0.5, 0.3, 0.2]))
    moved = table(c=r.choice(["a", "b", "c"], 2000, p=[0.4, 0.3, 0.3]))
    new = table(c=r.choice(["a", "b", "z"], 2000, p=[0.5, 0.3, 0.2]))
    assert [compared(known, each)["c"]["status"] for each in (same, moved, new)] == [
        "OK", "VIOLATED", "VIOLATED",
    ]  # fmt: skip
    assert ("c", "categories") in broken(checked(known, new))


HOSTILE: dict[str, list[Any]] = {
    "one hidden huge number": [*NORMAL[:1999], 1e300],
    "two that overflow": [*NORMAL[:1998], 1.7e308, -1.7e308],
    "words among them": [*NORMAL[:1990], *["?"] * 10],
    "no number": [*NORMAL[:1999], float("nan")],
    "infinite": [*NORMAL[:1998], float("inf"), "-inf"],
    "more digits than a double": [*NORMAL[:1999], 10**400],
}


@pytest.mark.parametrize("name", HOSTILE)
def test_few_hostile_values_neither_hide_nor_make_a_drift(name: str) -> None:
    found = compared(KNOWN, table(x=HOSTILE[name]))["x"]
    assert found["status"] == "OK"
    assert found["measures"]["ks"] < 0.05
    json.loads(text(found), parse_constant=pytest.fail)
    known = reference(x=HOSTILE[name])
    json.loads(text(known), parse_constant=pytest.fail)
    moved = compared(known, table(x=NORMAL[:2000] + 1.0))["x"]
    assert moved["status"] == "VIOLATED"


def test_a_constant_a_single_row_and_nothing_can_be_a_reference() -> None:
    constant = reference(x=[3.0] * 1000)
    assert compared(constant, table(x=[3.0] * 1000))["x"]["status"] == "OK"
    off = compared(constant, table(x=[3.0] * 500 + [4.0] * 500))["x"]
    assert (off["status"], off["measures"]["wasserstein"]) == ("VIOLATED", None)
    one = reference(x=[3.0])
    assert compared(one, table(x=NORMAL))["x"]["status"] == "INSUFFICIENT"
    none = reference(x=[None, ""], y=[1, 2])
    assert none["columns"]["x"]["type"] == "category"
    assert compared(none, table(x=["a"] * 600, y=[1] * 600))["x"]["status"] == "INSUFFICIENT"
    with pytest.raises(DataError, match="needs rows"):
        reference(x=[])


def test_columns_that_vanish_and_come_are_told_of_one_row() -> None:
    known = reference(x=NORMAL, y=NORMAL)
    found = checked(known, table(x=[0.1], z=[1]))
    assert broken(found) == {("y", "missingColumn"), ("z", "extraColumn")}
    assert ("x", "completeness", "INSUFFICIENT") in found
    assert broken(checked(known, table(x=[0.1], z=[1]), {"extraColumns": False})) == {
        ("y", "missingColumn")
    }


WINDOWS: dict[str, list[Any]] = {
    "completeness": [*NORMAL[:1800], *[None] * 200],
    "type": [*NORMAL[:1800], *["?"] * 200],
    "range": [*NORMAL[:1800], *[99.0] * 200],
}


@pytest.mark.parametrize("rule", WINDOWS)
def test_a_share_that_is_surely_too_large_breaks_its_rule(rule: str) -> None:
    assert broken(checked(KNOWN, table(x=WINDOWS[rule]))) == {("x", rule)}
    off = {"columns": {"x": {rule: False}}}
    assert broken(checked(KNOWN, table(x=WINDOWS[rule]), off)) == set()
    wide = {"columns": {"x": {rule: 0.2}}}
    assert broken(checked(KNOWN, table(x=WINDOWS[rule]), wide)) == set()


@pytest.mark.parametrize("rule", WINDOWS)
def test_a_share_just_above_its_tolerance_may_be_chance(rule: str) -> None:
    beside = {"completeness": None, "type": "?", "range": 99.0}[rule]
    few = [*NORMAL[:987], *[beside] * 13]  # 1.3 of a hundred, where 1 is allowed
    assert broken(checked(KNOWN, table(x=few))) == set()


def test_what_the_reference_lacked_already_is_no_fault() -> None:
    half = [*NORMAL[:1000], *[None] * 1000]
    assert broken(checked(reference(x=half), table(x=half))) == set()


def judged(said: dict[str, Any], now: Table, baseline: Any = None) -> dict[str, Any]:
    return evaluate.judge(evaluate.Question(Settings(said)), now, baseline)


def predictions(rows: int, seed: int = 0) -> Table:
    r = random(seed)
    truth = r.random(rows) < 0.3
    points = np.clip(r.normal(0.35 + 0.25 * truth, 0.2), 0, 1)
    return table(y=truth.astype(int), p=points)


SCORED: dict[str, Any] = {"problem": "binary", "label": "y", "score": "p", "draws": 60}


@pytest.mark.parametrize(
    ("rows", "least", "status", "sure"),
    [
        (3000, 0.5, "OK", True),
        (3000, 0.99, "VIOLATED", True),
        (50, 0.99, "INSUFFICIENT", True),
    ],
)
def test_a_limit_is_broken_by_all_of_an_interval(
    rows: int, least: float, status: str, sure: bool
) -> None:
    found = judged({**SCORED, "limits": {"auc": {"atLeast": least}}}, predictions(rows))
    assert found["status"] == status
    assert found["judged"][0]["sure"] is sure
    low, high = found["metrics"]["auc"]["interval"]
    assert low < found["metrics"]["auc"]["value"] < high


def test_a_value_that_is_beyond_while_its_interval_is_not_is_said_to_be() -> None:
    now = predictions(200)
    value = judged({**SCORED, "draws": 0}, now)["metrics"]["auc"]["value"]
    found = judged({**SCORED, "limits": {"auc": {"atLeast": value + 0.005}}}, now)
    assert (found["status"], found["judged"][0]["sure"]) == ("OK", False)
    without = {**SCORED, "limits": {"auc": {"atLeast": value + 0.005}}, "draws": 0}
    assert judged(without, now)["status"] == "VIOLATED"


def test_an_interval_holds_the_truth_about_as_often_as_it_says() -> None:
    true = judged({**SCORED, "draws": 0}, predictions(30_000, 7))["metrics"]["auc"]["value"]
    inside = 0
    for seed in range(12):
        said = {**SCORED, "metrics": ["auc"], "draws": 50, "seed": seed}
        low, high = judged(said, predictions(200, seed))["metrics"]["auc"]["interval"]
        inside += low <= true <= high
    assert inside >= 9


def test_of_one_class_nothing_is_judged() -> None:
    now = table(y=[0] * 500, p=list(random().random(500)))
    found = judged({**SCORED, "limits": {"auc": {"atLeast": 0.9}}}, now)
    assert (found["status"], found["metrics"]["auc"]["value"]) == ("INSUFFICIENT", None)


def test_no_worse_than_before_goes_by_the_direction_of_the_figure() -> None:
    said = {**SCORED, "notWorse": {"auc": {"tolerance": 0.02}, "logLoss": {}}}
    now = predictions(3000)
    same = judged({**SCORED, "draws": 0}, now)
    assert judged(said, now, same)["status"] == "OK"
    better = {"metrics": {"auc": {"value": 0.99}, "logLoss": {"value": 0.01}}}
    found = judged(said, now, better)
    assert [each["status"] for each in found["judged"]] == ["VIOLATED", "VIOLATED"]
    with pytest.raises(DataError, match="no logLoss"):
        judged(said, now, {"metrics": {"auc": {"value": 0.5}}})
    with pytest.raises(ConfigError, match="baseline"):
        judged(said, now)


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"problem": "ranking", "label": "y"}, "problem"),
        ({"problem": "binary", "label": "y"}, "score"),
        ({**SCORED, "metrics": ["recall"]}, "threshold"),
        ({**SCORED, "limits": {"recall": {"atLeast": 0.5}}}, "threshold"),
        ({"problem": "binary", "label": "y", "prediction": "p", "metrics": ["auc"]}, "score"),
        ({**SCORED, "metrics": ["acu"]}, "metrics"),
        ({**SCORED, "limits": {"auc": {}}}, "limits.auc"),
        ({**SCORED, "limits": {"auc": {"atLeast": 2, "atMost": 1}}}, "limits.auc"),
        ({"problem": "regression", "label": "y"}, "prediction"),
    ],
)
def test_a_question_that_cannot_be_answered_is_named(said: dict[str, Any], path: str) -> None:
    with pytest.raises(ConfigError) as fault:
        evaluate.Question(Settings(said))
    assert fault.value.path == path


def test_predictions_that_cannot_be_read_are_no_late_labels() -> None:
    now = predictions(1000)
    now.columns["p"][:20] = ["?"] * 20
    with pytest.raises(DataError, match="20 of 1000 predictions"):
        judged(SCORED, now)
    found = judged({**SCORED, "maximumBad": 0.05}, now)
    assert (found["rows"], found["excluded"]) == (980, {"label": 0, "prediction": 20})


def test_labels_that_are_neither_are_a_fault_and_forms_of_a_number_are_not() -> None:
    now = table(y=["1", "1.0", "0", "maybe"], p=[0.9, 0.8, 0.1, 0.5])
    with pytest.raises(ConfigError, match="negative"):
        judged(SCORED, now)
    with pytest.raises(DataError, match="'maybe' is neither"):
        judged({**SCORED, "negative": [0]}, now)
    whole = table(y=["1", "1.0", "0", "0.0"], p=[0.9, 0.8, 0.1, 0.5])
    assert judged({**SCORED, "minimumRows": 1}, whole)["positives"] == 2


def test_several_classes_and_numbers_are_judged_too() -> None:
    r = random(4)
    truth = r.choice(["a", "b", "c"], 600)
    told = np.where(r.random(600) < 0.8, truth, "a")
    said = {"problem": "multiclass", "label": "y", "prediction": "p"}
    found = judged(said, table(y=truth, p=told))
    assert (found["status"], found["classes"]) == ("OK", ["a", "b", "c"])
    assert sum(map(sum, found["confusion"])) == 600
    with pytest.raises(ConfigError, match="no column for the class 'c'"):
        judged({**said, "scores": {"a": "p", "b": "p"}}, table(y=truth, p=told))
    numbers = table(y=r.normal(0, 1, 600), p=r.normal(0, 1, 600))
    limits = {"rmse": {"atMost": 1.0}}
    found = judged({**said, "problem": "regression", "limits": limits}, numbers)
    assert found["status"] == "VIOLATED"


def people(rows: int = 4000, gap: float = 0.2, seed: int = 5) -> Table:
    r = random(seed)
    group = r.choice(["adult", "young", "old"], rows, p=[0.6, 0.3, 0.1])
    truth = r.random(rows) < 0.5
    chance = 0.6 - gap * (group == "young")
    return table(
        age=group, years=np.where(group == "adult", 40, 20), y=truth.astype(int),
        said=(r.random(rows) < chance).astype(int), region=r.choice(["n", "s"], rows),
    )  # fmt: skip


FAIR = {"label": "y", "prediction": "said", "facets": [{"column": "age", "favoured": "adult"}],
        "draws": 40}  # fmt: skip


def parity_of(said: dict[str, Any], now: Table) -> dict[str, Any]:
    return bias.judge(bias.Question(Settings(said)), now)


def test_bias_is_told_for_each_group_and_all_others_and_each_segment() -> None:
    said = {**FAIR, "limits": {"DI": {"atLeast": 0.8}}, "segments": ["region"]}
    found = parity_of(said, people())
    by = {(each["group"], str(each["segment"])): each["status"] for each in found["results"]}
    assert len(by) == 9
    assert by["young", "{}"] == "VIOLATED"
    assert by["old", "{}"] == "OK"
    assert by["young", "{'region': 'n'}"] == "VIOLATED"
    assert found["status"] == "VIOLATED"
    assert found["results"][0]["favoured"] == "adult"


def test_a_gap_of_few_rows_is_no_violation() -> None:
    said = {**FAIR, "limits": {"DPPL": {"atLeast": -0.05, "atMost": 0.05}}}
    found = parity_of(said, people(rows=400, gap=0.0, seed=1))
    assert [each["violations"] for each in found["results"]] == [[], [], []]
    small = parity_of({**said, "minimumRows": 5000}, people())
    assert (small["status"], small["unjudged"]) == ("INSUFFICIENT", 3)


def test_a_number_tells_groups_apart_too() -> None:
    said = {**FAIR, "facets": [{"column": "years", "favoured": {"above": 30}}]}
    by_number = parity_of(said, people())["results"]
    by_name = parity_of(FAIR, people())["results"]
    (all_others,) = [each for each in by_name if each["group"] == bias.OTHERS]
    assert [each["group"] for each in by_number] == [bias.OTHERS]
    assert by_number[0]["metrics"] == all_others["metrics"]
    assert by_number[0]["favoured"] == "above 30"


def test_disparity_is_told_where_a_stratum_is_named() -> None:
    plain = parity_of(FAIR, people())["results"][0]["metrics"]
    strata = parity_of({**FAIR, "group": "region"}, people())["results"][0]["metrics"]
    assert "CDDPL" not in plain
    assert {"CDDL", "CDDPL"} <= {*strata}
    assert strata["DPPL"]["value"] == plain["DPPL"]["value"]


def test_labels_alone_say_what_the_data_is_like() -> None:
    said = {"label": "y", "facets": [{"column": "age", "favoured": ["adult"]}]}
    found = parity_of(said, people())["results"][0]["metrics"]
    assert {*found} == {"CI", "DPL", "KL", "JS", "LP", "TVD", "KS"}


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({**FAIR, "facets": []}, "facets"),
        ({**FAIR, "facets": [{"column": "age", "favoured": []}]}, "facets[0].favoured"),
        ({**FAIR, "facets": [{"column": "age", "favoured": {}}]}, "facets[0].favoured"),
        ({**FAIR, "score": "p"}, "threshold"),
        ({**FAIR, "score": "p", "threshold": 0.5}, "score"),
        ({**FAIR, "limits": {"DIP": {"atLeast": 1}}}, "limits.DIP"),
        ({"label": "y", "facets": FAIR["facets"], "limits": {"DI": {"atLeast": 1}}}, "limits"),
        ({"facets": FAIR["facets"]}, "label"),
    ],
)
def test_a_wrong_question_of_bias_is_named(said: dict[str, Any], path: str) -> None:
    with pytest.raises(ConfigError) as fault:
        bias.Question(Settings(said))
    assert fault.value.path == path


def test_a_segment_of_everybodys_own_is_refused(tmp_path: Path) -> None:
    now = people(200)
    now.columns["id"] = [f"p{at}" for at in range(200)]
    with pytest.raises(ConfigError, match="200 values"):
        parity_of({**FAIR, "segments": ["id"]}, now)
    with pytest.raises(DataError, match="no column 'sex'"):
        parity_of({**FAIR, "facets": [{"column": "sex", "favoured": "f"}]}, now)
