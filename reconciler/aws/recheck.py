"""Look at everything a plan touches once more, before the first write. Reads only.

It owns what is read for a step, here and right before the step runs
(`reconciler.aws.step`); whether it moved is decided in `reconciler.plan.moved`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor

from reconciler.aws.errors import AwsError
from reconciler.aws.search import search
from reconciler.aws.session import Session
from reconciler.aws.single import Single
from reconciler.aws.survey import unreadable
from reconciler.model.change import Action, Call, Observed
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import SUFFIX, WIDEN, Plan, Step
from reconciler.model.value import Json, Props
from reconciler.plan.derived import forged
from reconciler.plan.diff import guard
from reconciler.plan.moved import moved
from reconciler.plan.narrowing import left
from reconciler.resources.api import Place, Resource
from reconciler.resources.generic import IDENTIFIER

MOVED = "STALE009"
FORGED = "STALE011"
WORKERS = 16


def recheck(
    plan: Plan, session: Session, resources: Mapping[str, Resource], place: Place
) -> list[Diagnostic]:
    """What moved since a plan was made, and what could not be read; nothing else is looked at."""
    look = _Look(plan, session, resources, place)
    if not look.steps:
        return []
    with ThreadPoolExecutor(WORKERS) as pool:
        return [found for found in pool.map(look.at, look.steps) if found]


class _Look:
    def __init__(
        self, plan: Plan, session: Session, resources: Mapping[str, Resource], place: Place
    ) -> None:
        self.all = {step.id: step for step in plan.steps}
        self.session = session
        self.resources = resources
        self.place = place
        self.single = Single(session, place)
        # the new half of a replacement is judged with the old one, which is still there
        self.steps = [step for step in plan.steps if step.id + SUFFIX not in self.all]

    def at(self, step: Step) -> Diagnostic | None:
        resource = self.resources[step.address.type]
        made = self.all.get(step.id.removesuffix(SUFFIX)) if step.id.endswith(SUFFIX) else None
        try:
            live = self._read(step, resource, made)
        except AwsError as error:
            return unreadable(error, step.address)
        live = self._meanwhile(step, live, resource)
        how = moved(step, live, resource, self.place, made)
        last = self.all.get(step.id.removesuffix(WIDEN), step)
        if how and last is not step and not moved(last, live, resource, self.place):
            return None  # an earlier run of the plan has done both halves
        if how:
            help_ = "nothing was changed; plan again and review what moved"
            return _found(MOVED, step, how, help_)
        if how := forged(step, live, resource, self.place, made):
            help_ = "nothing was changed; somebody wrote this file: make the plan again"
            return _found(FORGED, step, how, help_)
        return None

    def _meanwhile(self, step: Step, live: Observed | None, resource: Resource) -> Observed | None:
        """What a step will find: of the second half of a change, what the first will have left."""
        first = self.all.get(step.id + WIDEN)
        if first is None or live is None or guard(live, resource) != first.guard:
            return live
        return left(first, live, resource)

    def _read(self, step: Step, resource: Resource, made: Step | None) -> Observed | None:
        key = planned_key(step, resource)
        if step.action is Action.CREATE:
            key = self._begun(step, resource)
        wanted = watched(step, resource) | set(made.desired if made else ())
        return self.single.read(resource, step.address, wanted, key=key)

    def _begun(self, step: Step, resource: Resource) -> Props | None:
        """The id of what an interrupted run made and had not named yet."""
        return search(self.session, resource, step.desired)


def _found(code: str, step: Step, how: str, help_: str) -> Diagnostic:
    text = f"{str(step.address)!r} {how}"
    return Diagnostic(code, text, help=help_, address=step.address)


def watched(step: Step, resource: Resource) -> set[str]:
    """The properties that the guard of a step covers."""
    if step.action is not Action.DELETE:
        return set(step.desired)
    wanted = {part.prop for part in resource.parts if part.last}
    return wanted | ({"ProductionVariants"} if resource.content_named else set())


def planned_key(step: Step, resource: Resource) -> Props | None:
    """A resource found by tag is changed and deleted by the id its plan named.

    Its alias, which is the other way to it, may be what is missing (``TargetKeyId``).
    """
    if resource.generic:
        ids = [call.params.get(IDENTIFIER) for call in step.calls]
        ids += [each for call in step.calls for each in _by_service(call, resource)]
        known = next((each for each in ids if isinstance(each, str)), "")
        return {"TypeName": resource.type, IDENTIFIER: known} if known else None
    if not resource.found_by_tag:
        return None
    param = next(iter(resource.key))
    named = (item for call in step.calls for item in call.params.items())
    ids = [value for key, value in named if key.endswith(param) and isinstance(value, str)]
    return {next(iter(resource.read.params)): ids[0]} if ids else None


def _by_service(call: Call, resource: Resource) -> Iterator[Json]:
    """The identifier in a call of the type's own service: a parameter called like it, or an ARN."""
    if call.service == resource.service or resource.generic is None:
        return
    outputs = {name.casefold() for name in resource.outputs if not name.endswith("Arn")}
    for name, value in call.params.items():
        if name.casefold() in outputs:
            yield value
        elif isinstance(value, str) and value.startswith("arn:"):
            yield from (key[IDENTIFIER] for key in resource.generic.by_arn(value)[:1])
