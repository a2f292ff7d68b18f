"""How A/B tests are shown: the counts, the decision, and how its interval came about."""

from __future__ import annotations

from typing import Any
from xml.etree import ElementTree as ET

import pytest

from reconciler.render.formats import Context
from reconciler.render.markdown.view import View
from reconciler.render.sections import abtests
from reconciler.render.text import rollout as status
from reconciler.render.vocabulary.ink import Ink
from reconciler.render.vocabulary.interval import bounds, lines, picture
from reconciler.rollout import counting
from reconciler.rollout.abtest import Trial
from reconciler.rollout.counting import CALLS, FINE, HITS, SETTLE, Tally
from reconciler.rollout.measures import Points
from reconciler.rollout.sequential import Design
from reconciler.rollout.shown import Shown, shown
from reconciler.rollout.trialmarks import Period, TrialMarks
from reconciler.rollout.values import Act, Phase, RolloutAction, Signals

START = 1_800_000_000.0
EVEN = {"primary": 0.5, "b<1>": 0.5}


def told(a: int, b: int, calls: tuple[int, int] = (1000, 1000)) -> dict[str, Any]:
    trial = Trial(
        config="c", control="primary", weights=EVEN, promotes=False, digest="d",
        design=Design(least=1000, longest=86_400.0, more=False),
    )  # fmt: skip
    tally = Tally(
        trial,
        counting.metric_of("AWS/SageMaker", "Invocation5XXErrors"),
        TrialMarks(digest="d", periods=(Period(START, EVEN),), began=START),
    )
    times = [START + FINE * number for number in range(24)]
    answers = {
        (name, part): Points(dict.fromkeys(times, float(value)))
        for name, requests, hits in (("primary", calls[0], a), ("b<1>", calls[1], b))
        for part, value in ((CALLS, requests), (HITS, hits))
    }
    now = START + 24 * FINE + SETTLE
    return counting.detail(tally, counting.counted(tally, answers, now), now)


def row(test: dict[str, Any]) -> dict[str, Any]:
    action = RolloutAction(act=Act.WAIT, phase=Phase.BAKING, why="looking", detail={"test": test})
    return shown(
        Shown(
            name="scorer", environment="dev", endpoint="acme-dev-scorer", now=START, live=None,
            rollout=None, signals=Signals(), action=action,
        )
    )  # fmt: skip


def view(*tests: dict[str, Any]) -> View:
    return View({"rollouts": [row(each) for each in tests]}, Context(), entries=[])


def test_without_a_test_nothing_is_said() -> None:
    assert abtests.markdown(view()) is None
    assert abtests.html(view()) is None
    assert [*abtests.text(view(), Ink(color=False))] == []


@pytest.mark.parametrize(
    ("a", "b", "said"),
    [(50, 20, "b<1> wins"), (20, 50, "primary wins"), (50, 51, "keep going")],
)
def test_every_form_tells_the_outcome_and_the_counts(a: int, b: int, said: str) -> None:
    found = view(told(a, b))
    text = "\n".join(abtests.text(found, Ink(color=False)))
    panel, part = abtests.html(found), abtests.markdown(found)
    assert panel is not None
    assert part is not None
    counts = f"primary {a * 24} of 24000"
    assert said in text
    assert counts in text
    assert said in panel.lines[0]
    assert counts in panel.lines[0]
    assert "Invocation5XXErrors" in part.blocks[0].text


@pytest.mark.scenario("R32")
def test_a_void_test_shows_what_was_seen_and_what_was_due() -> None:
    text = "\n".join(abtests.text(view(told(50, 20, (1060, 940))), Ink(color=False)))
    assert "not valid" in text
    assert "observed b<1> 22560, primary 25440; expected b<1> 24000, primary 24000" in text


def test_a_picture_is_an_image_with_a_name_and_without_markup_of_others() -> None:
    panel = abtests.html(view(told(50, 20)))
    assert panel is not None
    (drawn,) = panel.pictures
    root = ET.fromstring(drawn)
    assert root.attrib["role"] == "img"
    assert "b<1>" in root.attrib["aria-label"]
    assert "style" not in drawn
    points = root.find(".//{http://www.w3.org/2000/svg}polyline")
    assert points is not None
    assert len(points.attrib["points"].split()) == len(
        told(50, 20)["challengers"]["b<1>"]["course"]
    )


def test_the_interval_is_drawn_at_some_looks_and_at_the_last() -> None:
    course = told(50, 20)["challengers"]["b<1>"]["course"]
    found = [*lines(course)]
    assert 1 < len(found) <= 8
    assert all(line.count("●") == 1 for line in found)
    assert found[-1].endswith(" %")
    low, high = bounds(course)
    assert low < course[-1]["low"] < course[-1]["high"] < high
    assert low < 0 < high
    assert [*lines([])] == []
    assert picture("x", []) == ""


def test_the_status_of_a_rollout_shows_it_too() -> None:
    text = status.status(row(told(50, 20)), color=False)
    assert "├" in text
    assert "●" in text
