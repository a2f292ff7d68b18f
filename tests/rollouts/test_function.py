"""The function in AWS, from the bytes of its zip, beside a command: the same actions."""

from __future__ import annotations

import ast
from typing import Any

import pytest

from reconciler.aws.judging import judge
from reconciler.aws.rollout.driving import Look
from reconciler.jobs import DRIVER, driver as files, package
from reconciler.rollout.checks import Analysis, Check, Series, written
from reconciler.rollout.values import Act
from reconciler.sandbox.inprocess import Sandbox
from reconciler.sandbox.services.stepfunctions.execution import Failure
from reconciler.sandbox.services.stepfunctions.handlers import driver

from .made import NAME
from .stage import Stage

CODE = package(DRIVER)
ERRORS = Check(
    name="errors",
    series={
        "m": Series(
            namespace="AWS/SageMaker",
            metric="Invocation5XXErrors",
            statistic="Sum",
            dimensions={"EndpointName": "{endpoint}", "VariantName": "{variant}"},
            counts=True,
        )
    },
    per_request=True,
    side="atMost",
    level=0.01,
)
ANALYSIS = Analysis(checks=(ERRORS,))


def function(analysis: Analysis = ANALYSIS, endpoint: str = NAME) -> dict[str, Any]:
    """One invocation, as an administrator."""
    event = {"endpoint": endpoint, "analysis": written(analysis)}
    found: dict[str, Any] = driver.invoked("sandbox", "eu-west-1", CODE, event)
    return found


def both(stage: Stage) -> tuple[Look, dict[str, Any]]:
    """What a command would do now, and what the function has done."""
    stage.judge = judge(stage.session, ANALYSIS)
    return stage.look(), function()


def ladder(stage: Stage, most: int = 40) -> list[Act]:
    """The actions until the rollout is over, the same of both."""
    acts = []
    for _ in range(most):
        found, said = both(stage)
        assert found.action is not None
        action = found.action
        assert (said["act"], said["phase"], said["step"]) == (action.act, action.phase, action.step)
        if action.act is Act.NOTHING:
            assert said["state"] == "over"
            return acts
        acts.append(action.act)
        stage.settle(600 if action.act is Act.WAIT else 130)
    raise AssertionError(acts)


def test_a_healthy_candidate_goes_up_as_by_a_command(stage: Stage, aws: Sandbox) -> None:
    aws.traffic(NAME, 20)
    stage.settle(200)
    acts = ladder(stage)
    assert (acts.count(Act.WEIGH), acts.count(Act.FINISH)) == (4, 1)
    assert stage.weights == {"primary": 1.0}


def test_a_bad_candidate_goes_back_as_by_a_command(stage: Stage, aws: Sandbox) -> None:
    aws.traffic(NAME, 20)
    aws.behave(f"{NAME}/candidate", errors=0.3)
    stage.settle(200)
    acts = ladder(stage)
    assert (acts.count(Act.FINISH), acts.count(Act.SETTLE)) == (0, 1)
    assert max(stage.weights.values()) == stage.weights["primary"]


def test_what_its_files_import_is_among_them() -> None:
    """A driver that works at a desk, and not in the function, is found here in no time."""
    members = files()
    wanted = {
        f"{each.module.replace('.', '/')}"
        for body in members.values()
        for each in ast.walk(ast.parse(body))
        if isinstance(each, ast.ImportFrom) and (each.module or "").startswith("reconciler.")
        and each.module
    }  # fmt: skip
    lacking = {it for it in wanted if not {f"{it}.py", f"{it}/__init__.py"} & members.keys()}
    assert lacking == set()


def test_an_endpoint_that_is_not_there_has_no_rollout(stage: Stage) -> None:
    assert function(endpoint="nobody")["state"] == "over"


def test_what_nobody_asked_for_stops_it(stage: Stage) -> None:
    stage.settle(200)
    stage.write(dict.fromkeys(_marks(stage), "x"))
    said = function()
    assert (said["state"], said["act"]) == ("stopped", "stop")


def _marks(stage: Stage) -> list[str]:
    tags = stage.sagemaker.list_tags(ResourceArn=stage.endpoint["EndpointArn"])["Tags"]
    return [each["Key"] for each in tags if each["Key"].startswith("moorline:rollout")]


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("ThrottlingException", "Retry"),
        ("AccessDeniedException", "Denied"),
        ("SomethingUnknown", "Rejected"),
    ],
)
def test_what_aws_refuses_ends_the_look(stage: Stage, aws: Sandbox, code: str, name: str) -> None:
    aws.fail("sagemaker", "DescribeEndpoint", code)
    with pytest.raises(Failure) as caught:
        function()
    assert caught.value.error == name
