"""Applications of EMR Serverless that run: stopped for a change, or left alone with why."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reconciler.model.change import Action

from .platform import Platform, client, codes, spec

ROLE = "arn:aws:iam::123456789012:role/job"


def text(release: str = "emr-7.5.0", cpu: int = 16, more: str = "", tags: str = "") -> str:
    body = (
        f"{{type: AWS::EMRServerless::Application, properties: {{Name: spark, Type: SPARK,"
        f" ReleaseLabel: {release}, MaximumCapacity: {{Cpu: {cpu} vCPU, Memory: 64 GB}}"
        f"{more}{', Tags: [' + tags + ']' if tags else ''}}}}}"
    )
    return spec("Resource", "spark", body)


@pytest.fixture
def site(platform: Platform) -> Platform:
    platform.text = text()
    platform.converge()
    return platform


def application() -> dict[str, Any]:
    emr = client("emr-serverless")
    (found,) = platform_ids()
    shown: dict[str, Any] = emr.get_application(applicationId=found)["application"]
    return shown


def platform_ids() -> list[str]:
    listed = client("cloudcontrol").list_resources(TypeName="AWS::EMRServerless::Application")
    return [each["Identifier"] for each in listed["ResourceDescriptions"]]


def job() -> str:
    (name,) = platform_ids()
    trust = {"Effect": "Allow", "Principal": {"Service": "emr-serverless.amazonaws.com"}}
    document = json.dumps({"Statement": [{**trust, "Action": "sts:AssumeRole"}]})
    client("iam").create_role(RoleName="job", AssumeRolePolicyDocument=document)
    driver = {"sparkSubmit": {"entryPoint": "s3://b/k.py"}}
    run = client("emr-serverless").start_job_run(
        applicationId=name, executionRoleArn=ROLE, jobDriver=driver, clientToken="t"
    )
    return str(run["jobRunId"])


def idle(site: Platform) -> None:
    """Started by a job that has ended, and not stopped by itself yet."""
    job()
    site.aws.clock.advance(200)
    assert application()["state"] == "STARTED"


def sent(site: Platform) -> list[str]:
    return [call.method for step in site.plan().steps for call in step.calls]


@pytest.mark.scenario("D75")
def test_one_that_runs_no_job_is_stopped_for_a_change_and_the_plan_says_so(site: Platform) -> None:
    idle(site)
    site.text = text("emr-7.6.0")
    plan = site.plan()
    assert sent(site) == ["stop_application", "update_resource"]
    (said,) = [each.message for each in plan.diagnostics if each.code == "STAGE002"]
    assert "it is stopped for this change and starts by itself when something comes" in said
    site.converge()
    assert application()["releaseLabel"] == "emr-7.6.0"
    assert application()["state"] == "STOPPED"
    assert site.plan().steps == ()


@pytest.mark.scenario("D75")
def test_one_that_runs_a_job_is_left_alone(site: Platform) -> None:
    run = job()
    site.text = text("emr-7.6.0")
    plan = site.plan()
    assert plan.steps == ()
    assert "GOING003" in codes(plan)
    found = client("emr-serverless").get_job_run(applicationId=platform_ids()[0], jobRunId=run)
    assert found["jobRun"]["state"] == "RUNNING"


@pytest.mark.scenario("D75")
@pytest.mark.parametrize(
    ("wanted", "calls"),
    [
        (text(cpu=32), ["update_application"]),
        (text(tags="{Key: team, Value: fraud}"), ["tag_resource"]),
        (text(cpu=32, tags="{Key: team, Value: x}"), ["update_application", "tag_resource"]),
    ],
)
def test_what_changes_in_any_state_is_sent_alone_though_jobs_run(
    site: Platform, wanted: str, calls: list[str]
) -> None:
    job()
    site.text = wanted
    assert sent(site) == calls
    site.converge()
    assert application()["state"] == "STARTED"
    assert site.plan().steps == ()


@pytest.mark.parametrize("seconds", [0, 16 * 60])
def test_states_are_no_drift_and_one_at_rest_is_not_stopped(site: Platform, seconds: int) -> None:
    if seconds:
        idle(site)
        site.aws.clock.advance(seconds)
    assert site.plan().steps == ()
    site.text = text("emr-7.6.0")
    assert sent(site) == ["update_resource"]


def test_one_that_nothing_would_start_again_is_left_alone(platform: Platform) -> None:
    more = ", AutoStartConfiguration: {Enabled: false}"
    platform.text = text(more=more)
    platform.converge()
    client("emr-serverless").start_application(applicationId=platform_ids()[0])
    platform.text = text("emr-7.6.0", more=more)
    plan = platform.plan()
    assert (plan.steps, "GOING003" in codes(plan)) == ((), True)


def test_one_that_has_started_is_stopped_as_a_step_of_its_deletion(site: Platform) -> None:
    idle(site)
    site.text = ""
    plan = site.plan()
    assert [step.action for step in plan.steps] == [Action.DELETE]
    assert sent(site) == ["stop_application", "delete_resource"]
    assert "GOING004" not in codes(plan)
    site.converge()
    assert platform_ids() == []


def test_one_at_rest_is_deleted_without_a_stop(site: Platform) -> None:
    site.text = ""
    assert sent(site) == ["delete_resource"]


def test_one_that_runs_a_job_is_not_deleted(site: Platform) -> None:
    run = job()
    site.text = ""
    plan = site.plan()
    (step,) = plan.steps
    assert "it runs a job" in step.refused
    assert "GOING004" in codes(plan)
    site.apply(plan)
    found = client("emr-serverless").get_job_run(applicationId=platform_ids()[0], jobRunId=run)
    assert found["jobRun"]["state"] == "RUNNING"


def test_a_plan_of_a_deletion_is_stale_once_a_job_has_come(site: Platform) -> None:
    site.text = ""
    plan = site.plan()
    job()
    assert site.apply(plan).failures
    assert application()["state"] == "STARTED"


def test_one_that_has_started_is_stopped_before_another_takes_its_place(site: Platform) -> None:
    idle(site)
    site.text = text().replace("Name: spark,", "Name: sparks,")
    assert sent(site).count("stop_application") == 1
    site.converge()
    assert application()["name"] == "sparks"
    assert len(platform_ids()) == 1


def test_the_service_refuses_to_stop_one_that_runs_a_job(site: Platform) -> None:
    job()
    emr = client("emr-serverless")
    with pytest.raises(emr.exceptions.ValidationException):
        emr.stop_application(applicationId=platform_ids()[0])
