"""What AWS or somebody else does to endpoints, for a test or a demonstration to ask for."""

from __future__ import annotations

from typing import Any

from moto.sagemaker.models import sagemaker_backends

from reconciler.sandbox.services.sagemaker import deployment, endpoint, scaling
from reconciler.sandbox.services.sagemaker.store import Call, Record, records
from reconciler.sandbox.state.traffic import Answer, Behaviour, Point
from reconciler.sandbox.state.world import WORLD

READING: dict[str, type[float | int]] = {"delay": float, "page": int, "noise": int}


def maintain(account: str, region: str, name: str, seconds: float) -> None:
    """AWS patches an endpoint."""
    scaling.maintain(Call(_backend(account, region), {}), _endpoint(account, region, name), seconds)


def stop(account: str, region: str, name: str, *, out: bool) -> None:
    """Take an endpoint out of service, or back into it."""
    scaling.stop(_endpoint(account, region, name), out=out)


def alarm(account: str, region: str, name: str, state: str) -> None:
    """Hold an alarm in a state; deployments that it guards see it at once."""
    WORLD.traffic.hold(name, state)
    deployment.look(records(_backend(account, region), endpoint.KIND), name)


def vanish(account: str, region: str, kind: str, name: str) -> None:
    """Let a record be gone, also one that is in use.

    Raises:
        KeyError: there is none of the name.
    """
    del records(_backend(account, region), kind)[name]


def traffic(account: str, region: str, given: dict[str, Any]) -> None:
    """Take what the control API is given.

    Raises:
        KeyError: a member is missing.
        TypeError: a member is unknown.
        ValueError: a value cannot be.
    """
    now, found = WORLD.clock.now(), WORLD.traffic
    answers = [Answer(**each) for each in given.get("answers", ())]
    behaviours = [Behaviour(**{"since": now, **each}) for each in given.get("behaviours", ())]
    points = []
    for each in given.get("points", ()):
        ago = float(each.get("ago", 0.0))
        rest = {name: value for name, value in each.items() if name != "ago"}
        points.append(Point(**{**rest, "at": now - ago}))
    for name, rate in given.get("rates", {}).items():
        found.send(name, float(rate), now)
    found.answers += answers
    found.behaviours += behaviours
    found.points += points
    reading({name: given[name] for name in READING if name in given})
    for name, state in given.get("alarms", {}).items():
        alarm(account, region, name, state)


def reading(how: dict[str, float]) -> None:
    """Say how CloudWatch reads.

    Raises:
        TypeError: there is no such thing to say.
    """
    if unknown := how.keys() - READING.keys():
        raise TypeError(f"no {', '.join(sorted(unknown))}; there are {', '.join(READING)}")
    for name, value in how.items():
        setattr(WORLD.traffic, name, READING[name](value))


def statuses(account: str, region: str) -> dict[str, str]:
    """The status of each endpoint."""
    found = records(_backend(account, region), endpoint.KIND)
    deployment.settle(found)
    return {name: str(each.data["EndpointStatus"]) for name, each in sorted(found.items())}


def _endpoint(account: str, region: str, name: str) -> Record:
    found = records(_backend(account, region), endpoint.KIND)
    deployment.settle(found)
    return found[name]


def _backend(account: str, region: str) -> Any:  # noqa: ANN401  (moto's backend)
    return sagemaker_backends[account][region]
