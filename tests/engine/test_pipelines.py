"""Pipelines on the sandbox: made whole, unchanged after that, changed, paused, deleted."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model.change import Action

from reconciler.sandbox.state.world import WORLD

from .platform import Platform, client, codes, join, paths, spec, steps

FEATURES = spec(
    "FeatureGroup",
    "customer",
    "{recordId: id, eventTime: ts, features: {id: string, ts: string, n: integral}, online: {}}",
)
STEPS = """
  steps:
    - name: clean
      glue: {script: jobs/clean.py, stand_in: jobs/clean.py}
      reads: {in: {source: raw, path: "day={day}"}}
      writes: {out: {source: lake, path: "clean/day={day}"}}
    - {name: load, ingest: {into: customer, from: clean.out, format: json}}
""".replace("stand_in", "standIn")
PIPELINE = (
    """
  trigger: {schedule: cron(15 2 * * ? *), timezone: Europe/Berlin}
"""
    + STEPS
)
DATA = join(
    spec("DataSource", "artifacts", "{s3: {}}"),
    spec("DataSource", "raw", "{s3: {}}"),
    spec("DataSource", "lake", "{s3: {}}"),
    FEATURES,
)
TEXT = join(DATA, spec("DataPipeline", "features", PIPELINE))
MACHINE = "arn:aws:states:eu-west-1:123456789012:stateMachine:acme-dev-features"


@pytest.fixture
def site(platform: Platform, tmp_path: Path) -> Platform:
    (tmp_path / "jobs").mkdir()
    (tmp_path / "jobs" / "clean.py").write_text("print('clean')\n")
    platform.root, platform.text, platform.assets = tmp_path, TEXT, "{source: artifacts}"
    return platform


def test_a_pipeline_is_made_once_with_its_machine_its_jobs_and_its_schedule(site: Platform) -> None:
    plan = site.converge()
    made = {step.address.type for step in plan.steps if step.action is Action.CREATE}
    assert {"AWS::StepFunctions::StateMachine", "AWS::Glue::Job", "AWS::SQS::Queue"} <= made
    assert steps(site.plan()) == []
    schedule = client("scheduler").get_schedule(
        GroupName="acme-dev-features", Name="acme-dev-features"
    )
    assert schedule["ScheduleExpressionTimezone"] == "Europe/Berlin"
    assert schedule["State"] == "ENABLED"


def test_a_run_goes_through_its_steps_and_another_one_that_meets_it_is_skipped(
    site: Platform,
) -> None:
    site.converge()
    states = client("stepfunctions")
    one = states.start_execution(stateMachineArn=MACHINE, input='{"day": "2026-11-20"}')
    two = states.start_execution(stateMachineArn=MACHINE, input="{}")
    WORLD.clock.advance(3600)
    said = [states.describe_execution(executionArn=it["executionArn"]) for it in (one, two)]
    assert [each["status"] for each in said] == ["FAILED", "SUCCEEDED"], said
    history = states.get_execution_history(executionArn=one["executionArn"], maxResults=1000)
    entered = [it["stateEnteredEventDetails"]["name"] for it in history["events"] if "stateEnteredEventDetails" in it]
    assert entered == []
