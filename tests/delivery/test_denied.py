"""An update whose role lacks one action, one after the other."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from crash.live import state
from crash.scene import EDITS, Saved
from engine.platform import ACCOUNT, FAULTS, REGION
from sweeps import LONG

from reconciler.model.event import Event, StepFailed
from reconciler.sandbox.inprocess import Sandbox, sandbox

from .alive import Lent, Living, arn, put
from .judged import role
from .test_alive import platform


@pytest.fixture
def aws() -> Iterator[Sandbox]:
    with sandbox() as found:
        found.faults = FAULTS
        yield found
        FAULTS.clear()


def called(scene: Living) -> set[str]:
    """Actions of the apply role that its last run has asked for, as far as names tell."""
    sent = {call.replace("_", "").replace(".", ":").lower() for call in scene.session.calls}
    known = {action.lower() for _, action in role("apply", scene.site.name).actions}
    writes = {each for each in known if each.startswith(("s3:put", "s3:delete"))}
    return {"iam:passrole", *writes, *(known & sent)}


def denied_in(scene: Living, action: str) -> dict[str, str]:
    """Carry the update out as an apply role without an action; what failed, and why."""
    scene.restart()
    held = role("apply", scene.site.name)
    put(held, ACCOUNT, without=action)
    scene.lent["apply"] = Lent(scene.aws, arn(ACCOUNT, held.name), REGION)
    events: list[Event] = []
    scene.carry_out(scene.plan(), events)
    return {each.step: each.message for each in events if isinstance(each, StepFailed)}


@pytest.mark.skipif(not LONG, reason="dozens of updates: make test-long")
def test_an_update_without_one_action_harms_nothing_and_is_made_up_for(aws: Sandbox) -> None:
    scene = platform(aws)
    scene.recover()
    for old, new in EDITS:
        scene.text = scene.text.replace(old, new)
    scene.tags = "team: risk"
    saved = Saved(aws)
    scene.recover()
    actions, there = sorted(called(scene)), {*state(scene)}
    assert len(actions) > 30
    refused = 0
    for action in actions:
        saved.back()
        failed = denied_in(scene, action)
        told = [why for why in failed.values() if action in why.lower() or "denied" in why.lower()]
        assert len(told) == len(failed), (action, failed)
        refused += bool(failed)
        scene.restart()
        scene.enter()
        scene.recover(runs=2)
        assert {*state(scene)} == there, action
    assert refused > 20
