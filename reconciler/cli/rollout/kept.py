"""What is kept of one action of a rollout: a receipt as of an apply, under the same lease."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from reconciler.aws.apply import Interrupt
from reconciler.cli.world import notes, receipts
from reconciler.model.change import Action, Reason
from reconciler.model.event import CallFailed, CallSent, StepFailed, StepFinished, StepStarted
from reconciler.model.plan import Plan, Step
from reconciler.model.receipt import ReceiptError, Result, StepRecord
from reconciler.rollout.values import Act

if TYPE_CHECKING:
    from reconciler.aws.rollout.driving import Look
    from reconciler.aws.rollout.sending import Hear, Told
    from reconciler.cli.rollout.scene import Scene
    from reconciler.rollout.values import RolloutAction

BEGINS = "rollout "
"""How the ids of such steps begin; what follows is for people."""


@contextmanager
def kept(scene: Scene, found: Look, *, needed: bool = True) -> Iterator[Hear]:
    """Hold the lease around the calls of one action and write its receipt; yields who hears them.

    Exits before anything is sent when someone else holds the lease, but not what is not `needed`:
    an abort goes on without it, since its marks stop every other driver.
    """
    world, action = scene.world, found.action
    assert action is not None  # noqa: S101 - there is something to send
    carried = _as_before(scene)
    step = _step(scene, found, action)
    plan = Plan(
        environment=scene.view.name,
        platform=scene.view.platform,
        account=scene.view.account,
        region=scene.view.region,
        steps=(step,),
    )
    clock = world.session.clock
    with receipts.kept(world, plan, Interrupt(), needed=needed, carried=carried) as hear:
        hear(StepStarted(step.id, step.address, step.action, clock.now()))

        def told(each: Told) -> None:
            if each.error:
                hear(CallFailed(step.id, each.call, each.at, each.seconds, each.attempts,
                                each.error))  # fmt: skip
            else:
                hear(CallSent(step.id, each.call, each.at, each.seconds, each.attempts))

        try:
            yield told
        except Exception as error:
            code = getattr(error, "code", "") or type(error).__name__
            hear(StepFailed(step.id, step.address, step.action, clock.now(), str(code), ""))
            raise
        desired = {"EndpointConfigName": action.config} if action.config else None
        hear(StepFinished(step.id, step.address, step.action, clock.now(), desired))


def _as_before(scene: Scene) -> tuple[StepRecord, ...]:
    """What an apply before has left undone, which `apply --resume` has to find afterwards as well.

    A step of a rollout applies no spec: what the last apply said of them still holds.
    """
    book = scene.world.book
    book.forget()
    try:
        last = notes.newest(scene.world)
    except ReceiptError:
        return ()
    if last is None:
        return ()
    book.commit, book.specs = last.commit, last.specs
    left = tuple(each for each in last.steps if not each.id.startswith(BEGINS))
    return left if any(each.result is not Result.DONE for each in left) else ()


def _step(scene: Scene, found: Look, action: RolloutAction) -> Step:
    spec = scene.known.spec.id if scene.known is not None else ""
    return Step(f"{BEGINS}{words(found, action)}", scene.address, Action.UPDATE, Reason.DIFFERS,
                spec=spec)  # fmt: skip


def words(found: Look, action: RolloutAction) -> str:
    """``weigh, 25 % of the traffic for candidate: step 2 of 5: all 4 checks are good``."""
    from reconciler.render.vocabulary.rollout import verb, word_of  # noqa: PLC0415
    from reconciler.render.vocabulary.words import count  # noqa: PLC0415

    parts = [verb(str(action.act))]
    if word := word_of(found.signals.word):
        parts = [word if action.act is Act.MARK else f"{word}: {parts[0]}"]
    asked = found.rollout.candidate if found.rollout is not None else ""
    if asked in action.shares:
        parts.append(f"{action.shares[asked] * 100:.4g} % of the traffic for {asked}")
    parts += [f"{count(many, 'instance')} for {name}" for name, many in action.counts.items()]
    parts += [f"to {action.config}"] if action.config else []
    return f"{', '.join(parts)}: {action.why}"
