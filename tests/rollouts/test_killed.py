"""A driver that is killed before or after any of its calls is taken over by the next one."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from engine.platform import FAULTS, Clients
from sweeps import sample

from reconciler.aws.session import READS
from reconciler.rollout.values import Finding, Live, Phase, Rollout, Signals, Verdict
from reconciler.sandbox.inprocess import sandbox

from .made import BASE, TARGET
from .stage import Stage

NEED = {5.0: 1, 25.0: 1, 50.0: 2, 100.0: 4}
MOST = 400


class Killed(BaseException):
    """The process is gone; nothing of it runs any more."""


class Counting:
    """Clients of a process that is killed at one of its writes, or at a read."""

    def __init__(self, at: int, *, after: bool) -> None:
        self.left, self.after = at, after
        self.sent: list[str] = []

    def client(self, service: str) -> Any:
        return Proxy(Clients().client(service), self)


class Proxy:
    """One client whose calls are counted."""

    def __init__(self, client: Any, owner: Counting) -> None:
        self._client, self._owner = client, owner

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._client, name)
        if not callable(found) or name in {"can_paginate", "get_paginator"}:
            return found
        return lambda **params: self._send(name, found, params)

    def _send(self, name: str, call: Callable[..., Any], params: dict[str, Any]) -> Any:
        owner = self._owner
        dies = owner.left == len(owner.sent)
        owner.sent.append(name)
        if dies and not owner.after:
            raise Killed
        answer = call(**params)
        if dies:
            raise Killed
        return answer


def good(_rollout: Rollout, _live: Live, _now: float) -> Signals:
    return Signals(verdict=Verdict.PASSED)


def bad(_rollout: Rollout, live: Live, _now: float) -> Signals:
    said = Finding(name="errors", verdict=Verdict.FAILED, said="too many errors")
    late = live.marks is not None and live.marks.step >= 2
    return Signals(verdict=Verdict.FAILED, findings=(said,)) if late else good(_rollout, live, 0)


JUDGES = {"healthy": (good, Phase.COMPLETED, TARGET), "bad": (bad, Phase.ROLLED_BACK, BASE)}


def drive(stage: Stage) -> Phase:
    *_, last = stage.run()
    assert last.action is not None
    return last.action.phase


def whole(how: str, at: int, *, after: bool) -> tuple[Stage, list[str]]:
    """A rollout whose first driver is killed at a call; the next one has another machine."""
    judge, end, config = JUDGES[how]
    with sandbox() as aws:
        aws.faults = FAULTS
        stage = Stage(aws, judge).set()
        clients = Counting(at, after=after)
        stage.session.clients = clients
        try:
            phase = drive(stage)
        except Killed:
            stage.session = stage.process()
            phase = drive(stage)
        assert phase is end
        assert stage.endpoint["EndpointConfigName"] == config
        assert stage.weights == {"primary": 1.0}
        return stage, clients.sent


@cache
def calls(how: str) -> list[str]:
    return whole(how, MOST, after=False)[1]


def points(how: str) -> list[tuple[int, bool]]:
    """Before each call, and after each that writes: a read that was answered has done nothing."""
    sent = calls(how)
    found = []
    for number, name in enumerate(sent):
        found.append((number, False))
        if not name.startswith(READS):
            found.append((number, True))
    return found


EVERY = {"healthy": 61, "bad": 43}
"""One in so many is tried by `make test`."""


@pytest.mark.scenario("R154")
@pytest.mark.parametrize("how", JUDGES)
def test_whoever_takes_over_ends_it_as_if_nobody_had_been_killed(how: str) -> None:
    for at, after in sample(points(how), EVERY[how]):
        stage, _ = whole(how, at, after=after)
        ladder = stage.ladder
        up = [each for each in ladder if each]
        assert up == sorted(up), (at, after, ladder)
        assert set(up) <= set(NEED), (at, after, ladder)
        if how == "healthy":
            untold = set(NEED) - set(up)  # what was sent, and killed before it was told
            assert len(untold) <= after, (at, after, ladder)
            assert 0.0 not in ladder, (at, after, ladder)
        else:
            assert max(up) <= 25.0, (at, after, ladder)
