"""The life of a platform with every type, lived as the delivered roles with IAM enforced."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from crash.scene import ANYTHING, EDITS, SMALL
from engine.platform import FAULTS, HOME, Site, paths, steps
from sweeps import LONG

from reconciler.model.event import StepFailed
from reconciler.sandbox.inprocess import Sandbox, sandbox
from reconciler.sandbox.state.world import WORLD

from .alive import Living
from .lives import SEALS

LAG = 60.0
"""Seconds until a role or its policies have effect (IAM user guide: eventual consistency)."""
FAR = (Site(region="eu-central-1"), Site(account="210987654321"))
SITES = (HOME, *FAR) if LONG else (HOME,)
ALARM = "acme-dev-watch-scorer-latency"


@pytest.fixture
def aws() -> Iterator[Sandbox]:
    with sandbox() as found:
        found.faults = FAULTS
        yield found
        FAULTS.clear()


def platform(aws: Sandbox, **more: object) -> Living:
    """One of every type, with customer keys, in an account that has its roles."""
    text = SMALL
    for old, new in SEALS:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    made = Living(aws, text=text, allow=ANYTHING, **more)  # type: ignore[arg-type]
    made.enter()
    return made


@pytest.mark.parametrize("where", SITES, ids="{0.region} {0.account}".format)
def test_a_whole_life_is_lived_as_the_delivered_roles(aws: Sandbox, where: Site) -> None:
    scene = platform(aws, site=where)
    before = {*scene.written()}
    WORLD.iam_lag = LAG

    scene.recover()
    taken = ("create_feature_group", "create_model", "create_pipeline")
    assert sum(scene.session.calls[f"sagemaker.{each}"] for each in taken) > len(taken) + 1
    assert {who for who, _ in {*scene.written()} - before} == {scene.lent["apply"].arn}
    by_hand(scene)
    scene.restart()
    moved = scene.plan()
    assert steps(moved) == [("update", name) for name in sorted(paths(moved))] != []
    scene.recover()
    told = runs(scene)
    assert told == ("Succeeded", []), told
    scene.enter()  # the sessions ended while the pipeline ran
    for old, new in EDITS:
        scene.text = scene.text.replace(old, new)
    scene.tags = "team: risk"
    scene.finish()
    scene.restart()
    plan, events = scene.plan(destroy=True), []
    scene.carry_out(plan, events)
    failed = {each.step: each.message for each in events if isinstance(each, StepFailed)}
    assert not [why for why in failed.values() if "AccessDenied" in why], failed


def by_hand(scene: Living) -> None:
    """Somebody changes what an apply has made: a threshold, and a topic's policy."""
    client = scene.client("cloudwatch")
    found = client.describe_alarms()["MetricAlarms"]
    alarm = next(each for each in found if each["AlarmName"].startswith("acme-dev-"))
    kept = {
        name: alarm[name]
        for name in (
            "AlarmName", "AlarmActions", "ComparisonOperator", "Dimensions", "EvaluationPeriods",
            "MetricName", "Namespace", "Period",
        )
        if name in alarm
    }  # fmt: skip
    how = {each: alarm[each] for each in ("Statistic", "ExtendedStatistic") if each in alarm}
    client.put_metric_alarm(**kept, **how, Threshold=alarm["Threshold"] * 2)


def runs(scene: Living) -> tuple[str, list[str]]:
    """How a run of the training pipeline ends, as the roles that were compiled for it."""
    client, s3 = scene.client("sagemaker"), scene.client("s3")
    (raw,) = [it["Name"] for it in s3.list_buckets()["Buckets"] if "-raw-" in it["Name"]]
    s3.put_object(Bucket=raw, Key="sets/train/rows.csv", Body=b"1,2")
    name = client.list_pipelines()["PipelineSummaries"][0]["PipelineName"]
    at = client.start_pipeline_execution(PipelineName=name, ClientRequestToken="t" * 32)
    scene.aws.clock.advance(3600)
    found = client.describe_pipeline_execution(PipelineExecutionArn=at["PipelineExecutionArn"])
    said = client.list_pipeline_execution_steps(PipelineExecutionArn=at["PipelineExecutionArn"])
    return found["PipelineExecutionStatus"], [
        each["FailureReason"]
        for each in said["PipelineExecutionSteps"]
        if each["StepStatus"] != "Succeeded"
    ]
