"""Pipelines on the sandbox: made whole, unchanged after that, changed, paused, deleted."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from reconciler.model.change import Action
from reconciler.sandbox.door.faults import Fault
from reconciler.sandbox.services.stepfunctions import steering
from reconciler.sandbox.state import handlers
from reconciler.sandbox.state.world import WORLD

from .platform import FAULTS, Platform, client, codes, join, spec, steps

FEATURES = spec(
    "FeatureGroup",
    "customer",
    "{recordId: id, eventTime: ts, features: {id: string, ts: string, n: integral}, online: {}}",
)
STEPS = """
  steps:
    - name: check
      quality: {of: raw, from: {source: raw, path: "day={day}"}, onViolation: quarantine}
      writes: {good: {source: lake, path: "good/day={day}"}}
    - name: clean
      glue: {script: jobs/clean.py}
      reads: {in: check.good}
      writes: {out: {source: lake, path: "clean/day={day}"}}
    - {name: load, ingest: {into: customer, from: check.good, format: json}}
"""
PIPELINE = (
    """
  trigger: {schedule: cron(15 2 * * ? *), timezone: Europe/Berlin}
  overlap: skip
"""
    + STEPS
)
DATA = join(
    spec("DataSource", "artifacts", "{s3: {}}"),
    spec(
        "DataSource",
        "raw",
        "{s3: {events: true}, format: json, columns: {id: string, ts: string, n: bigint},"
        " quality: {columns: {n: {between: {atLeast: 0}}}}}",
    ),
    spec("DataSource", "lake", "{s3: {}}"),
    FEATURES,
)
TEXT = join(DATA, spec("DataPipeline", "features", PIPELINE))
NAME, GROUP = "acme-dev-features", "acme-dev-customer-v1"
RAW = "acme-dev-raw-123456789012"
QUEUE = "https://sqs.eu-west-1.amazonaws.com/123456789012/acme-dev-features-failed"
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


ROWS = [
    {"id": "a", "ts": "2026-11-20T10:00:00Z", "n": 1},
    {"id": "b", "ts": "2026-11-20T10:00:00Z", "n": -1},
    {"id": "c", "ts": "2026-11-20T10:00:00Z", "n": 3},
]


def test_a_run_puts_good_rows_into_the_group_and_one_that_meets_it_is_skipped(
    site: Platform,
) -> None:
    site.converge()
    body = "".join(f"{json.dumps(row)}\n" for row in ROWS).encode()
    client("s3").put_object(Bucket=RAW, Key="day=2026-11-20/part-0.json", Body=body)
    states = client("stepfunctions")
    one = states.start_execution(stateMachineArn=MACHINE, input='{"day": "2026-11-20"}')
    site.aws.clock.advance(60)
    two = states.start_execution(stateMachineArn=MACHINE, input="{}")
    site.aws.clock.advance(7200)
    said = [states.describe_execution(executionArn=it["executionArn"]) for it in (one, two)]
    assert [each["status"] for each in said] == ["SUCCEEDED", "SUCCEEDED"], said
    results = json.loads(said[0]["output"])["results"]
    assert results["check"]["counts"]["bad"] == 1
    assert results["load"]["counts"] == {"rows": 2, "put": 2, "failed": 0, "left_out": 0}
    assert "results" not in json.loads(said[1]["output"])
    assert [each["state"] for each in steering.notes(one["executionArn"])] == ["clean"]
    runtime = client("sagemaker-featurestore-runtime")
    found = {
        key: "Record"
        in runtime.get_record(
            FeatureGroupName=GROUP, RecordIdentifierValueAsString=key, FeatureNames=["id"]
        )
        for key in "abc"
    }
    assert found == {"a": True, "b": False, "c": True}


def test_a_step_that_fails_is_a_dead_letter_that_names_it(site: Platform) -> None:
    site.converge()
    client("s3").put_object(Bucket=RAW, Key="day=2026-11-20/part-0.json", Body=b"no row")
    states = client("stepfunctions")
    run = states.start_execution(stateMachineArn=MACHINE, input='{"day": "2026-11-20"}')
    site.aws.clock.advance(7200)
    said = states.describe_execution(executionArn=run["executionArn"])
    assert said["status"] == "FAILED", said
    (letter,) = client("sqs").receive_message(QueueUrl=QUEUE)["Messages"]
    told = json.loads(letter["Body"])
    assert (told["step"], told["run"]) == ("check", run["executionArn"])


def test_runs_that_are_going_are_said_where_their_machine_changes_or_goes(site: Platform) -> None:
    site.converge()
    client("stepfunctions").start_execution(stateMachineArn=MACHINE, input="{}")
    site.aws.clock.advance(30)
    changed = TEXT.replace("overlap: skip", "overlap: parallel")
    site.text = changed
    assert "GOING001" in codes(site.plan())
    site.text = DATA
    assert "GOING002" in codes(site.plan())


@pytest.mark.scenario("D79")
def test_a_schedule_that_somebody_has_paused_stays_so_when_its_time_changes(site: Platform) -> None:
    site.converge()
    scheduler, key = client("scheduler"), {"GroupName": NAME, "Name": NAME}
    live = scheduler.get_schedule(**key)
    kept = ("ScheduleExpression", "ScheduleExpressionTimezone", "FlexibleTimeWindow", "Target")
    given = {name: live[name] for name in kept}
    scheduler.update_schedule(**key, **given, State="DISABLED", Description="Paused by Ann.")
    assert steps(site.plan()) == []
    site.converge(TEXT.replace("cron(15 2", "cron(45 3"))
    after = scheduler.get_schedule(**key)
    assert (after["State"], after["Description"]) == ("DISABLED", "Paused by Ann.")
    assert after["ScheduleExpression"] == "cron(45 3 * * ? *)"
    assert after["Target"] == live["Target"]


def test_a_pipeline_says_that_its_schedule_must_not_start(site: Platform) -> None:
    site.text = TEXT.replace("  steps:", "  state: paused\n  steps:", 1)
    site.converge()
    found = client("scheduler").get_schedule(GroupName=NAME, Name=NAME)
    assert found["State"] == "DISABLED"
    client("scheduler").delete_schedule(GroupName=NAME, Name=NAME)
    assert [action for action, _ in steps(site.plan())] == ["create"]


@pytest.mark.scenario("D65")
def test_events_of_a_bucket_leave_what_others_are_told(site: Platform) -> None:
    site.converge(TEXT.replace("{events: true}", "{}"))
    s3, queue = client("s3"), "arn:aws:sqs:eu-west-1:123456789012:theirs"
    client("sqs").create_queue(QueueName="theirs")
    entry = {"Id": "theirs", "QueueArn": queue, "Events": ["s3:ObjectCreated:*"]}
    s3.put_bucket_notification_configuration(
        Bucket=RAW, NotificationConfiguration={"QueueConfigurations": [entry]}
    )
    site.converge(TEXT)
    found = s3.get_bucket_notification_configuration(Bucket=RAW)
    assert [each["Id"] for each in found["QueueConfigurations"]] == ["theirs"]
    assert "EventBridgeConfiguration" in found


def test_a_pipeline_goes_with_its_schedule_and_leaves_nothing_behind(site: Platform) -> None:
    site.allow = "records, history, access"
    site.converge()
    site.converge(DATA)
    groups = client("scheduler").list_schedule_groups()["ScheduleGroups"]
    assert [each["Name"] for each in groups] == ["default"]
    assert client("glue").get_jobs()["Jobs"] == []
    assert client("stepfunctions").list_state_machines()["stateMachines"] == []


@pytest.mark.scenario("D51")
def test_what_somebody_has_set_on_a_job_goes_along_with_a_change_of_its_script(
    site: Platform,
) -> None:
    site.converge()
    glue, name = client("glue"), f"{NAME}-clean"
    live = glue.get_job(JobName=name)["Job"]
    assert live["MaxCapacity"] == 2.0
    given = ("Role", "Command", "DefaultArguments", "GlueVersion", "WorkerType", "NumberOfWorkers",
             "Timeout", "ExecutionProperty")  # fmt: skip
    update = {key: live[key] for key in given}
    theirs = {
        "Connections": {"Connections": ["theirs"]},
        "NotificationProperty": {"NotifyDelayAfter": 5},
    }
    glue.update_job(JobName=name, JobUpdate={**update, **theirs})
    assert steps(site.plan()) == []
    assert site.root is not None
    (site.root / "jobs" / "clean.py").write_text("print('cleaner')\n")
    site.converge()
    after = glue.get_job(JobName=name)["Job"]
    assert after["Command"] != live["Command"]
    assert {key: after[key] for key in theirs} == theirs
    assert after["NumberOfWorkers"] == 2


@pytest.mark.scenario("D80")
def test_a_schedule_of_the_same_name_in_another_group_is_not_ours(site: Platform) -> None:
    site.allow = "records, history, access"
    site.converge()
    scheduler = client("scheduler")
    live = scheduler.get_schedule(GroupName=NAME, Name=NAME)
    kept = ("ScheduleExpression", "FlexibleTimeWindow", "Target")
    scheduler.create_schedule(Name=NAME, **{each: live[each] for each in kept})
    scheduler.delete_schedule(GroupName=NAME, Name=NAME)
    assert steps(site.plan()) == [("create", f"{NAME}/{NAME}")]
    site.converge(DATA)
    assert scheduler.get_schedule(Name=NAME)["GroupName"] == "default"


@pytest.mark.scenario("D46")
def test_a_role_of_the_same_apply_is_waited_for(site: Platform) -> None:
    said = "Neither the global service principal states.amazonaws.com, nor the regional one is"
    WORLD.handlers.faults.append(
        handlers.Fault(
            type="AWS::StepFunctions::StateMachine",
            times=3,
            code="AccessDenied",
            message=f"{said} authorized to assume the provided role.",
        )
    )
    text = "The execution role you provide must allow AWS EventBridge Scheduler to assume the role."
    refused = Fault("scheduler", "CreateSchedule", code="ValidationException", status=400, times=2)
    refused.message = text
    FAULTS.add(refused)
    run = site.apply(site.plan())
    FAULTS.clear()
    assert (run.failures, run.skipped, refused.fired) == ({}, {}, 2)
