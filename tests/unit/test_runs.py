"""Runs as AWS tells them: steps out of a history, where a run goes on, what people read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.aws import machines, trainings
from reconciler.aws.clock import FakeClock
from reconciler.aws.limiter import Limiter
from reconciler.aws.session import Session
from reconciler.model.run import Run, Runnable, Stage, StepRun
from reconciler.render.text import runs

BEGAN = datetime(2026, 11, 1, tzinfo=UTC)
ARN = "arn:aws:states:eu-west-1:123456789012:stateMachine:acme-dev-clean"
WHAT = Runnable("DataPipeline/clean", "acme-dev-clean", ARN, True, ("a", "b"))


def history(*events: Any) -> list[dict[str, Any]]:
    """Events one second apart, each after the one before: a type, or a type and its details."""
    found: list[dict[str, Any]] = []
    for number, event in enumerate(events, 1):
        kind, about = event if isinstance(event, tuple) else (event, {})
        after = about.pop("after", number - 1) if isinstance(about, dict) else number - 1
        found.append({
            "id": number, "previousEventId": after, "type": kind,
            "timestamp": BEGAN + timedelta(seconds=number), **about,
        })  # fmt: skip
    return found


def entered(name: str, kind: str = "Task", **more: Any) -> tuple[str, dict[str, Any]]:
    details = {"name": name, **{key: it for key, it in more.items() if key == "input"}}
    after = {key: it for key, it in more.items() if key == "after"}
    return f"{kind}StateEntered", {"stateEnteredEventDetails": details, **after}


def exited(name: str, kind: str = "Task", **after: int) -> tuple[str, dict[str, Any]]:
    return f"{kind}StateExited", {"stateExitedEventDetails": {"name": name}, **after}


def failed(cause: str = "no", **after: int) -> tuple[str, dict[str, Any]]:
    return "TaskFailed", {"taskFailedEventDetails": {"error": "E", "cause": cause}, **after}


class Fake:
    """One service that answers what it is told to, and notes what it is asked."""

    def __init__(self, **answers: Any) -> None:
        self.answers = answers
        self.asked: list[tuple[str, Mapping[str, Any]]] = []

    def client(self, _service: str) -> Any:
        return self

    def can_paginate(self, _method: str) -> bool:
        return False

    def __getattr__(self, method: str) -> Any:
        def call(**params: Any) -> Any:
            self.asked.append((method, params))
            found = self.answers[method]
            return found(params) if callable(found) else found

        return call


def session(fake: Fake) -> Session:
    clock = FakeClock()
    return Session(fake, clock=clock, limiter=Limiter(clock, unlimited=True))


def steps(*events: Any) -> list[tuple[str, Stage, int, str]]:
    told = {"name": "x", "status": "RUNNING", "startDate": BEGAN}
    fake = Fake(describe_execution=told, get_execution_history={"events": history(*events)})
    run = machines.look(session(fake), "arn")
    return [(step.name, step.stage, step.tries, step.why) for step in run.steps]


GOOD, BAD, GOING = Stage.SUCCEEDED, Stage.FAILED, Stage.RUNNING


@pytest.mark.parametrize(
    ("events", "found"),
    [
        ([], []),
        ([entered("a")], [("a", GOING, 0, "")]),
        ([entered("moorline-begin", "Choice"), exited("moorline-begin", "Choice")], []),
        (
            [entered("a"), "TaskScheduled", "TaskSucceeded", exited("a"), entered("b")],
            [("a", GOOD, 1, ""), ("b", GOING, 0, "")],
        ),
        (
            [entered("a"), "TaskScheduled", failed(), "TaskScheduled", "TaskSucceeded",
             exited("a")],
            [("a", GOOD, 2, "")],
        ),
        (
            [entered("a"), "TaskScheduled", failed(), exited("a"),
             entered("moorline-failed", "Fail")],
            [("a", BAD, 1, "E: no")],
        ),
        (
            [entered("a"), "TaskScheduled", failed(json.dumps({"ErrorMessage": "words"}))],
            [("a", GOING, 1, "E: words")],
        ),
        ([entered("a"), "ExecutionAborted"], [("a", Stage.STOPPED, 0, "")]),
        (
            [entered("a"), ("ExecutionFailed", {"executionFailedEventDetails": {"error": "X"}})],
            [("a", BAD, 0, "X")],
        ),
        (  # two branches: the failure belongs to the one whose events lead to it
            [entered("a"), entered("b", after=0), ("TaskScheduled", {"after": 1}),
             ("TaskScheduled", {"after": 2}), failed(after=3)],
            [("a", GOING, 1, "E: no"), ("b", GOING, 1, "")],
        ),
    ],
)  # fmt: skip
def test_steps_of_a_history(events: list[Any], found: list[Any]) -> None:
    assert steps(*events) == found


@pytest.mark.parametrize(
    ("events", "on"),
    [
        ([entered("a"), failed(), "ExecutionFailed"], None),
        (
            [entered("a", input="{}"), exited("a"), entered("b prepare", "Pass", input='{"n": 1}'),
             exited("b prepare", "Pass"), entered("b", input='{"n": 2}'), failed(), exited("b"),
             entered("b failed", "Pass"), exited("b failed", "Pass"),
             entered("moorline-failed", "Fail", input='{"fault": 1}')],
            ("b", {"n": 1, "from": "b"}),
        ),
        ([entered("moorline-look", input="{}"), entered("moorline-failed", "Fail")], None),
    ],
)  # fmt: skip
def test_where_a_run_goes_on(events: list[Any], on: Any) -> None:
    fake = Fake(get_execution_history={"events": history(*events)})
    assert machines.resume(session(fake), WHAT, "arn") == on


def test_a_name_that_is_taken_is_that_run() -> None:
    from botocore.exceptions import ClientError

    def taken(_: Any) -> Any:
        raise ClientError({"Error": {"Code": "ExecutionAlreadyExists"}}, "StartExecution")

    told = {"name": "x", "status": "SUCCEEDED", "startDate": BEGAN, "stopDate": BEGAN}
    empty = {"events": []}
    fake = Fake(start_execution=taken, describe_execution=told, get_execution_history=empty)
    run = machines.start(session(fake), WHAT, "x", {})
    assert run.stage is GOOD
    assert fake.asked[1][1]["executionArn"].endswith(":execution:acme-dev-clean:x")


def test_a_run_that_met_another_one_has_not_gone_well() -> None:
    told = {"name": "x", "status": "SUCCEEDED", "startDate": BEGAN, "stopDate": BEGAN}
    events = {"events": history(entered("moorline-skipped", "Succeed"), "ExecutionSucceeded")}
    run = machines.look(session(Fake(describe_execution=told, get_execution_history=events)), "arn")
    assert (run.stage, run.again) == (Stage.STOPPED, False)
    assert "another run is under way" in run.why


@pytest.mark.scenario("T44")
def test_a_word_that_nobody_knows_ends_the_watch_and_is_named() -> None:
    told = {"name": "x", "status": "HIBERNATING", "startDate": BEGAN}
    fake = Fake(describe_execution=told, get_execution_history={"events": []})
    run = machines.look(session(fake), "arn")
    assert (run.stage, run.stage.over, run.again) == (Stage.UNKNOWN, True, False)
    assert "HIBERNATING" in run.why
    assert "unknown" in runs.summary(run, {}, "DataPipeline/clean")


@pytest.mark.scenario("T44", "T45")
@pytest.mark.parametrize(
    ("status", "stage"),
    [
        ("Executing", GOING),
        ("Stopping", GOING),
        ("Succeeded", GOOD),
        ("Failed", BAD),
        ("Stopped", Stage.STOPPED),
        ("CompletedWithFailures", BAD),
        ("Hibernating", Stage.UNKNOWN),
    ],
)
def test_each_status_of_a_training_has_a_stage(status: str, stage: Stage) -> None:
    told = {"PipelineExecutionStatus": status}
    steps = {"PipelineExecutionSteps": [{"StepName": "Train", "StepStatus": "Odd"}]}
    fake = Fake(describe_pipeline_execution=told, list_pipeline_execution_steps=steps)
    run = trainings.look(session(fake), "arn/x")
    assert (run.stage, run.stage.over) == (stage, stage is not GOING)
    assert (status in run.why) is (stage is Stage.UNKNOWN)
    assert run.steps[0].stage is Stage.UNKNOWN


def test_a_training_is_the_same_run_by_its_name() -> None:
    fake = Fake(
        start_pipeline_execution={"PipelineExecutionArn": "arn/x"},
        describe_pipeline_execution={"PipelineExecutionStatus": "Failed", "FailureReason": "no"},
        list_pipeline_execution_steps={
            "PipelineExecutionSteps": [{"StepName": "Train", "StepStatus": "Failed"}]
        },
    )
    what = Runnable("Training/fraud", "acme-dev-fraud", "arn", False)
    for _ in range(2):
        run = trainings.start(session(fake), what, "x", {"TrainingInstanceType": "ml.m5.large"})
    asked = [params for method, params in fake.asked if method.startswith("start")]
    assert asked[0] == asked[1]
    assert (run.stage, run.again, run.steps[0].name) == (BAD, True, "Train")


def test_only_what_is_new_is_told() -> None:
    told: dict[str, str] = {}
    run = Run("x", "arn", GOING, steps=(StepRun("a", GOING), StepRun("a failed", GOOD)))
    assert [*runs.news(run, told, ("a",))] == ["  … a running"]
    assert [*runs.news(run, told, ("a",))] == []


@pytest.mark.parametrize(
    ("partition", "host"),
    [("aws", "console.aws.amazon.com"), ("aws-cn", "console.amazonaws.cn"), ("aws-iso", "")],
)
def test_links_are_those_of_the_partition(partition: str, host: str) -> None:
    found = runs.links(Run("x", "arn:x", GOING), WHAT, "eu-west-1", partition)
    assert all(host in link for link in found.values())
    assert bool(found) == bool(host)
