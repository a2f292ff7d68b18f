"""Every state that a run leaves AWS in, one after another.

A process can be killed between any two of its calls. With one worker the next process then
finds AWS as it was after the last call, so the states of one undisturbed run are all there are.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any

from engine.platform import FAULTS
from moto.iam.models import AWSManagedPolicy
from sweeps import LONG

from reconciler.aws.apply import Outcome
from reconciler.sandbox.door.faults import Fault
from reconciler.sandbox.state import pickles, snapshot

from .scene import Saved, Scene, is_write

GENERATED = {"resourcegroupstaggingapi", "instance_metadata", "moto_api"}
"""Backends without a state of their own."""


def digest() -> bytes:
    """Tells one state of AWS from another; the time of day is no part of it."""
    content = [
        (service.service_name, account, region, _changing(service.service_name, backend.__dict__))
        for service in snapshot.instances()
        if service.service_name not in GENERATED
        for account, regions in service.items()
        for region, backend in regions.items()
    ]
    return hashlib.sha256(pickles.dumps(content)).digest()


def _changing(service: str, backend: dict[str, Any]) -> dict[str, Any]:
    """A backend without what tells nothing.

    AWS's own policies are always the same. The objects in buckets are not Moorline's: they are
    the log files that S3 writes, with each request.
    """
    if service == "iam":
        own = {
            arn: one
            for arn, one in backend["managed_policies"].items()
            if not isinstance(one, AWSManagedPolicy)
        }
        return {**backend, "aws_managed_policies": [], "managed_policies": own}
    if service == "s3":
        buckets = backend["buckets"].items()
        return {**backend, "buckets": {name: {**vars(it), "keys": {}} for name, it in buckets}}
    return backend


@dataclass(frozen=True, slots=True)
class Moment:
    """AWS as a call left it."""

    call: str
    """As number and service.Operation; nothing for the start."""
    kept: Saved | None

    @property
    def saved(self) -> Saved:
        """To go back to; only of those that the walk was to keep."""
        assert self.kept is not None, self.call
        return self.kept


@dataclass(slots=True)
class Walk:
    """What a run went through."""

    scene: Scene
    moments: list[Moment]
    every: int = 1
    """Of so many states one is kept, with the first and the last: to keep one takes long."""
    outcome: Outcome = field(default_factory=Outcome)
    calls: int = 0
    writes: int = 0
    idle: int = 0
    """Calls that left AWS as it was."""
    _last: bytes = b""
    _looked: set[str] = field(default_factory=set)

    def go(self, *, destroy: bool) -> Walk:
        """Carry out the plan, and keep AWS as it is whenever a call has changed it."""
        self.scene.restart()
        plan = self.scene.settled_plan(destroy=destroy)
        self._last = digest()
        self._keep("")
        FAULTS.clear()
        FAULTS.add(Fault("*", kind="call", times=None, call=self._before))
        FAULTS.add(Fault("*", kind="call", times=None, after=True, call=self._after))
        self.outcome = self.scene.carry_out(plan)
        FAULTS.clear()
        if self.moments[-1].kept is None:
            self.moments[-1] = Moment(self.moments[-1].call, Saved(self.scene.aws))
        return self

    def _before(self, call: str) -> None:
        """Nothing but calls changes AWS: before this one it is as after the one before.

        In `make test` before the first write of each service: it takes as long as the call.
        """
        service = call.partition(".")[0]
        if is_write(call) and (LONG or service not in self._looked):
            self._looked.add(service)
            assert digest() == self._last, call

    def _after(self, call: str) -> None:
        self.calls += 1
        self.writes += is_write(call)
        now = digest()
        if now == self._last:
            self.idle += 1
            return
        self._last = now
        self._keep(f"{self.calls} {call}")

    def _keep(self, call: str) -> None:
        kept = Saved(self.scene.aws) if len(self.moments) % self.every == 0 else None
        self.moments.append(Moment(call, kept))


def walk(scene: Scene, *, destroy: bool = False, every: int = 1) -> Walk:
    """Every state of a run of the scene, or one in so many of them to go back to."""
    return Walk(scene, [], every).go(destroy=destroy)
