"""How reports tell of rollouts: from the JSON of a plan alone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reconciler.render.formats import Context
from reconciler.render.markdown.view import View
from reconciler.render.sections import rollouts
from reconciler.render.text import rollout as text
from reconciler.render.vocabulary.ink import Ink
from reconciler.render.vocabulary.rollout import spark, spent
from reconciler.rollout.shown import STATUS, Shown, shown
from reconciler.rollout.values import (
    Act,
    Finding,
    Live,
    Marks,
    Phase,
    RolloutAction,
    Signals,
    Step,
    Variant,
    Verdict,
)

STEPS = tuple(Step(share, 1, 600) for share in (0.05, 0.25, 1.0))
MARKS = Marks(
    digest="d", step=2, since=0, base="c1", middle="m", target="c2", version="13", steps=STEPS,
    stable_count=4,
)  # fmt: skip
LIVE = Live(
    endpoint="acme-dev-scorer",
    status="InService",
    config="m",
    variants=(
        Variant(name="primary", weight=75, asked_weight=75, count=4, asked_count=4),
        Variant(name="candidate", weight=25, asked_weight=25, count=1, asked_count=1),
    ),
    marks=MARKS,
)
LATENCY = Finding(
    name="latency", verdict=Verdict.WAITING, said="182 ms, below 250 ms", points=(180.0, None, 190)
)


def row(act: Act = Act.WAIT, phase: Phase = Phase.BAKING, **more: Any) -> dict[str, Any]:
    known: dict[str, Any] = {
        "name": "scorer", "environment": "dev", "endpoint": "acme-dev-scorer", "now": 60.0,
        "live": LIVE, "rollout": None, "signals": Signals(findings=(LATENCY,)),
        "action": RolloutAction(act=act, phase=phase, why="25 % is watched", until=660.0),
    }  # fmt: skip
    return shown(Shown(**{**known, **more}))


def view(*rows: dict[str, Any]) -> View:
    return View({"rollouts": list(rows)}, Context(), entries=[])


def test_the_timeline_the_traffic_and_the_metrics_are_lines_of_text() -> None:
    assert [*rollouts.text(view(row()), Ink(color=False))] == [
        "",
        "  Rollouts",
        "      scorer  in-progress: step 2 of 3, baking; primary 75 %, candidate 25 %",
        "        ✓ 5 % · ● 25 % · ○ 100 %",
        "        waiting: latency ▁·█ 182 ms, below 250 ms",
        "        next: wait until 1970-01-01T00:11:00Z: 25 % is watched",
    ]


def test_the_comment_and_the_page_tell_the_same() -> None:
    part, panel = rollouts.markdown(view(row())), rollouts.html(view(row()))

    assert part is not None
    assert panel is not None
    assert "candidate 25 %" in part.blocks[0].text
    assert "▁·█" in part.blocks[0].text
    assert panel.title == "Rollouts"
    assert len(panel.lines) == 4


def test_a_rollout_that_a_plan_starts_is_told_by_its_steps() -> None:
    starts = {**row(live=None, action=None, signals=Signals()), "status": "starts"}
    starts["steps"] = [{"share": 0.05, "bake": 600}, {"share": 1.0, "bake": 5400}]

    assert rollouts.head(starts) == "starts: 5 % for 10 min, 100 % for 1 h 30 min"


def test_nothing_is_said_where_nothing_runs() -> None:
    empty = View({}, Context(), entries=[])

    assert [*rollouts.text(empty, Ink(color=False))] == []
    assert rollouts.markdown(empty) is rollouts.html(empty) is rollouts.data(empty) is None


@pytest.mark.scenario("R16")
def test_a_share_is_a_weight_by_the_sum_of_all_and_unknown_where_one_lacks() -> None:
    known = {each["name"]: each["share"] for each in row()["variants"]}
    half = Variant(name="candidate", weight=None, asked_weight=0, count=None, asked_count=None)
    lacking = Live(status="InService", config="m", variants=(LIVE.variants[0], half))
    doubt = {each["name"]: each["share"] for each in row(live=lacking)["variants"]}

    assert known == {"primary": 0.75, "candidate": 0.25}
    assert doubt == {"primary": None, "candidate": None}
    assert "? instances" in text.status(row(live=lacking), color=False)


def test_every_phase_has_one_word_for_machines() -> None:
    assert STATUS.keys() == {*Phase}
    assert row(Act.HOLD, Phase.BAKING)["status"] == "held"
    assert row(Act.HOLD, Phase.PAUSED)["status"] == "paused"


def test_what_aws_says_reaches_no_terminal_as_an_escape() -> None:
    evil = Live(status="InService", config="m", reason="\x1b[31mred", variants=LIVE.variants)

    assert "\x1b" not in text.status(row(live=evil), color=False)


def test_the_schema_of_a_plan_has_all_of_it() -> None:
    whole = json.loads(Path("schemas/plan.json").read_text())
    schema = {**whole["properties"]["rollouts"], "$defs": whole["$defs"]}
    told = [row(), row(Act.WEIGH), {**row(live=None, action=None), "status": "starts"}]

    assert [*Draft202012Validator(schema).iter_errors(json.loads(json.dumps(told)))] == []


@pytest.mark.parametrize(
    ("points", "line"),
    [((), ""), ((None, None), ""), ((1, 1), "▄▄"), ((0, 5, 10), "▁▅█"), ((0, None, 7), "▁·█")],
)
def test_measurements_are_a_small_line(points: tuple, line: str) -> None:
    assert spark(points) == line


@pytest.mark.parametrize(
    ("seconds", "said"), [(0, "0 s"), (90, "90 s"), (600, "10 min"), (5400, "1 h 30 min")]
)
def test_durations_are_short(seconds: int, said: str) -> None:
    assert spent(seconds) == said


def test_no_word_is_said_twice() -> None:
    base = row()
    for status, phase in (("aborted", "aborted"), ("done", "completed"), ("idle", "idle")):
        told = {**base, "status": status, "phase": phase, "ended": "aborted a person aborted it"}
        shown = text.status(told, color=False)
        assert f"{status}\n" in shown
        assert "ended: aborted: a person aborted it" in shown
        assert "next  nothing" in shown
