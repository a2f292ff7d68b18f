"""Kill the process between any two calls; the next one finishes the work.

The next process has nothing but AWS. The end must be that of a run that nobody
disturbed: nothing twice, nothing forgotten, nothing left to plan.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sweeps import LONG, only_long, sample

from .example import SETTLED
from .live import difference, state
from .scene import Axe, Scene, is_write, spread
from .stages import EXAMPLE, SMALL, Name, Stage

Stages = Callable[[Name], Stage]
PARTS = 4 if LONG else 1
"""A sweep is cut into so many tests, for the workers of a test run to share."""
RUNS: tuple[Name, ...] = (*SMALL, *EXAMPLE) if LONG else SMALL
CHUNKS = [(name, part) for name in RUNS for part in range(PARTS) if LONG or name != "apply"]
EVERY = {
    "apply": 48,
    "update": 110,
    "destroy": 28,
}
"""Of these runs one state in so many is enough, but for `make test-long`."""
LATE = 4
"""One in so many states is also left until AWS is done; each of the small platform's at length."""
LATER = 3600.0
"""Seconds after which everything that AWS was working on is done."""


def converges(stage: Stage, why: str) -> None:
    stage.scene.finish(destroy=stage.destroy, ends=stage.ends)
    assert difference(stage.reference, state(stage.scene)) == {}, why


def recovers(stage: Stage, why: str) -> None:
    """As `converges`, without a plan of what is left: of the same state it is the same."""
    stage.scene.recover(destroy=stage.destroy, ends=stage.ends)
    assert difference(stage.reference, state(stage.scene)) == {}, why


def is_whole(stage: Stage) -> None:
    """The states on the way leave out no call: one that is left out changed nothing."""
    seen = stage.walk
    assert (seen.calls, seen.writes) == (stage.calls, stage.writes)
    assert len(seen.moments) - 1 + seen.idle == seen.calls
    assert len(seen.moments) > 0.8 * seen.writes > 0
    assert frozenset(seen.outcome.failed) == stage.ends.failed


@pytest.mark.parametrize(("name", "part"), CHUNKS, ids="{}".format)
def test_killed_between_any_two_calls(name: Name, part: int, stages: Stages) -> None:
    """From every state that a run leaves AWS in, or a sample; from some also when AWS is done."""
    stage = stages(name)
    gets_there = recovers if name in EXAMPLE else converges
    stage.every = 1 if LONG else EVERY.get(name, 1)
    is_whole(stage)
    moments = sample(stage.walk.moments, EVERY.get(name, 1))[part::PARTS]
    assert moments
    for number, moment in enumerate(moments):
        moment.saved.back()
        gets_there(stage, moment.call)
        if stage.scene.waited and ((LONG and name in SMALL) or number % LATE == 0):
            moment.saved.back()
            stage.scene.aws.clock.advance(LATER)
            gets_there(stage, f"{moment.call}, later")
            assert not stage.scene.waited


@only_long
@pytest.mark.parametrize("name", SMALL)
def test_killed_twice(name: Name, stages: Stages) -> None:
    stage = stages(name)
    for nth in spread(stage.writes - 1, stage.writes // 5):
        stage.killed(nth, after=True)
        stage.scene.dies(axe := Axe(2, after=True), destroy=stage.destroy)
        converges(stage, axe.fallen)


@pytest.mark.parametrize("name", SMALL if LONG else ["apply"])
def test_killed_with_eight_steps_at_a_time(name: Name, stages: Stages) -> None:
    stage = stages(name)
    stage.scene.workers = 8
    try:
        for nth in spread(stage.writes, stage.writes // (6 if LONG else 1)):
            axe = stage.killed(nth, after=bool(nth % 2))
            converges(stage, axe.fallen)
    finally:
        stage.scene.workers = 1


def test_nothing_is_sent_after_the_kill(stages: Stages) -> None:
    stage = stages("apply")
    stage.again()
    before = stage.scene.aws.calls.copy()
    stage.scene.dies(Axe(5, after=True))
    sent = stage.scene.aws.calls - before
    assert sum(count for call, count in sent.items() if is_write(call)) == 5


@only_long
def test_a_destroy_goes_on_when_somebody_has_emptied_what_it_may_not_empty(
    stages: Stages,
) -> None:
    stage = stages("example destroy")
    scene = stage.again()
    scene.finish(destroy=True, ends=stage.ends)
    assert {step.partition("/")[0] for step in stage.ends.refused | stage.ends.failed} == {
        "AWS::S3::Bucket",
        "AWS::SageMaker::ModelPackageGroup",
    }
    empty(scene)
    scene.finish(destroy=True)
    assert [*state(scene)] == [f"AWS::S3::Bucket/{SETTLED}"]


def empty(scene: Scene) -> None:
    """What an operator does: delete the logs and the versions of the models."""
    s3, sagemaker = scene.client("s3"), scene.client("sagemaker")
    buckets = s3.list_buckets()["Buckets"]
    for bucket in sorted(buckets, key=lambda each: "access-logs" in each["Name"]):
        for item in s3.list_object_versions(Bucket=bucket["Name"]).get("Versions", ()):
            s3.delete_object(Bucket=bucket["Name"], Key=item["Key"], VersionId=item["VersionId"])
    for group in sagemaker.list_model_package_groups()["ModelPackageGroupSummaryList"]:
        name = group["ModelPackageGroupName"]
        found = sagemaker.list_model_packages(ModelPackageGroupName=name)
        for version in found["ModelPackageSummaryList"]:
            sagemaker.delete_model_package(ModelPackageName=version["ModelPackageArn"])
