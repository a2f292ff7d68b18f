"""One step of a plan: check the guard, fill in outputs, send the calls, wait, verify."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.aws.ending import Ended, StepError, foreign, unfinished
from reconciler.aws.errors import INCOMPLETE, AwsError, Gone, Rejected, Retry
from reconciler.aws.outputs import Outputs
from reconciler.aws.recheck import planned_key, watched
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.single import Single, value_at
from reconciler.model.address import Address
from reconciler.model.change import Action, Call, Observed, Status
from reconciler.model.event import CallFailed, CallSent, Sink, StepWaiting
from reconciler.model.plan import SUFFIX, Step
from reconciler.model.value import Props
from reconciler.plan import calls
from reconciler.plan.diff import TAGS, compare, guard, removed
from reconciler.resources.api import NAME_TAG, OWNERSHIP, Lifecycle, Place, Resource

PAUSES = (1.0, 3.0, 6.0)
"""Seconds between the looks at a type without a state, until what was written shows."""
DEFAULT_LIFECYCLE = Lifecycle(field="", ready=frozenset(), busy=frozenset(), timeout=600.0)


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
        self.outputs = Outputs(resources, place)
        self._shared: set[Address] = set()
        """What another run may be at too: it is compared at the end, whatever its type."""

    def run(self, step: Step) -> Ended:
        """Carry out one step.

        Raises:
            StepError: the resource is not as planned, or did not become as asked.
            AwsError: AWS did not do it.
        """
        resource = self.resources[step.address.type]
        match step.action:
            case Action.DELETE:
                self._delete(step, resource)
                return Ended()
            case Action.CREATE | Action.REPLACE:
                return self._create(step, resource)
            case _:
                return self._update(step, resource)

    # -- the three kinds of step

    def _create(self, step: Step, resource: Resource) -> Ended:
        first, *rest = step.calls
        there = self._look(step, resource) if resource.upsert else self._found(step, resource)
        if there:
            self._take_over(step, there)
        if not there or (resource.upsert and not self._arrived(step, resource, there)):
            there = self._make(step, resource, first)
        if there and (ended := self._arrived(step, resource, there)):
            return ended
        marked = there.tags if there else None
        live = self._settle(step, resource, tags=marked) if rest else None
        for call in self._left(step, resource, live or there) if there else rest:
            self._send(step, resource, call)
        return self._finish(step, resource)

    def _left(self, step: Step, resource: Resource, there: Observed) -> tuple[Call, ...]:
        """What an earlier try has still to do; naming a key twice would be an error."""
        left = compare(step.address, self.outputs.resolved(step.desired), there, resource)
        return calls.update(left, resource, self.place)

    def _make(self, step: Step, resource: Resource, call: Call) -> Observed | None:
        """Create it; what an earlier try made is taken over."""
        try:
            self._send(step, resource, call)
        except (Rejected, Retry) as error:
            named = error.code == INCOMPLETE and resource.find is None
            look = self._look if named or isinstance(error, Rejected) else self._found
            if (there := look(step, resource)) is None:
                raise
            self._take_over(step, there, error)
            return there
        return None

    def _found(self, step: Step, resource: Resource) -> Observed | None:
        """What an earlier try made, named or not, where AWS chose its id."""
        if resource.find is None:
            return None
        tags = {tag["Key"]: tag["Value"] for tag in step.desired.get(TAGS) or ()}
        ours = {key: tags[key] for key in (*OWNERSHIP, NAME_TAG) if key in tags}
        key = resource.find(ReadOnly(self.session, resource.service), ours) if ours else None
        return self.single.read(resource, step.address, step.desired, key=key)

    def _take_over(self, step: Step, there: Observed, error: AwsError | None = None) -> None:
        """Go on with a resource that an earlier, interrupted try of ours has made."""
        kind = self.resources[step.address.type]
        if refused := foreign(step, there, kind, self.place, error):
            raise refused
        self._shared.add(step.address)
        self.outputs.remember(step.address, there.outputs)

    def _update(self, step: Step, resource: Resource) -> Ended:
        live = self._guard(step, resource)
        if live:
            self.outputs.remember(step.address, live.outputs)
            if ended := self._arrived(step, resource, live):
                return ended
            desired = self.outputs.resolved(step.desired)
            if not step.retry and (why := resource.pending.spent(desired, live)):
                raise StepError("APPLY011", why, "`moorline plan` says how to get on")
        self._shared.add(step.address)
        for number, call in enumerate(step.calls):
            if number:
                self._settle(step, resource)
            self._send(step, resource, call)
        return self._finish(step, resource)

    def _arrived(self, step: Step, resource: Resource, live: Observed) -> Ended | None:
        """The end of a step that an earlier run has carried out."""
        desired = self.outputs.resolved(step.desired)
        done = live.status is Status.READY and unfinished(step, desired, live, resource) is None
        return Ended(desired, live) if done else None

    def _delete(self, step: Step, resource: Resource) -> None:
        if self._guard(step, resource) is None:
            return
        for call in step.calls:
            try:
                self._send(step, resource, call)
            except Gone:
                continue
            except (Rejected, Retry):
                if not self._going(step, resource):
                    raise
                break
        if resource.vanishes or step.address in self._shared:
            self._until_gone(step, resource)

    def _going(self, step: Step, resource: Resource) -> bool:
        """Whether a refused deletion is one that has begun: the reply to it was lost."""
        key = planned_key(step, resource)
        live = self.single.read(resource, step.address, (), tags={}, key=key)
        if live is None:
            return True
        steady = resource.lifecycle.in_use if resource.lifecycle else frozenset()
        return resource.vanishes and live.status is Status.BUSY and live.reason not in steady

    # -- looking

    def _look(self, step: Step, resource: Resource) -> Observed | None:
        return self.single.read(resource, step.address, step.desired, key=self._key(step, resource))

    def _key(self, step: Step, resource: Resource) -> Props | None:
        """Address a resource by the id that its own create call gave, where it has no name yet."""
        arn = self.outputs.of(step.address).get("Arn")
        known = resource.found_by_tag and arn and not step.id.endswith(SUFFIX)
        return {next(iter(resource.read.params)): arn} if known else None

    def _guard(self, step: Step, resource: Resource) -> Observed | None:
        """Look once more; the resource must be as the plan saw it.

        Raises:
            StepError: it moved, or it is not ours any more.
        """
        wanted = watched(step, resource)
        live = self.single.read(resource, step.address, wanted, key=planned_key(step, resource))
        if live is None:
            if step.action is Action.DELETE:
                return None
            raise StepError("APPLY001", f"{str(step.address)!r} is gone since the plan was made")
        if live.status is Status.BUSY:
            live = self._settle(step, resource, wanted, live.tags)
        deletes = step.action is Action.DELETE
        seen = removed(live, resource) if live and deletes else live
        moved = seen and step.guard and guard(seen, resource) != step.guard
        if live and moved and (deletes or not self._arrived(step, resource, live)):
            message = f"{str(step.address)!r} has changed since the plan was made"
            raise StepError("APPLY001", message, "plan again and review what moved")
        return live

    # -- waiting

    def _settle(
        self,
        step: Step,
        resource: Resource,
        wanted: set[str] | None = None,
        tags: Mapping[str, str] | None = None,
    ) -> Observed | None:
        """Wait until the resource can be worked on.

        Tags are taken as given, else as this step has sent them: they are not read each time.

        Raises:
            StepError: it failed, vanished, or took too long.
        """
        lifecycle = resource.lifecycle
        if lifecycle is None:
            return None
        tags = tags or {tag["Key"]: tag["Value"] for tag in step.desired.get(TAGS) or ()}
        deadline = self.session.clock.now() + lifecycle.timeout
        while True:
            live = self.single.read(
                resource,
                step.address,
                wanted or step.desired,
                tags=tags or None,
                key=self._key(step, resource),
            )
            if live is None:
                raise StepError("APPLY004", f"{str(step.address)!r} vanished while it was made")
            if live.status is Status.FAILED:
                raise StepError("APPLY005", f"{str(step.address)!r} failed: {live.reason}")
            if live.status is Status.READY:
                self.outputs.remember(step.address, live.outputs)
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

    def _finish(self, step: Step, resource: Resource) -> Ended:
        """Wait, then compare what is live with what was asked.

        Raises:
            StepError: AWS says it is done, and it is not as asked.
        """
        live = self._settle(step, resource)
        pauses = [*PAUSES] if live is None else []
        if step.address in self._shared:
            live = live or self._look(step, resource)
        if live is None:
            return Ended(self.outputs.resolved(step.desired, partly=True))
        desired = self.outputs.resolved(step.desired)
        while error := unfinished(step, desired, live, resource):
            if not pauses:
                if self._stays(step, resource, live, error):
                    break
                raise error
            self.session.clock.sleep(pauses.pop(0))  # reads of a type without state may lag
            live = self._look(step, resource) or live
        return Ended(desired, live)

    def _stays(self, step: Step, resource: Resource, live: Observed, error: StepError) -> bool:
        """Whether no call can change what is left, such as an address that never confirmed."""
        found = error.code == "APPLY008" and resource.lifecycle is None
        return found and not self._left(step, resource, live)

    def _send(self, step: Step, resource: Resource, call: Call) -> None:
        params = self.outputs.resolved(call.params)
        if self.outputs.undoes(step.address, call.method, params):
            return
        before = (clock := self.session.clock).now()
        try:
            answer = self.session.send(
                call.service,
                call.method,
                params,
                subject=step.address.name,
                absent=resource.absent if step.action is Action.DELETE else (),
                transient=resource.transient,
                # a second create call would make a second resource where AWS chooses the id
                repeatable=not (resource.found_by_tag and call.method == resource.create.method),
            )
        except AwsError as error:
            spent = clock.now() - before
            if error.code != INCOMPLETE or call.outputs:
                self.sink(CallFailed(step.id, call, before, spent, self.session.tried, error.code))
                raise
            self._shared.add(step.address)  # AWS said yes: what it did is seen at the end
            answer = {}
        outputs = {name: value_at(answer, path) for name, path in call.outputs.items()}
        self.outputs.remember(step.address, outputs)
        self.outputs.answered(step.address, call.method, answer)
        self.sink(CallSent(step.id, call, before, clock.now() - before, self.session.tried))
