"""Rollouts that go step by step, as the verbs know them: how each is driven, judged and shown."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from reconciler.aws.errors import AwsError
from reconciler.aws.judging import judge
from reconciler.aws.rollout.beside import beside
from reconciler.aws.rollout.driving import About, Asked, Look, look
from reconciler.cli.world.asking import plainly
from reconciler.cli.world.firing import firing
from reconciler.compile.rollouts import Known, rollouts
from reconciler.model.change import Action
from reconciler.model.value import Json
from reconciler.rollout import marks
from reconciler.rollout.phase import step_share
from reconciler.rollout.shown import Shown, shown
from reconciler.rollout.values import Signals

if TYPE_CHECKING:
    from reconciler.aws.session import Session
    from reconciler.cli.world.live import World
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.plan import Plan, Step
    from reconciler.specs.overlay import EnvironmentView

ENDPOINT = "AWS::SageMaker::Endpoint"
STARTS = "starts"
"""The status of one that the plan starts."""
QUIET = frozenset({"idle"})
"""What a plan has nothing to say of."""


def about_of(session: Session, known: Known, asks: Asked | None = None) -> About:
    """What is driven, and how it is judged; `asks` tells what its spec asks for now."""
    model, analysis = known.spec.model, known.analysis
    return About(
        endpoint=known.endpoint,
        asked=asks or plainly(known),
        judge=judge(session, analysis),
        beside=beside(model),
        alarms=analysis.alarms,
        files=True,
    )


def in_time(session: Session, view: EnvironmentView) -> Session:
    """The session by the clock that AWS goes by: that of a sandbox is faster than the wall's."""
    if not view.spec.sandbox:
        return session
    from reconciler.cli.world.embedded import state_folder  # noqa: PLC0415 - only where it is used
    from reconciler.sandbox import lifecycle  # noqa: PLC0415

    running = lifecycle.find(state_folder())
    if running is None:
        return session

    def now() -> float:
        return float(lifecycle.control(running, "clock")["now"])

    return replace(session, wall=now)


def told(plan: Plan, world: World) -> Plan:
    """The plan with how its rollouts stand, and the ones that it starts.

    Asks AWS only where a spec has such a rollout; what it does not answer is told by the plan.
    """
    found = [*_rows(plan, world)]
    if not found:
        return plan
    said = [each for row_ in found if row_["status"] == STARTS for each in _met(row_, plan, world)]
    return replace(plan, rollouts=tuple(found), diagnostics=(*plan.diagnostics, *said))


def _met(begun: Json, plan: Plan, world: World) -> Iterator[Diagnostic]:
    """What a rollout that starts meets at once."""
    known = rollouts(world.request.specs, world.view)
    yield from firing(world.session, known[str(begun["rollout"])], plan)


def _rows(plan: Plan, world: World) -> Iterator[Json]:
    steps = {step.address.name: step for step in plan.steps if step.address.type == ENDPOINT}
    known = rollouts(world.request.specs, world.view)
    wanted = [each for each in known.values() if each.drive]
    session = in_time(world.session, world.view) if wanted else world.session
    for each in wanted:
        step = steps.get(each.endpoint)
        if step is not None and step.action is Action.DELETE:  # nothing is next for it
            continue
        begun = starts(each, step, world)
        if begun is not None:
            yield begun
            continue
        try:
            found = row(each.name, world, look(session, about_of(session, each)))
        except AwsError:
            continue
        if found["status"] not in QUIET:
            yield found


def stuck(plan: Plan) -> bool:
    """Whether a person has to look at a rollout: what is live is no step of it."""
    return any(each["status"] == "ambiguous" for each in plan.rollouts)


def row(name: str, world: World, found: Look) -> dict[str, Json]:
    """A look as JSON."""
    return shown(
        Shown(
            name=name,
            environment=world.view.name,
            endpoint=found.endpoint,
            now=found.now,
            live=found.reading.live if found.reading is not None else None,
            rollout=found.rollout,
            signals=found.signals,
            action=found.action,
        )
    )


def starts(known: Known, step: Step | None, world: World) -> dict[str, Json] | None:
    """The rollout that a step of the plan starts, by the marks that it writes."""
    if step is None or step.refused:
        return None
    tags = step.desired.get("Tags") or ()
    said = {str(each["Key"]): str(each["Value"]) for each in tags if isinstance(each, dict)}
    begun = marks.read(said)
    if begun is None or begun.fault or begun.ended or step_share(begun, begun.step):
        return None
    empty = Shown(
        name=known.name,
        environment=world.view.name,
        endpoint=known.endpoint,
        now=time.time(),
        live=None,
        rollout=None,
        signals=Signals(),
        action=None,
    )
    rungs = [
        {"share": each.share, "count": each.count, "bake": each.bake, "gate": each.gate,
         "state": "next"}
        for each in begun.steps
    ]  # fmt: skip
    named = {"version": begun.version, "base": begun.base, "middle": begun.middle,
             "target": begun.target, "attempt": begun.attempt}  # fmt: skip
    return {**shown(empty), **named, "status": STARTS, "steps": rungs}
