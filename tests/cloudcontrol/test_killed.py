"""A run that is killed at any of its calls leaves no second copy, whatever comes after."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from sweeps import sample

from reconciler.model.graph import Node
from reconciler.model.value import Ref
from reconciler.sandbox.services.cloudcontrol import faults

from .common import role
from .world import World, node, through


class Killed(BaseException):
    """The end of a process; nothing catches it."""


@contextmanager
def killed(world: World, nth: int, *, after: bool) -> Iterator[list[int]]:
    """End the run at its n-th call of Cloud Control, before it is sent or after it is answered."""
    seen = [0]

    def call(_name: str, send: Callable[..., Any], params: dict[str, Any]) -> Any:
        seen[0] += 1
        if seen[0] >= nth and not after:
            raise Killed
        answer = send(**params)
        if seen[0] >= nth:
            raise Killed
        return answer

    through(world, call)
    yield seen


def stream() -> list[Node]:
    return [node("AWS::Kinesis::Stream", "acme-test-s", ShardCount=1)]


def vpc() -> list[Node]:
    return [node("AWS::EC2::VPC", "acme-test-v", CidrBlock="10.0.0.0/16")]


def machine() -> list[Node]:
    text = '{"StartAt": "A", "States": {"A": {"Type": "Pass", "End": true}}}'
    props = {"RoleArn": "arn:aws:iam::123456789012:role/acme-test-x", "DefinitionString": text}
    return [node("AWS::StepFunctions::StateMachine", "acme-test-m", **props)]


def stage() -> list[Node]:
    api = node("AWS::ApiGatewayV2::Api", "acme-test-a", Name="acme-test-a", ProtocolType="HTTP")
    return [
        api,
        node("AWS::ApiGatewayV2::Stage", "v1", StageName="v1", ApiId=Ref(api.address, "ApiId")),
    ]


def query() -> list[Node]:
    """No tags, and an id of AWS's: told from others by what cannot change."""
    props = {"Database": "acme", "QueryString": "SELECT 1"}
    return [node("AWS::Athena::NamedQuery", "acme-test-q", **props)]


MAKERS: tuple[Callable[[], list[Node]], ...] = (stream, vpc, machine, stage, query)
MOST = 24
CASES = [(make, nth, after) for make in MAKERS for nth in range(1, MOST) for after in (True, False)]


@pytest.mark.parametrize(
    ("make", "nth", "after"),
    sample(CASES, 37),
    ids=lambda each: getattr(each, "__name__", str(each)),
)
def test_a_killed_run_leaves_no_second_copy(
    world: World, make: Callable[[], list[Node]], nth: int, after: bool
) -> None:
    role(world, "acme-test-x", "states.amazonaws.com")
    nodes = make()
    with killed(world, nth, after=after), suppress(Killed):
        world.apply(world.plan(*nodes).steps)
    second = world.turn(*nodes)
    if second.failed or any(found.is_error for found in second.diagnostics):
        world.aws.clock.advance(300)
        world.good(*nodes)
    world.aws.clock.advance(300)
    assert world.good(*nodes).steps == ()
    for each in nodes:
        assert len(faults.true_models(each.address.type)) == 1
