"""What waits is told by every form of a plan, and by an apply: for what, and what to do next."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.plan import Plan, plan_from_json, plan_to_json
from reconciler.model.waiting import Waiting
from reconciler.render import formats
from reconciler.render.html.head import verdict
from reconciler.render.text import plan as terminal
from reconciler.render.text.outcome import outcome_text

from . import plans

FILE = Waiting("Rollout/a", "its model file is not there yet", "upload it to s3://b/c")
PART = Waiting("Rollout/b", "part of it needs Rollout/a, which is deferred", "upload it", False)
MORE = tuple(Waiting(f"Rollout/{each}", "why", "do it") for each in "cde")
STEP = plans.made("S3::Bucket", "acme-prod-raw")


def text(*steps: Any, waiting: tuple[Waiting, ...]) -> str:
    return terminal.text(plans.data(*steps, waiting=waiting), color=False)


@pytest.mark.parametrize(
    ("waiting", "said"),
    [
        ((FILE,), "1 spec waits: Rollout/a (PLAN010)."),
        ((FILE, PART), "2 specs wait: Rollout/a, Rollout/b (PLAN010)."),
        ((FILE, PART, *MORE), "5 specs wait: Rollout/a, Rollout/b, Rollout/c, 2 more (PLAN010)."),
    ],
)
def test_the_summary_names_what_waits(waiting: tuple[Waiting, ...], said: str) -> None:
    with_steps, without = text(STEP, waiting=waiting), text(waiting=waiting)
    assert with_steps.endswith(said)
    assert without.endswith(f"Nothing to do yet. 58 resources are as the specs say. {said}")
    for steps in ((STEP,), ()):
        data = plans.data(*steps, waiting=waiting)
        assert said.replace("(PLAN010)", "").split(":")[0] in formats.document(
            "markdown", data, formats.Context()
        )
        assert said in verdict(data, formats.Context()).says


def test_nothing_is_said_where_nothing_waits() -> None:
    assert "wait" not in text(STEP, waiting=())
    assert "Nothing to do. 58" in text(waiting=())


def test_the_json_has_it_and_gives_it_back() -> None:
    plan = plans.plan(waiting=(FILE, PART))
    data = plan_to_json(plan)
    assert data["waiting"][0] == {
        "spec": "Rollout/a",
        "why": "its model file is not there yet",
        "todo": "upload it to s3://b/c",
        "whole": True,
    }
    assert plan_from_json(data).waiting == plan.waiting


def test_an_apply_ends_with_what_to_do_next() -> None:
    class Done:
        done, failed, skipped, interrupted = (), (), (), False

    plan: Plan = plans.plan(waiting=(FILE,))
    said = outcome_text(plan, Done(), [], color=False)
    assert said.endswith(
        "Waits:\n  Rollout/a: its model file is not there yet\n"
        "      next: upload it to s3://b/c, then apply again"
    )
