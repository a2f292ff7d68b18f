"""A plan right after an apply, on an account whose answers lag: it knows what was made."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sweeps import LONG

from reconciler.aws import lag
from reconciler.aws.lookups import answer
from reconciler.cli.frame.project import Exit
from reconciler.compile import compiler
from reconciler.model.address import Address
from reconciler.sandbox.inprocess import Sandbox

from . import specs
from .platform import Platform, codes, join, steps
from .team import Team

FEW = join(specs.ROLLOUT, specs.WATCH)
TEXT = specs.EVERYTHING if LONG else FEW
EDITS = (("above: 250ms", "above: 300ms"), ("fraud:1\n", "fraud:2\n"), ("180d", "365d"))


def left(platform: Platform) -> frozenset[Address]:
    """What a receipt of the last apply names."""
    request = platform.request()
    facts, _ = answer(platform.session, compiler.questions(request.specs, request.view))
    return frozenset(compiler.build(request.specs, request.view, facts)[0].nodes)


def rests(platform: Platform) -> list[str]:
    """The codes of a plan of a new process that has nothing to do, and no error."""
    platform.restart()
    plan = platform.plan(left=left(platform))
    assert (steps(plan), plan.errors) == ([], ())
    return codes(plan)


def test_what_is_shown_half_made_after_its_apply_is_looked_at_again(
    platform: Platform, aws: Sandbox
) -> None:
    names = ("raw", "more", "most")  # one listing serves for several
    platform.text = join(*(specs.RAW.replace("name: raw", f"name: {each}") for each in names))
    aws.lag({"*": 0, "s3.*": 5})
    assert platform.apply(platform.plan()).failures == {}
    assert set(rests(platform)) <= {"AWS004"}


def test_each_look_after_the_last_step_has_its_own_time(platform: Platform, aws: Sandbox) -> None:
    """One after another they take longer than one of them may."""
    more = ("p50", "p90", "p99")
    each = (f"{{metric: ModelLatency, statistic: {name}, above: 250ms}}" for name in more)
    alarms = ", ".join(each)
    alarm = "[{metric: ModelLatency, above: 250ms}]"
    platform.text = join(specs.ROLLOUT, specs.WATCH.replace(alarm, f"[{alarms}]"))
    aws.lag({"*": 0, "cloudwatch.PutMetricAlarm": 20})
    run = platform.apply(platform.plan(), workers=1)
    assert run.calls.count("put_metric_alarm") == len(more)
    assert run.failures == {}


@pytest.mark.parametrize("reads", (1, 5) if LONG else (2,))
def test_a_plan_right_after_an_apply_has_nothing_to_do(
    platform: Platform, aws: Sandbox, reads: int
) -> None:
    """One worker: each of several moves the one clock on, and so uses up the others' patience."""
    platform.text, platform.allow = TEXT, "traffic, keys, records, history, access"
    aws.lag(reads)
    run = platform.apply(platform.plan(), workers=1)
    assert (run.failures, run.skipped) == ({}, {})
    assert set(rests(platform)) <= {"AWS004", "IMAGE001"}
    if not LONG:
        return
    made = left(platform)
    for old, new in EDITS:
        assert old in platform.text
        platform.text = platform.text.replace(old, new)
    plan = platform.plan(left=made)
    assert plan.errors == ()
    assert {action for action, _ in steps(plan)} <= {"create", "update", "delete"}
    run = platform.apply(plan, workers=1)
    assert (run.failures, run.skipped) == ({}, {})
    rests(platform)


LATE: dict[str, dict[str, int]] = {"policies": {"*": 0, "s3.*BucketPolicy": 2, "s3.Delete*": 2}}
LATE |= {"all": {"*": 5}} if LONG else {}


@pytest.mark.parametrize("reads", LATE.values(), ids=LATE)
def test_what_an_apply_of_minutes_ago_did_is_looked_at_until_aws_shows_it(
    team: Team, aws: Sandbox, reads: dict[str, int]
) -> None:
    """By its receipt: what it made, changed and deleted; a change by hand is shown."""
    team.platform.text = text = specs.RAW
    aws.lag(reads)
    assert made(team) == ["create"]
    assert made(team) == []
    team.platform.text = text.replace("90d", "60d")
    assert made(team) == ["update"]
    assert made(team) == []
    aws.lag(0)
    bucket = specs.name(specs.BUCKET)
    aws.client("s3").delete_bucket_policy(Bucket=bucket)
    began = team.platform.clock.now()
    assert made(team) == ["update"]
    assert lag.AGAIN.seconds <= team.platform.clock.now() - began < 2 * lag.AGAIN.seconds
    aws.lag(reads)
    assert made(team, destroy=True) == ["delete"]
    assert made(team, destroy=True) == []


def made(team: Team, *, destroy: bool = False) -> list[str]:
    """What an apply of a new process does."""
    team.platform.allow = "records, access"
    team.platform.restart()
    team.now.at += timedelta(seconds=20)
    said = team.apply(destroy=destroy)
    assert said.code is Exit.OK, said.json
    return [step["action"] for step in said.json["plan"]["steps"]]
