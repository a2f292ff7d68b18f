"""The whole life of a spec of kind Resource, of whatever type, and one that is killed."""

from __future__ import annotations

import json
import pickle
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from engine.platform import FAULTS, Clients, Platform, Run, spec

from reconciler import engine
from reconciler.aws.limiter import Limiter
from reconciler.aws.session import Session
from reconciler.facts import facts, served_types
from reconciler.model.change import Action
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt, left_open
from reconciler.receipts.collect import Collector, Run as Named
from reconciler.resources import api as resources
from reconciler.resources.cloudcontrol.paths import values
from reconciler.sandbox.door.faults import Fault
from reconciler.sandbox.inprocess import Sandbox
from reconciler.sandbox.services.cloudcontrol import faults, types
from reconciler.sandbox.services.cloudcontrol.schema import _validator
from reconciler.sandbox.services.cloudcontrol.store import all_records, cloudcontrol_backends

from .values import Drawn
from .world import SandboxClock

NAME = "drawn"
NAMES = Named("r", "somebody", "2026-11-23T00:00:00Z")


class Killed(BaseException):
    """The process ends here."""


class Refused(Exception):
    """The plan refuses, with its codes: nothing can tell whether it exists."""


class Here(Platform):
    """A platform whose sessions wait by the sandbox's clock."""

    def restart(self) -> None:
        clock = SandboxClock(self.aws)
        limiter = Limiter(clock, unlimited=True)
        clients = Clients(self.site.region, self.site.account)
        self.session = Session(clients, clock=clock, limiter=limiter, wall=clock.now)


def text(type_: str, props: dict[str, Any], keeps: str = "") -> str:
    """A spec; the name of the resource is the conventional one where the type takes that."""
    resource = resources.load()[type_]
    named = resource.name
    usual = resource.fix(f"acme-dev-{NAME}") if named else ""
    if named and named != keeps and _validator(type_).is_valid({**props, named: usual}):
        props = {k: v for k, v in props.items() if k != named}
    shown = json.dumps(props).replace("${", "$${")
    return spec("Resource", NAME, f"\n  type: {type_}\n  properties: {shown}\n")


def draw(seed: int, many: int) -> list[str]:
    """Types that AWS's own handlers serve, and no adapter of ours does."""
    known = sorted(
        type_
        for type_ in served_types()
        if resources.load()[type_].generic and not types.native(type_)
    )
    chosen = Random(seed).sample(known, many)
    return [each for each in chosen if () not in facts(each).permissions.values()]  # RES007


@dataclass
class Life:
    """One type, from nothing to nothing."""

    aws: Sandbox
    drawn: Drawn
    platform: Here = field(init=False)
    said: list[str] = field(default_factory=list)
    last: Receipt | None = None
    """The receipt of the last apply, as a run leaves it."""

    def __post_init__(self) -> None:
        self.platform = Here(self.aws, allow="records, traffic, keys, history, access")

    # -- what a person does

    def plan(self, props: dict[str, Any], *, destroy: bool = False) -> Plan:
        self.platform.restart()
        self.platform.text = text(
            self.drawn.type, props, self.drawn.path[0] if self.drawn.path else ""
        )
        known = self.last.resources if self.last else {}
        applied = {address: record.applied for address, record in known.items()}
        request = self.platform.request(destroy=destroy)
        begun = left_open(self.last) if self.last else frozenset()
        request = replace(request, left=frozenset(applied), applied=applied, begun=begun)
        unshown = {
            address: frozenset(record.applied) - frozenset(record.observed)
            for address, record in known.items()
            if record.observed is not None
        }
        request = replace(request, unshown=unshown)
        plan = engine.make_plan(request, self.platform.session, lambda *_: None)
        errors = [each for each in plan.diagnostics if each.is_error]
        if errors:
            raise Refused(*(f"{each.code}: {each.message}" for each in errors))
        return plan

    def run(self, plan: Plan) -> Run:
        """Carry a plan out; what it notes is kept also where it is killed."""
        heard = Collector(plan, NAMES, resources.load(), self.last)
        try:
            return self.platform.apply(plan, sink=heard)
        finally:
            self.last = heard.receipt("")

    def apply(self, plan: Plan) -> None:
        run = self.run(plan)
        failed = [getattr(e, "message", "") for e in run.events if getattr(e, "code", "")]
        assert (run.failures, run.skipped) == ({}, {}), failed

    def turn(self, props: dict[str, Any], *, destroy: bool = False) -> list[Action]:
        plan = self.plan(props, destroy=destroy)
        self.apply(plan)
        again = self.plan(props, destroy=destroy)
        assert [s.action for s in again.steps] == [], [
            (s.action, [(each.path, each.before, each.after) for each in s.fields])
            for s in again.steps
        ]
        self.said = [f"{d.code} {d.message}" for d in plan.diagnostics]
        return [step.action for step in plan.steps]

    # -- what is there

    def models(self) -> dict[str, dict[str, Any]]:
        return faults.true_models(self.drawn.type)

    def value(self) -> Any:
        (model,) = self.models().values()
        return next(values(model, self.drawn.path), None)

    def drift(self) -> None:
        """Somebody sets the later value by hand."""
        (record,) = all_records(self.drawn.type)
        assert self.drawn.edited is not None
        record.model[self.drawn.path[0]] = self.drawn.edited[self.drawn.path[0]]

    # -- lives

    def whole(self) -> None:
        """Plan, apply, drift, repair, edit, destroy."""
        made, edited = self.drawn.made, self.drawn.edited
        assert self.turn(made) == [Action.CREATE]
        assert len(self.models()) == 1
        if edited:
            self.drift()
            plan = self.plan(made)
            said = [f"{d.code} {d.message}" for d in plan.diagnostics]
            assert [s.action for s in plan.steps] == [Action.UPDATE], ("drift is not seen", said)
            shown = {each.path for step in plan.steps for each in step.fields}
            assert shown == {self.drawn.path}, f"drift is shown at {shown}"
            self.apply(plan)
            assert self.value() == made[self.drawn.path[0]], "repair did not set it"
            assert self.turn(edited) == [Action.UPDATE]
        gone = self.turn(edited or made, destroy=True)
        assert gone == [Action.DELETE], (gone, self.said)
        assert self.models() == {}

    def killed(self, every: int = 1, offset: int = 0) -> int:
        """The same, ended after every so manyeth call of each apply; how many ends there were."""
        made, edited = self.drawn.made, self.drawn.edited
        ends = self._phase(made, every, offset)
        if edited:
            ends += self._phase(edited, every, offset)
        return ends + self._phase(edited or made, every, offset, destroy=True)

    def _phase(
        self, props: dict[str, Any], every: int, offset: int, *, destroy: bool = False
    ) -> int:
        """Begin from the same state for each call, and let the next runs finish."""
        ends, number = 0, 1 + offset
        while True:
            start = _kept()
            last = self.last
            plan = self.plan(props, destroy=destroy)
            fault = FAULTS.add(Fault("*", kind="call", after=True, nth=number, call=_kill))
            try:
                self.run(plan)
            except Killed:
                pass
            finally:
                FAULTS.clear()
            over = not fault.fired
            self._finish(props, destroy=destroy)
            if over:
                return ends
            ends += 1
            number += every
            _restore(start)
            self.last = last

    def _finish(self, props: dict[str, Any], *, destroy: bool) -> None:
        for _ in range(3):
            self.aws.clock.advance(30)
            plan = self.plan(props, destroy=destroy)
            if not plan.steps:
                break
            self.run(plan)
        assert not self.plan(props, destroy=destroy).steps, "it does not come to rest"
        models = self.models()
        assert len(models) == (0 if destroy else 1), f"there are {len(models)}"


def _kill(_: str) -> None:
    raise Killed


PARTS = ("records", "requests", "tokens", "held")


def _kept() -> bytes:
    """What Cloud Control has, to be put back later."""
    return pickle.dumps(
        {
            (account, region): {name: getattr(backend, name) for name in PARTS}
            for account, regions in cloudcontrol_backends.items()
            for region, backend in regions.items()
        }
    )


def _restore(kept: bytes) -> None:
    was = pickle.loads(kept)
    for account, regions in cloudcontrol_backends.items():
        for region, backend in regions.items():
            for name in PARTS:
                setattr(backend, name, was.get((account, region), {}).get(name, {}))
