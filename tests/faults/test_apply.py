"""Whatever goes wrong during an apply, it ends in order and the next one gets there."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from crash.stages import Name, Stage
from sweeps import LONG, sample

from reconciler.sandbox.door.faults import Fault, spreading_role

from .weather import KINDS, MOST, apply_through, recovers

Stages = Callable[[Name], Stage]
STAGES: tuple[Name, ...] = ("apply", "update", "destroy")
PARTS = 3 if LONG else 1
EVERY = 180
"""One write in so many loses its reply, but for `make test-long`."""
SWEEP = [(name, part) for name in (STAGES if LONG else ("update",)) for part in range(PARTS)]


@pytest.mark.parametrize(("name", "part"), SWEEP, ids="{}".format)
def test_a_write_whose_reply_is_lost_is_not_done_twice(
    name: Name, part: int, stages: Stages
) -> None:
    stage = stages(name)
    for nth in sample(range(1, stage.writes + 1), EVERY)[part::PARTS]:
        fault = Fault("*", reads=False, nth=nth, kind="read-timeout", after=True)
        run = apply_through(stage, fault)
        run.is_accounted_for()
        recovers(stage, f"write {nth}: {run.failures}")


@pytest.mark.parametrize("name", STAGES if LONG else ["apply"])
def test_every_read_is_stale_from_some_call_on(name: Name, stages: Stages) -> None:
    stage = stages(name)
    for nth in range(1, stage.calls, max(1, stage.calls // (4 if LONG else 1))):
        run = apply_through(stage, Fault("*", reads=True, nth=nth, kind="stale", times=6))
        run.is_accounted_for()
        recovers(stage, f"stale from read {nth}")


@pytest.mark.parametrize("kind", sample(["throttled", "a server fault", "a reset"], 2))
def test_no_call_is_tried_more_often_than_the_budget_says(kind: str, stages: Stages) -> None:
    stage = stages("apply")
    endless = {**KINDS[kind], "times": None}
    run = apply_through(stage, Fault("s3", "PutBucketPolicy", **endless))
    run.is_accounted_for()
    assert not run.outcome.ok
    buckets = [each for each in run.outcome.failed if "S3::Bucket" in each]
    assert 0 < run.tries["s3.put_bucket_policy"] <= len(buckets) * MOST
    recovers(stage, kind)


def test_a_role_that_spreads_slowly_is_waited_for(stages: Stages) -> None:
    stage = stages("apply")
    run = apply_through(stage, spreading_role("Create[FP]*", times=5))
    assert (run.failures, run.outcome.ok) == ([], True)
    recovers(stage, "a slow role")


def test_a_role_that_does_not_spread_stops_only_what_needs_it(stages: Stages) -> None:
    stage = stages("apply")
    run = apply_through(stage, spreading_role("CreateModel", times=None))
    run.is_accounted_for()
    assert [each.partition("/")[0] for each in run.outcome.failed] == ["AWS::SageMaker::Model"]
    assert run.tries["sagemaker.create_model"] == MOST
    assert any("FeatureGroup" in each for each in run.outcome.done)
    recovers(stage, "a role that spread too late")
