"""The end of a run: what was done, what failed, what remains."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from reconciler.render.text.progress import outcome_text

from . import events, golden, plans
from .plans import made, plan, removed, replaced, updated


@dataclass(frozen=True)
class Ended:
    done: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    interrupted: bool = False


PLAN = plan(
    made("IAM::Role", "acme-prod-train"),
    updated("SageMaker::Endpoint", "acme-prod-fraud"),
    made("CloudWatch::Alarm", "acme-prod-fraud-latency"),
)
IDS = [step.id for step in PLAN.steps]
CASES = {
    "all done": (PLAN, Ended(tuple(IDS)), events.RUN[:4]),
    "a failure and what needs it": (PLAN, Ended(*((id_,) for id_ in IDS)), events.RUN),
    "interrupted": (PLAN, Ended((IDS[0],), (), tuple(IDS[1:]), interrupted=True), events.RUN[:4]),
    "nothing ran": (PLAN, Ended(), []),
}


@pytest.mark.parametrize(("name", "case"), CASES.items(), ids=CASES)
def test_it_reads_as_in_the_golden_file(name, case):
    golden.check(f"outcome-{name.replace(' ', '-')}", outcome_text(*case, color=False))


def test_a_replacement_counts_once_and_a_removal_counts():
    old, new = replaced("SNS::Topic", "t")
    gone = removed("Events::Rule", "r")
    ended = Ended((old.id, new.id, gone.id))
    shown = outcome_text(plan(old, new, gone), ended, [], color=False)
    assert "Applied: 1 replaced, 1 deleted." in shown


def test_control_characters_in_messages_are_escaped():
    bad = events.StepFailed(
        plans.ENDPOINT.id, plans.ENDPOINT.address, events.UPDATE, 1.0, "APPLY002", "a\x1b[2J"
    )
    shown = outcome_text(plan(plans.ENDPOINT), Ended((), (bad.step,)), [bad], color=False)
    assert "a\\x1b[2J" in shown
