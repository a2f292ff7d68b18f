"""Writes that fail, half fail, are lost, or take long: no second copy, nothing given up early."""

from __future__ import annotations

from typing import Any

import pytest
from sweeps import sample

from reconciler.aws.apply import Interrupt
from reconciler.model.change import Action
from reconciler.model.event import CallSent, StepWaiting
from reconciler.model.value import Ref
from reconciler.sandbox.services.cloudcontrol import faults

from .world import World, node

STREAM, VPC, GROUP = "AWS::Kinesis::Stream", "AWS::EC2::VPC", "AWS::Logs::LogGroup"
NET = {"CidrBlock": "10.0.0.0/16"}


def stream(**more: Any) -> Any:
    return node(STREAM, "acme-test-s", **{"ShardCount": 1, **more})


def vpc(**more: Any) -> Any:
    return node(VPC, "acme-test-v", **{**NET, **more})


def converges(world: World, *nodes: Any) -> None:
    """At the latest the second run is done, and each thing is there once."""
    if world.turn(*nodes).failed:
        world.good(*nodes)
    assert world.good(*nodes).steps == ()
    for each in nodes:
        models = faults.true_models(each.address.type)
        assert len(models) == 1, models


DOUBTS = [
    {"code": code, "work": work, "identifier": named}
    for code in (
        "ServiceInternalError",
        "InternalFailure",
        "GeneralServiceException",
        "NetworkFailure",
    )
    for work in ("none", "done")
    for named in (True, False)
]


@pytest.mark.scenario("CC29")
@pytest.mark.parametrize(
    "fault", sample(DOUBTS, 4), ids=lambda each: "-".join(map(str, each.values()))
)
@pytest.mark.parametrize("make", [stream, vpc])
def test_a_create_that_failed_is_not_done_twice(world: World, fault: Any, make: Any) -> None:
    faults.plan("create", make().address.type, **fault)
    converges(world, make())


@pytest.mark.scenario("CC29")
@pytest.mark.parametrize("make", [stream, vpc])
def test_a_lost_answer_is_not_a_second_resource(world: World, make: Any) -> None:
    faults.plan("create", make().address.type, lost=True)
    converges(world, make())


@pytest.mark.scenario("CC27")
@pytest.mark.parametrize("make", [stream, vpc])
def test_already_exists_after_a_create_of_ours(world: World, make: Any) -> None:
    faults.plan("create", make().address.type, code="AlreadyExists", work="done")
    converges(world, make())


@pytest.mark.scenario("CC27")
def test_what_somebody_else_made_is_not_taken_over(world: World) -> None:
    world.aws.client("cloudcontrol").create_resource(
        TypeName=GROUP, DesiredState='{"LogGroupName": "acme-test-g"}'
    )
    world.aws.clock.advance(60)
    turn = world.plan(node(GROUP, "acme-test-g"))
    assert turn.steps == ()
    assert any(found.is_error for found in turn.diagnostics)


@pytest.mark.scenario("CC28")
def test_a_poll_that_is_throttled_sends_nothing_again(world: World) -> None:
    faults.plan("poll", code="ThrottlingException", nth=1, times=10)
    assert world.good(stream()).actions == [Action.CREATE]
    assert faults.counted("create") == 1


@pytest.mark.scenario("CC26")
def test_a_poll_that_breaks_loses_nothing(world: World) -> None:
    faults.plan("poll", lost=True, nth=2, times=9)
    converges(world, stream())
    assert faults.counted("create") == 1


@pytest.mark.scenario("CC25")
def test_not_found_right_after_it_was_made(world: World) -> None:
    faults.habits(STREAM, unseen=3)
    converges(world, stream())


@pytest.mark.scenario("CC30")
def test_what_failed_half_made_is_finished_or_made_again(world: World) -> None:
    faults.plan("create", STREAM, code="GeneralServiceException", work="half")
    converges(world, stream())


@pytest.mark.scenario("CC32")
def test_a_handler_that_gives_up_too_early(world: World) -> None:
    faults.plan("create", STREAM, code="NotStabilized", work="done")
    assert world.good(stream()).actions == [Action.CREATE]
    assert faults.counted("create") == 1
    faults.plan("update", STREAM, code="NotStabilized", work="done")
    assert world.good(stream(ShardCount=2)).actions == [Action.UPDATE]
    faults.plan("delete", STREAM, code="NotStabilized", work="done")
    assert world.good().actions == [Action.DELETE]


@pytest.mark.scenario("CC32")
def test_hours_are_not_too_long_where_the_schema_says_so(world: World) -> None:
    type_ = "AWS::Neptune::DBInstance"
    props = {"DBInstanceClass": "db.t4g.medium"}
    faults.habits(type_, seconds={"create": 5 * 3600.0})
    turn = world.good(node(type_, "acme-test-d", **props))
    assert turn.actions == [Action.CREATE]
    assert world.session.calls["cloudcontrol.get_resource_request_status"] < 400


@pytest.mark.scenario("CC32")
def test_a_run_that_is_interrupted_goes_on_in_the_next(world: World) -> None:
    faults.habits(STREAM, seconds={"create": 600.0})
    planned = world.plan(stream())
    interrupt = Interrupt()
    world.session.interrupted = interrupt
    real = world.session.clock.sleep

    def sleep(seconds: float) -> None:
        real(seconds)
        interrupt.ask()

    world.session.clock.sleep = sleep  # type: ignore[method-assign]
    events = world.apply(planned.steps, interrupt)
    assert "APPLY010" in [getattr(event, "code", "") for event in events]
    converges(world, stream())
    assert faults.counted("create") <= 2


@pytest.mark.scenario("CC35")
@pytest.mark.parametrize("message", ["", None])
def test_a_failure_without_a_word_says_how_to_look_it_up(world: World, message: str | None) -> None:
    faults.plan("create", STREAM, code="InternalFailure", message=message, identifier=False)
    (failed,) = world.turn(stream()).failed
    assert STREAM in failed.message
    assert "get-resource-request-status --request-token" in failed.message


@pytest.mark.scenario("CC36")
@pytest.mark.parametrize("make", [stream, vpc])
def test_throttled_inside_a_handler(world: World, make: Any) -> None:
    faults.plan("create", make().address.type, code="Throttling", times=3)
    assert world.good(make()).actions == [Action.CREATE]
    assert len(faults.true_models(make().address.type)) == 1


@pytest.mark.scenario("CC38")
def test_a_token_that_is_known_already(world: World) -> None:
    faults.habits(STREAM, repeated="conflict")
    faults.plan("create", STREAM, lost=True)
    assert world.good(stream()).actions == [Action.CREATE]
    assert len(faults.true_models(STREAM)) == 1


@pytest.mark.scenario("CC39")
def test_another_request_for_the_same_resource_is_waited_for(world: World) -> None:
    world.good(stream())
    world.aws.client("cloudcontrol").update_resource(
        TypeName=STREAM,
        Identifier="acme-test-s",
        PatchDocument='[{"op": "add", "path": "/RetentionPeriodHours", "value": 48}]',
    )
    turn = world.good(stream(ShardCount=2))
    assert turn.actions == [Action.UPDATE]
    assert any(isinstance(event, StepWaiting) for event in turn.events)
    assert faults.true_models(STREAM)["acme-test-s"]["ShardCount"] == 2


@pytest.mark.scenario("CC40")
@pytest.mark.parametrize("how", ["event", "answer"])
def test_what_is_gone_is_deleted(world: World, how: str) -> None:
    world.good(stream())
    faults.habits(STREAM, missing=how)
    planned = world.plan()
    client = world.aws.client("cloudcontrol")
    faults.plan("read", STREAM, times=0)
    client.delete_resource(TypeName=STREAM, Identifier="acme-test-s")
    world.aws.clock.advance(120)
    events = world.apply(planned.steps)
    assert [event for event in events if getattr(event, "code", "")] == []


@pytest.mark.scenario("CC41")
def test_what_is_deleted_and_still_shown_is_deleted(world: World) -> None:
    faults.habits(STREAM, lingers=3600.0)
    world.good(stream())
    turn = world.good()
    assert turn.actions == [Action.DELETE]
    waited = [event for event in turn.events if isinstance(event, StepWaiting)]
    assert len(waited) < 20


@pytest.mark.scenario("CC44")
def test_a_name_that_is_held_for_a_while_after_a_deletion(world: World) -> None:
    type_ = "AWS::SageMaker::StudioLifecycleConfig"
    props = {"StudioLifecycleConfigAppType": "JupyterServer"}
    faults.habits(type_, held=60.0)
    world.good(node(type_, "acme-test-l", **props, StudioLifecycleConfigContent="bHM="))
    turn = world.good(node(type_, "acme-test-l", **props, StudioLifecycleConfigContent="cHdk"))
    assert turn.actions == [Action.DELETE, Action.REPLACE]


def test_no_attempt_has_the_token_of_another(world: World) -> None:
    seen: list[str] = []
    client = world.aws.client("cloudcontrol")

    def note(params: dict[str, Any], **_: Any) -> None:
        seen.append(str(params.get("ClientToken")))

    client.meta.events.register("provide-client-params.cloudcontrol.CreateResource", note)
    try:
        faults.plan("create", STREAM, code="Throttling", times=2)
        turn = world.good(stream())
    finally:
        client.meta.events.unregister("provide-client-params.cloudcontrol.CreateResource", note)
    assert len(seen) == len(set(seen)) == 3
    assert all(token != "None" for token in seen)
    assert len([event for event in turn.events if isinstance(event, CallSent)]) == 1


@pytest.mark.scenario("CC33")
@pytest.mark.parametrize("code", ["InvalidRequest", "GeneralServiceException"])
def test_a_role_that_is_still_spreading_in_whichever_words(world: World, code: str) -> None:
    service = {"Service": "pipes.amazonaws.com"}
    trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": service}
    document = {"Version": "2012-10-17", "Statement": [trust]}
    role = node("AWS::IAM::Role", "acme-test-r", AssumeRolePolicyDocument=document)
    pipe = node(
        "AWS::Pipes::Pipe",
        "acme-test-p",
        RoleArn=Ref(role.address, "Arn"),
        Source="arn:aws:sqs:eu-west-1:123456789012:acme-test-q",
        Target="arn:aws:sqs:eu-west-1:123456789012:acme-test-t",
    )
    faults.plan("create", "AWS::Pipes::Pipe", code=code, message="odd words", times=2)
    assert world.good(role, pipe).actions == [Action.CREATE, Action.CREATE]


@pytest.mark.scenario("CC42")
def test_a_parent_that_was_deleted_by_hand(world: World) -> None:
    faults.plan("read", STREAM, code="ResourceNotFoundException", status=400, times=9)
    assert world.plan(stream()).actions == [Action.CREATE]
