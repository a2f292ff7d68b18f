"""What a run finds that another one is making, or has just changed, is not half of each."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.model.event import CallSent
from reconciler.model.plan import WIDEN
from reconciler.sandbox.door.faults import Fault
from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .platform import FAULTS, Platform, client, codes, join, steps

POLICIES = specs.ROLLOUT.replace("models/1.tar.gz", "other/1.tar.gz")
FIRST = specs.ROLE + WIDEN
MADE = {
    "a role": (specs.SERVING, join(specs.RAW, POLICIES), "create_role"),
    "a bucket": (specs.RAW, specs.RAW.replace("90d", "60d"), "create_bucket"),
    "a key": (specs.SECURITY, specs.SECURITY.replace("180d", "365d"), "create_key"),
    "a budget": (specs.BUDGET, specs.BUDGET.replace("80", "90"), "create_budget"),
    "a topic": (
        join(specs.SERVING, specs.WATCH),
        join(specs.SERVING, specs.WATCH.replace(":oncall", ":night")),
        "create_topic",
    ),
}
"""What one run declares, what the other does, and the call after which the first one stops."""


class Killed(BaseException):
    """The process is gone."""


def kill_after(method: str) -> Any:
    def hear(event: object) -> None:
        if isinstance(event, CallSent) and event.call.method == method:
            raise Killed

    return hear


@pytest.mark.parametrize(("mine", "theirs", "begun"), MADE.values(), ids=MADE.keys())
def test_what_another_run_is_making_otherwise_is_left_to_it(
    platform: Platform, mine: str, theirs: str, begun: str
) -> None:
    platform.text = theirs
    late = platform.plan()
    platform.text = mine
    plan = platform.plan()
    with pytest.raises(Killed):
        platform.apply(plan, sink=kill_after(begun))
    (address,) = [step.address for step in plan.steps if step.calls[0].method == begun]
    platform.restart()
    run = platform.apply(late)
    assert run.failures[str(address)] == "APPLY003"
    sent = [event for event in run.events if isinstance(event, CallSent)]
    assert [event.call for event in sent if event.step == str(address)] == []
    platform.text = mine
    platform.restart()
    assert platform.apply(platform.plan()).failures == {}
    assert steps(platform.plan()) == []


def test_what_another_run_made_just_the_same_is_taken_as_done(platform: Platform) -> None:
    platform.text = specs.SERVING
    plan = platform.plan()
    assert platform.apply(plan).failures == {}
    platform.restart()
    run = platform.apply(plan)
    assert (run.failures, run.calls) == ({}, [])


ROLE = specs.name(specs.ROLE)


def policy_of_the_role() -> tuple[str, Any]:
    iam = client("iam")
    (name,) = iam.list_role_policies(RoleName=ROLE)["PolicyNames"]
    return name, iam.get_role_policy(RoleName=ROLE, PolicyName=name)["PolicyDocument"]


def test_a_change_that_another_run_undoes_at_once_is_not_reported_as_done(
    platform: Platform,
) -> None:
    platform.converge(specs.SERVING)
    name, document = policy_of_the_role()
    platform.allow = "access"
    platform.text = join(specs.RAW, POLICIES)

    def undo(event: object) -> None:
        if isinstance(event, CallSent) and event.call.method == "put_role_policy":
            call = {"RoleName": ROLE, "PolicyName": name}
            client("iam").put_role_policy(**call, PolicyDocument=str(document).replace("'", '"'))

    failures = platform.apply(platform.plan(), sink=undo).failures
    assert failures[FIRST] == "APPLY008"


@pytest.mark.parametrize(("times", "failures"), [(2, {}), (99, {FIRST: "APPLY008"})])
def test_a_change_that_shows_late_is_waited_for(
    platform: Platform, aws: Sandbox, times: int, failures: dict[str, str]
) -> None:
    platform.converge(specs.SERVING)
    platform.allow = "access"
    platform.text = join(specs.RAW, POLICIES)
    plan = platform.plan()
    FAULTS.remember()
    client("iam").get_role_policy(RoleName=ROLE, PolicyName=policy_of_the_role()[0])

    def lag(event: object) -> None:
        if isinstance(event, CallSent) and event.call.method == "put_role_policy":
            FAULTS.add(Fault("iam", "GetRolePolicy", kind="stale", times=times))

    before = platform.clock.now()
    run = platform.apply(plan, sink=lag)
    FAULTS.clear()
    assert {step: run.failures.get(step) for step in failures} == failures
    assert (FIRST in run.failures) == bool(failures)
    assert platform.clock.now() - before >= 4


def test_an_address_that_never_confirmed_does_not_fail_its_topic(platform: Platform) -> None:
    watched = specs.WATCH.replace("subscribers: {", "subscribers: {emails: [a@example.com], ")
    platform.text = join(specs.SERVING, watched)
    assert platform.apply(platform.plan()).failures == {}
    platform.text = join(specs.SERVING, watched.replace("a@example", "b@example"))
    run = platform.apply(platform.plan())
    assert (run.failures, run.skipped) == ({}, {})
    assert "subscribe" in run.calls
    assert "STATE003" in codes(platform.plan())  # both are still said, and nothing is planned
    assert platform.plan().steps == ()
