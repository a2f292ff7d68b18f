"""A drained candidate is taken away once nobody calls it by its name any more."""

from __future__ import annotations

import pytest

from reconciler.aws.rollout.driving import Look
from reconciler.rollout.values import Act, Phase

from .made import BASE, NAME
from .stage import Stage
from .test_driver import rest, until
from .test_function import function

ASKED = "cloudwatch.get_metric_data"
NAMED = {"EndpointName": NAME, "VariantName": "candidate"}


@pytest.fixture
def drained(stage: Stage) -> Stage:
    """All traffic is back, and the candidate is still there."""
    until(stage, Phase.BAKING, 2)
    stage.advance("abort")
    stage.settle()
    return stage


def called(stage: Stage, times: float, ago: float = 200) -> None:
    """Requests that name the candidate."""
    stage.aws.measure("AWS/SageMaker", "Invocations", NAMED, times, ago=ago)


def acted(found: Look) -> tuple[Act, str]:
    assert found.action is not None
    return found.action.act, found.action.why


@pytest.mark.scenario("R178")
def test_callers_who_name_it_are_waited_for_until_they_have_gone(drained: Stage) -> None:
    called(drained, 7)
    act, why = acted(drained.advance())
    assert (act, "7 requests" in why, "TargetVariant" in why) == (Act.WAIT, True, True)
    drained.settle(600)
    assert rest(drained) is Phase.ABORTED
    assert drained.endpoint["EndpointConfigName"] == BASE


@pytest.mark.scenario("R178")
def test_callers_who_never_go_are_waited_for_within_the_deadline(drained: Stage) -> None:
    waited = 0
    for _ in range(40):
        called(drained, 3)
        if acted(drained.advance())[0] is not Act.WAIT:
            break
        waited += 1
        drained.settle(300)
    assert 20 < waited < 30
    drained.settle()
    assert rest(drained) is Phase.ABORTED


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidParameterValue", "partial"])
def test_what_nobody_can_count_is_not_none(drained: Stage, code: str) -> None:
    if code == "partial":
        drained.aws.unwhole("PartialData", times=9)
    else:
        drained.aws.fail("cloudwatch", "GetMetricData", code, times=9)
    act, why = acted(drained.advance())
    assert (act, "not known" in why) == (Act.WAIT, True)
    drained.settle(7300)
    assert acted(drained.advance())[0] is Act.SETTLE


def test_a_request_from_before_the_weight_was_taken_is_no_reason_for_long(drained: Stage) -> None:
    called(drained, 900, ago=400)
    assert acted(drained.look())[0] is Act.WAIT
    drained.settle(120)
    assert acted(drained.look())[0] is Act.SETTLE


def test_it_is_asked_for_only_where_the_candidate_would_go(stage: Stage) -> None:
    assert rest(stage) is Phase.COMPLETED
    assert stage.session.calls[ASKED] == 0


def test_it_is_asked_for_once_where_nobody_calls_it(drained: Stage) -> None:
    drained.advance()
    assert drained.session.calls[ASKED] == 1
    drained.settle()
    assert rest(drained) is Phase.ABORTED
    assert drained.session.calls[ASKED] == 1


@pytest.mark.scenario("R178")
def test_the_function_waits_for_them_as_a_command_does(drained: Stage) -> None:
    called(drained, 7)
    said = function()
    assert (said["act"], "7 requests" in said["why"]) == ("wait", True)
