"""One step of a plan: check the guard, send the calls, wait, verify.

Outputs of finished steps are put into the calls of later ones here.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping

from reconciler.aws.errors import AwsError, Gone, Rejected
from reconciler.aws.session import Session
from reconciler.aws.single import Single
from reconciler.diff import compare, guard
from reconciler.live import owned
from reconciler.model.address import Address
from reconciler.model.change import Action, Call, Observed, Status
from reconciler.model.event import CallSent, Sink, StepWaiting
from reconciler.model.plan import SUFFIX, Step
from reconciler.model.value import Json, Props, Ref, resolve
from reconciler.resources.api import OWNERSHIP, Lifecycle, Place, Resource, fill

DEFAULT_LIFECYCLE = Lifecycle(field="", ready=frozenset(), busy=frozenset(), timeout=600.0)


class StepError(Exception):
    """A step cannot go on. `code` is a diagnostic code; `help` says what to do."""

    def __init__(self, code: str, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.code = code
        self.help = hint


class Runner:
    """Runs steps and remembers the outputs of what was made."""

    def __init__(
        self, session: Session, resources: Mapping[str, Resource], place: Place, sink: Sink
    ) -> None:
        self.session = session
        self.resources = resources
        self.place = place
        self.single = Single(session, place)
        self.sink = sink
        self._outputs: dict[Address, dict[str, Json]] = {}
        self._keys: dict[Address, str] = {}
        self._lock = threading.Lock()

    def run(self, step: Step) -> None:
        """Carry out one step.

        Raises:
            StepError: the resource is not as planned, or did not become as asked.
            AwsError: AWS did not do it.
        """
        resource = self.resources[step.address.type]
        match step.action:
            case Action.DELETE:
                self._delete(step, resource)
            case Action.CREATE | Action.REPLACE:
                self._create(step, resource)
            case _:
                self._update(step, resource)

    # -- the three kinds of step

    def _create(self, step: Step, resource: Resource) -> None:
        if resource.upsert and (there := self._look(step, resource)) is not None:
            self._take_over(step, resource, there)
        first, *rest = step.calls
        try:
            self._send(step, resource, first)
        except Rejected as error:
            there = self._look(step, resource)
            if there is None:
                raise
            self._take_over(step, resource, there, error)
        self._settle(step, resource)
        for call in rest:
            self._send(step, resource, call)
        self._finish(step, resource)

    def _take_over(
        self,
        step: Step,
        resource: Resource,
        there: Observed,
        error: AwsError | None = None,
    ) -> None:
        """Go on with a resource that an earlier, interrupted try of ours has made."""
        if not owned(there, self.place):
            detail = f" ({error})" if error else ""
            message = f"{str(step.address)!r} exists and is not ours{detail}"
            raise StepError("APPLY003", message, f"take it over with `--adopt {step.address}`")
        if (there.tags or {}).get(OWNERSHIP[2], step.spec) != step.spec:
            raise StepError("APPLY003", f"{str(step.address)!r} belongs to another spec of ours")
        self._remember(step.address, resource, there.outputs)

    def _update(self, step: Step, resource: Resource) -> None:
        live = self._guard(step, resource)
        self._remember(step.address, resource, live.outputs if live else {})
        for call in step.calls:
            self._send(step, resource, call)
            self._settle(step, resource)
        self._finish(step, resource)

    def _delete(self, step: Step, resource: Resource) -> None:
        if self._guard(step, resource) is None:
            return
        for call in step.calls:
            try:
                self._send(step, resource, call)
            except Gone:
                continue
        if resource.vanishes:
            self._until_gone(step, resource)

    # -- looking

    def _look(self, step: Step, resource: Resource) -> Observed | None:
        return self.single.read(resource, step.address, step.desired, key=self._key(step, resource))

    def _key(self, step: Step, resource: Resource) -> Props | None:
        """Address a resource by the id that its own create call gave, where it has no name yet."""
        with self._lock:
            arn = self._outputs.get(step.address, {}).get("Arn")
        known = resource.found_by_tag and arn and not step.id.endswith(SUFFIX)
        return {next(iter(resource.read.params)): arn} if known else None

    def _guard(self, step: Step, resource: Resource) -> Observed | None:
        """Look once more; the resource must be as the plan saw it.

        Raises:
            StepError: it moved, or it is not ours any more.
        """
        wanted = set(step.desired)
        if step.action is Action.DELETE:
            wanted = {part.prop for part in resource.parts if part.last}
            wanted |= {"ProductionVariants"} if resource.content_named else set()
        live = self.single.read(resource, step.address, wanted, key=_planned_key(step, resource))
        if live is None:
            if step.action is Action.DELETE:
                return None
            raise StepError("APPLY001", f"{str(step.address)!r} is gone since the plan was made")
        if live.status is Status.BUSY:
            live = self._settle(step, resource, wanted)
        if step.guard and live and guard(live, resource) != step.guard:
            message = f"{str(step.address)!r} has changed since the plan was made"
            raise StepError("APPLY001", message, "plan again and review what moved")
        return live

    # -- waiting

    def _settle(
        self, step: Step, resource: Resource, wanted: set[str] | None = None
    ) -> Observed | None:
        """Wait until the resource can be worked on.

        Raises:
            StepError: it failed, vanished, or took too long.
        """
        lifecycle = resource.lifecycle
        if lifecycle is None:
            return None
        deadline = self.session.clock.now() + lifecycle.timeout
        while True:
            live = self.single.read(
                resource, step.address, wanted or step.desired, key=self._key(step, resource)
            )
            if live is None:
                raise StepError("APPLY004", f"{str(step.address)!r} vanished while it was made")
            if live.status is Status.FAILED:
                raise StepError("APPLY005", f"{str(step.address)!r} failed: {live.reason}")
            if live.status is Status.READY:
                self._remember(step.address, resource, live.outputs)
                return live
            self._pause(step, lifecycle, live.reason, deadline)

    def _until_gone(self, step: Step, resource: Resource) -> None:
        lifecycle = resource.lifecycle or DEFAULT_LIFECYCLE
        deadline = self.session.clock.now() + lifecycle.timeout
        while (live := self.single.read(resource, step.address, (), tags={})) is not None:
            if live.status is Status.FAILED:
                raise StepError("APPLY005", f"{str(step.address)!r} was not deleted: {live.reason}")
            self._pause(step, lifecycle, live.reason or "deleting", deadline)

    def _pause(self, step: Step, lifecycle: Lifecycle, state: str, deadline: float) -> None:
        clock = self.session.clock
        if self.session.interrupted():
            message = f"interrupted while AWS works on {str(step.address)!r} ({state})"
            raise StepError("APPLY010", message, "run apply again: it goes on where AWS is")
        if clock.now() >= deadline:
            message = f"{str(step.address)!r} is still {state!r} after {lifecycle.timeout:.0f} s"
            raise StepError("APPLY006", message, "run apply again: it goes on where AWS is")
        self.sink(StepWaiting(step.id, step.address, state, clock.now()))
        clock.sleep(lifecycle.poll)

    def _finish(self, step: Step, resource: Resource) -> None:
        """Wait, then compare what is live with what was asked.

        Raises:
            StepError: AWS says it is done, and it is not as asked.
        """
        live = self._settle(step, resource)
        if live is None:
            return
        desired = self._resolved(step.desired)
        if problem := resource.verify(desired, live):
            raise StepError("APPLY007", problem, "`moorline plan` shows the change as pending")
        left = compare(step.address, desired, live, resource).fields
        if left:
            paths = ", ".join(".".join(change.path) for change in left)
            message = f"AWS accepted the change of {str(step.address)!r}, but {paths} is as before"
            raise StepError("APPLY008", message, "`moorline plan` shows what is pending")

    # -- sending

    def _send(self, step: Step, resource: Resource, call: Call) -> None:
        clock = self.session.clock
        before = clock.now()
        answer = self.session.send(
            call.service,
            call.method,
            self._resolved(call.params),
            subject=step.address.name,
            absent=resource.absent if step.action is Action.DELETE else (),
            transient=resource.transient,
            # a second create call would make a second resource where AWS chooses the id
            repeatable=not (resource.found_by_tag and call.method == resource.create.method),
        )
        outputs = {name: _at(answer, path) for name, path in call.outputs.items()}
        if outputs:
            self._remember(step.address, resource, outputs)
        event = CallSent(step.id, call, before, clock.now() - before, self.session.tried)
        self.sink(event)

    def _remember(self, address: Address, resource: Resource, outputs: Props) -> None:
        known = {name: value for name, value in outputs.items() if value is not None}
        with self._lock:
            self._outputs.setdefault(address, {}).update(known)
        if resource.found_by_tag and "Arn" in known:
            self._keys[address] = str(known["Arn"])

    def _resolved(self, value: Json) -> Json:
        return resolve(value, self._value)

    def _value(self, ref: Ref) -> Json:
        """An output of a step that has run.

        Raises:
            StepError: the plan has this step before the one it needs.
        """
        with self._lock:
            known = self._outputs.get(ref.target, {})
            if ref.output in known:
                return known[ref.output]
        resource = self.resources[ref.target.type]
        slots = self.place.slots(ref.target.name)
        for follows in (resource.named, resource.predict):
            if ref.output in follows:
                return fill(follows[ref.output], slots)
        message = f"{ref.output} of {str(ref.target)!r} is not known yet"
        raise StepError("APPLY009", message)


def _planned_key(step: Step, resource: Resource) -> Props | None:
    """A resource found by tag is changed and deleted by the id its plan named.

    Its alias, which is the other way to it, may be what is missing (``TargetKeyId``).
    """
    if not resource.found_by_tag:
        return None
    param = next(iter(resource.key))
    named = (item for call in step.calls for item in call.params.items())
    ids = [value for key, value in named if key.endswith(param) and isinstance(value, str)]
    return {next(iter(resource.read.params)): ids[0]} if ids else None


def _at(body: Json, path: tuple[str, ...]) -> Json:
    for key in path:
        if not isinstance(body, Mapping):
            return None
        body = body.get(key)
    return body
