"""How long a plan's waits are, and what is said where credentials end before."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.aws.clock import FakeClock
from reconciler.aws.held import FOREVER, Held, Lasting
from reconciler.aws.session import Session
from reconciler.cli.world import lasting
from reconciler.model.address import Address
from reconciler.model.change import Action, Call, Reason
from reconciler.model.plan import Plan, Step
from reconciler.plan.waits import longest
from reconciler.resources import api
from reconciler.resources.sagemaker import rollout

from .fakes import Clients

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def blue_green(kind: str, wait: int, ending: int = 0, step: Any = None) -> dict[str, Any]:
    routing = {"Type": kind, "WaitIntervalInSeconds": wait, "LinearStepSize": step}
    policy = {"TrafficRoutingConfiguration": routing, "TerminationWaitInSeconds": ending}
    return {"DeploymentConfig": {"BlueGreenUpdatePolicy": policy}}


def rolling(wait: int, size: Any) -> dict[str, Any]:
    policy = {"MaximumBatchSize": size, "WaitIntervalInSeconds": wait}
    return {"DeploymentConfig": {"RollingUpdatePolicy": policy}}


def percent(value: int) -> dict[str, Any]:
    return {"Type": "CAPACITY_PERCENT", "Value": value}


@pytest.mark.parametrize(
    ("desired", "seconds"),
    [
        ({}, 0),
        (blue_green("ALL_AT_ONCE", 300), 300),
        (blue_green("CANARY", 1200, 1800), 2 * 1200 + 1800),
        (blue_green("LINEAR", 600, 60, percent(30)), 4 * 600 + 60),
        (blue_green("LINEAR", 600, 0, {"Type": "INSTANCE_COUNT", "Value": 1}), 2 * 600),
        (rolling(120, percent(50)), 240),
        (rolling(120, {"Type": "INSTANCE_COUNT", "Value": 2}), 240),
    ],
)
def test_what_a_rollout_waits_on_purpose(desired: dict[str, Any], seconds: float) -> None:
    assert rollout.seconds(desired) == seconds


def step(kind: str, action: Action = Action.CREATE, *needs: str, **more: Any) -> Step:
    at = Address(f"AWS::SageMaker::{kind}", f"acme-dev-{kind.lower()}")
    call = Call("sagemaker", "x", {})
    return Step(kind, at, action, Reason.ABSENT, (call,), needs=needs, **more)


def plan(*steps: Step) -> Plan:
    return Plan("dev", "acme", "1", "eu-west-1", steps)


CANARY = blue_green("CANARY", 1200, 1800)
MOVED = step("Endpoint", Action.UPDATE, "Model", desired=CANARY)


def test_waits_that_need_each_other_add_up_and_others_do_not() -> None:
    resources = api.load()
    group, model = step("FeatureGroup"), step("Model")
    found = longest(plan(group, model, MOVED), resources)
    assert found is not None
    assert (found.address, found.seconds) == (MOVED.address, 600 + 2 * 1200 + 1800)
    assert found.most == 30000
    after = step("Endpoint", Action.UPDATE, "FeatureGroup", desired=CANARY)
    found = longest(plan(after, group), resources)
    assert found is not None
    assert found.seconds == 120 + 600 + 4200


def test_what_does_not_wait_or_is_refused_counts_nothing() -> None:
    resources = api.load()
    assert longest(plan(step("Model")), resources) is None
    refused = step("Endpoint", Action.UPDATE, refused="no", desired=CANARY)
    assert longest(plan(refused), resources) is None


def told(lasts: Lasting | None, *steps: Step) -> list[tuple[str, str]]:
    class Kept(Held):
        def lasting(self) -> Lasting:
            assert lasts is not None
            return lasts

    held = Kept(bool) if lasts else None
    session = Session(Clients(), clock=FakeClock(), held=held)
    found = lasting.told(lasting.told(plan(*steps), session, NOW), session, NOW)
    return [(each.code, each.message) for each in found.diagnostics]


def test_waits_that_outlast_the_credentials_are_a_finding() -> None:
    soon = Lasting(NOW + timedelta(minutes=50))
    ((code, text),) = told(soon, MOVED)
    assert code == "SESSION001"
    assert text == (
        "the credentials end in 50 min; the change of 'AWS::SageMaker::Endpoint/acme-dev-endpoint'"
        " and what it needs take about 80 min, and 500 min at most"
    )
    ((_, text),) = told(Lasting(NOW + timedelta(minutes=60), guessed=True), MOVED)
    assert "are not renewed and may end at any time, most likely within 60 min" in text


@pytest.mark.parametrize(
    ("lasts", "steps"),
    [
        (FOREVER, [MOVED]),
        (None, [MOVED]),
        (Lasting(NOW + timedelta(minutes=81)), [MOVED]),
        (Lasting(NOW + timedelta(minutes=1)), [step("Model")]),
    ],
    ids=["renewed", "the sandbox's", "long enough", "nothing waits"],
)
def test_there_is_nothing_to_say_where(lasts: Lasting | None, steps: list[Step]) -> None:
    assert told(lasts, *steps) == []
