"""The transition table: docs/rollouts.md shows it as it is, and each row of it is met."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from functools import cache
from itertools import product
from pathlib import Path

import pytest

from reconciler.rollout.marks import unreadable
from reconciler.rollout.phase import phase_of
from reconciler.rollout.state import next_action, started
from reconciler.rollout.table import TABLE, found
from reconciler.rollout.values import (
    Act,
    Doing,
    Live,
    Marks,
    Phase,
    Signals,
    Step,
    Variant,
    Verdict,
)
from reconciler.rollout.view import View

from .endpoint import BEGIN, ROLLOUT

PAGE = (Path(__file__).parents[2] / "docs" / "rollouts.md").read_text()
OVER = {Phase.IDLE, Phase.COMPLETED, Phase.ABORTED, Phase.ROLLED_BACK}
WORDS = {"pause": "pause", "resume": "resume", "promote": "promote", "promote --full": "full",
         "abort": "abort"}  # fmt: skip
NOW = BEGIN + 1000
GATED = replace(ROLLOUT, steps=tuple(replace(each, gate=True) for each in ROLLOUT.steps))
OTHER = replace(ROLLOUT, target="c3", version="model 8")
LEFT = replace(ROLLOUT, left="its spec is gone")
UNSURE = replace(ROLLOUT, unsure="S3 does not say")
ANEW = replace(ROLLOUT, unapplied="its analysis was not applied")


def rows(heading: str) -> list[list[str]]:
    """The cells of the first table after a heading."""
    lines = PAGE[PAGE.index(heading) :].split("\n")
    start = next(index for index, line in enumerate(lines) if line.startswith("|---"))
    told = []
    for line in lines[start + 1 :]:
        if not line.startswith("|"):
            break
        told.append([cell.strip() for cell in line.strip("|").split("|")])
    return told


SAID = {row[0].strip("`"): row[2] for row in rows("### Phases")}


def lives() -> list[tuple[Live, Marks]]:
    """Endpoints as they may be, and what their marks may say."""
    made = []
    base = started(ROLLOUT, BEGIN)
    weights = [(0.0, 4, 1), (5.0, 3, 1), (100.0, 4, 4)]
    times = [(1, False, NOW - 100), (1, True, NOW - 500), (0, False, NOW - 9e5)]
    where = [("InService", "cm"), ("Updating", "cm"), ("InService", "c1"), ("InService", "c2")]
    for doing, step, word, (share, mine, theirs), (tries, seen, since), (status, config) in product(
        Doing, (0, 1, 4), ("", "hold", "promote", "full", "failed"), weights, times, where
    ):
        if (step == 0) is not (doing is Doing.START) or (share and config != "cm"):
            continue
        marks = replace(base, doing=doing, step=step, word=word, why="so it is", since=since,
                        confirmed=since, tries=tries, seen=seen)  # fmt: skip
        variants = fleets(share, mine, theirs)
        some = variants if config == "cm" else (replace(variants[0], count=4),)
        live = Live(status=status, config=config, variants=some, marks=marks)
        made.append((live, marks))
    return [*made, *strange(base)]


def fleets(share: float, mine: int, theirs: int) -> tuple[Variant, Variant]:
    return (
        Variant(name="primary", weight=100 - share, asked_weight=100 - share, count=mine,
                asked_count=mine),
        Variant(name="candidate", weight=share, asked_weight=share, count=theirs,
                asked_count=theirs),
    )  # fmt: skip


def strange(base: Marks) -> list[tuple[Live, Marks]]:
    """What is met seldom."""
    pair = tuple(Variant(name=name, weight=1.0, asked_weight=1.0, count=4, asked_count=4)
                 for name in ("primary", "candidate"))  # fmt: skip
    unknown = tuple(replace(each, weight=None) for each in pair)
    over = replace(base, over="cm-0", since=NOW - 500)
    home = replace(base, doing=Doing.ABORT, step=1, since=NOW - 500)
    gate = replace(base, steps=GATED.steps, step=1, doing=Doing.BAKE, since=NOW - 500,
                   confirmed=NOW - 500)  # fmt: skip
    at = tuple(replace(each, weight=weight, asked_weight=weight)
               for each, weight in zip(pair, (95.0, 5.0), strict=True))  # fmt: skip
    cases = [
        (Live(status="Failed", config="cm"), base),
        (Live(status="InService", config="cm", variants=fleets(5.0, 4, 0)), gate),
        (Live(status="Updating", config="cm"), replace(home, since=NOW - 9e5)),
        (Live(status="InService", config="cm", variants=at), replace(home, since=NOW - 5)),
        (Live(status="InService", config="cm", variants=at),
         replace(home, doing=Doing.MOVE, step=2, since=NOW - 5)),
        (Live(status="InService", config="cm", variants=fleets(0.0, 4, 0)),
         replace(base, doing=Doing.SCALE, step=1, since=NOW - 500)),
        (Live(status="InService", config="cm-0", variants=pair), replace(over, seen=True)),
        (Live(status="InService", config="cm-0", variants=pair), replace(over, since=NOW - 9e5)),
        (Live(status="InService", config="cm", variants=pair), replace(base, since=NOW + 9e5)),
        (Live(status="InService", config="cm", variants=unknown), home),
        (Live(status="InService", config="cm", variants=unknown), replace(home, since=NOW - 9e5)),
        (Live(status="InService", config="cm", variants=at), gate),
        (Live(status="InService", config="cm", variants=at),
         replace(gate, since=NOW + 9e5, confirmed=NOW - 500)),
        (Live(status="InService", config="c3", variants=pair), replace(base, ended="completed")),
        (Live(status="InService", config="c1", variants=pair[:1]), unreadable("half of one")),
    ]  # fmt: skip
    short = tuple(replace(each, count=count, weight=50.0, asked_weight=50.0)
                  for each, count in zip(pair, (1, 2), strict=True))  # fmt: skip
    for doing, seen in product((Doing.RESTORE, Doing.PART), (False, True)):
        for count, mine in ((1, 50.0), (0, 50.0), (1, 25.0), (3, 50.0)):
            fleet = (replace(short[0], count=count, weight=mine, asked_weight=mine),
                     replace(short[1], weight=100 - mine, asked_weight=100 - mine))  # fmt: skip
            live = Live(status="InService", config="cm", variants=fleet)
            cases.append((live, replace(home, doing=doing, seen=seen)))
    for how, config in (("completed", "c2"), ("aborted why", "c1"), ("rolled-back why", "c1"),
                        ("failed why", "c1")):  # fmt: skip
        cases.append((Live(status="InService", config=config, variants=pair[:1]),
                      replace(base, ended=how)))  # fmt: skip
    return [(replace(live, marks=marks), marks) for live, marks in cases]


def heard() -> list[Signals]:
    good = Signals(verdict=Verdict.PASSED)
    return [
        *(replace(good, word=word) for word in ("", *WORDS.values())),
        *(Signals(verdict=each) for each in Verdict),
        replace(good, frozen="the holidays"),
        replace(good, pinned=3.0),
        replace(good, lacks="the configuration 'c1'"),
    ]


@cache
def views() -> list[View]:
    """Each endpoint with each thing that may be known beside it."""
    found_ = [View(ROLLOUT, live, each, NOW, marks) for live, marks in lives() for each in heard()]
    more = []
    for live, marks in lives():
        other = replace(marks, on_inconclusive="abort", on_failure="none")
        unsure = Signals(verdict=Verdict.INCONCLUSIVE)
        more.append(View(ROLLOUT, replace(live, marks=other), unsure, NOW, other))
        more += [View(each, live, Signals(), NOW, marks) for each in (OTHER, LEFT, UNSURE, ANEW)]
        more.append(View(ROLLOUT, replace(live, alarms={"a": ""}), Signals(), NOW, marks))
    return found_ + more


@cache
def met() -> dict[int, set[Phase]]:
    """The phases in which each row was met, by its number."""
    phases = defaultdict(set)
    numbers = {id(row): number for number, row in enumerate(TABLE, 1)}
    for view in views():
        phases[numbers[id(found(view))]].add(view.phase)
    return phases


def test_the_page_has_the_table_as_it_is() -> None:
    told = [[str(number), row.phase, row.when, row.does] for number, row in enumerate(TABLE, 1)]
    assert rows("### The transition table") == told


@pytest.mark.parametrize("number", range(1, len(TABLE)))
def test_each_row_is_met_in_the_phases_that_it_names(number: int) -> None:
    row, phases = TABLE[number - 1], met()[number]
    assert phases
    if row.phase.startswith("any"):
        assert not phases & OVER
        assert Phase.FINISHING not in phases or "finishing" not in row.phase
    else:
        assert phases <= {Phase(each) for each in row.phase.split(", ")}


def test_what_nobody_has_foreseen_is_never_met() -> None:
    assert TABLE[-1].when == "else"
    assert len(TABLE) not in met()


@pytest.mark.parametrize("phase", Phase)
def test_the_page_says_what_a_person_can_say_in_each_phase(phase: Phase) -> None:
    assert SAID.keys() == {str(each) for each in Phase}
    allowed = {each.strip() for each in SAID[phase].split(",")} - {"–"}
    plain = {}
    takes = set()
    for view in views():
        if view.phase is not phase or view.rollout is not ROLLOUT or not view.signals.word:
            continue
        key = id(view.live)
        if key not in plain:
            plain[key] = next_action(ROLLOUT, view.live, replace(view.signals, word=""), NOW)
        action = next_action(ROLLOUT, view.live, view.signals, NOW)
        if action.marks and action != plain[key]:
            takes.add(next(name for name, word in WORDS.items() if word == view.signals.word))
    assert takes == allowed


def test_each_phase_is_met() -> None:
    assert {phase_of(live) for live, _ in lives()} == {*Phase}


def test_nothing_that_the_table_says_needs_a_rollout_of_the_spec() -> None:
    bare = replace(ROLLOUT, steps=(Step(1.0, 9, 0),), base="x", middle="y", deadline=1)
    for view in views()[:500]:
        same = next_action(bare, view.live, view.signals, NOW)
        assert same == next_action(ROLLOUT, view.live, view.signals, NOW)
        assert isinstance(same.act, Act)
