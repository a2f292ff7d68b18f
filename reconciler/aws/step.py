"""One step of a plan: check the guard, fill in outputs, send the calls, wait, verify."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from reconciler.aws import lag
from reconciler.aws.awaiting import Awaiting
from reconciler.aws.ending import VANISHED, Ended, StepError, pending, unfinished, vanished
from reconciler.aws.errors import INCOMPLETE, AwsError, Rejected, Retry
from reconciler.aws.finding import NOT_SHOWN, Finder
from reconciler.aws.finishing import Finisher
from reconciler.aws.fresh import Earlier, Fresh
from reconciler.aws.outputs import Outputs
from reconciler.aws.recheck import planned_key, watched
from reconciler.aws.removing import Remover
from reconciler.aws.sending import Sender
from reconciler.aws.session import Session
from reconciler.model.change import Action, Call, Observed, Status
from reconciler.model.event import Sink, StepWaiting
from reconciler.model.plan import Step
from reconciler.plan import calls
from reconciler.plan.diff import TAGS, as_planned, compare, guard
from reconciler.plan.hidden import resends
from reconciler.resources.api import Lifecycle, Place, Resource

Look = Callable[[Step], Ended | None]


class Runner:
    """Runs steps and remembers the outputs of what was made."""

    def __init__(
        self,
        session: Session,
        resources: Mapping[str, Resource],
        place: Place,
        sink: Sink,
        earlier: Earlier = dict,
    ) -> None:
        self.session = session
        self.resources = resources
        self.place, self.sink = place, sink
        self.outputs = Outputs(resources, place)
        self.fresh = Fresh(session.clock.now, earlier)
        self.finder = Finder(session, place, sink, self.outputs, self.fresh)
        self.sender = Sender(session, sink, self.outputs, self.fresh, self._settle)
        self.sender.awaiting = Awaiting(session, sink, self.outputs, self.finder.sought, self._done)
        self.remover = Remover(self.finder, self.fresh, self.sender.send_with_others, self._pause)
        self.finisher = Finisher(self.finder, resources, self._settle, self._left)
        self.lasts: Mapping[str, Step] = {}  # by the first half of a change, the one that ends it
        self._ailing: set[str] = set()  # steps on what had failed: that may be shown for a while

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

    def unseen(self, type_: str) -> bool:
        """Whether steps of a type ended with AWS's yes, and nobody has looked since."""
        return self.finisher.pending(type_) or self.remover.pending(type_)

    def looks(self, type_: str) -> Iterator[tuple[Step, Look]]:
        """The looks that are left to take, after one listing that was for all steps of a type."""
        resource = self.resources[type_]
        for step in self.finisher.unseen(type_):
            self.fresh.found(step.address, resource)  # other steps, and their looks, took long
            yield step, self.finisher.shown
        for step in self.remover.listed(resource):
            yield step, lambda each: self.remover.until_gone(each, resource)

    # -- the three kinds of step

    def _create(self, step: Step, resource: Resource) -> Ended:
        first, *rest = step.calls
        there = self.finder.before(step, resource)
        if there:
            there = self._take_over(step, there)
        if not there or (resource.upsert and not self._arrived(step, resource, there)):
            there = self._make(step, resource, first)
        if there and (ended := self._arrived(step, resource, there)):
            return ended
        marked = there.tags if there else None
        live = self._settle(step, resource, tags=marked) if rest else None
        if there:
            self._complete(step, resource, live or there)
        else:
            for call in rest:
                self._send(step, resource, call)
        return self.finisher.finish(step, resource)

    def _complete(self, step: Step, resource: Resource, there: Observed) -> None:
        """Send what an earlier try has still to do; what it did may not be shown yet."""
        patience = self.finder.patience(step)
        until = self.finder.soon(lag.budget(lag.SHOWS, resource.service))
        while True:
            try:
                for call in self._left(step, resource, there):
                    self._send(step, resource, call)
            except Rejected as error:
                if not lag.exists(error) or not patience.waits(until, f"{error.code}: done before"):
                    raise
                there = self.finder.look(step, resource) or there
            else:
                return

    def _left(self, step: Step, resource: Resource, there: Observed) -> tuple[Call, ...]:
        """What an earlier try has still to do; naming a key twice would be an error."""
        left = compare(step.address, self.outputs.resolved(step.desired), there, resource)
        return calls.update(left, resource, self.place)

    def _make(self, step: Step, resource: Resource, call: Call) -> Observed | None:
        """Create it; what an earlier try made is taken over."""
        try:
            self._send(step, resource, call)
        except (Rejected, Retry) as error:
            told = isinstance(error, Rejected) or error.code == INCOMPLETE
            if not told and resource.find is None:
                raise
            if (there := self.finder.made(step, resource, error)) is None:
                raise
            return self._take_over(step, there, error)
        return None

    def _take_over(self, step: Step, there: Observed, error: AwsError | None = None) -> Observed:
        """Go on with a resource that an earlier, interrupted try of ours has made."""
        kind = self.resources[step.address.type]
        there = self.finder.ours(step, there, kind, error)
        self.finisher.shared.add(step.address)
        self.fresh.found(step.address, kind)
        self.fresh.spreads(step.address, lag.budget(lag.ALLOWS, kind.service))
        self.outputs.remember(step.address, there.outputs)
        return there

    def _update(self, step: Step, resource: Resource) -> Ended:
        live = self._guard(step, resource)
        if live:
            self.outputs.remember(step.address, live.outputs)
            if not resends(step) and (ended := self._arrived(step, resource, live)):
                return ended
            desired = self.outputs.resolved(step.desired)
            if not step.retry and (why := resource.pending.spent(desired, live)):
                raise StepError("APPLY011", why, "`moorline plan` says how to get on")
        self.finisher.shared.add(step.address)
        self.fresh.found(step.address, resource)  # this very step has seen it
        for number, call in enumerate(step.calls):
            if number:
                self._settle(step, resource)
            self._send(step, resource, call)
        return self.finisher.finish(step, resource)

    def _done(self, step: Step, resource: Resource, live: Observed) -> bool:
        """Whether what is live is what a step asks for, as far as all of it can be seen."""
        return not resends(step) and self._arrived(step, resource, live) is not None

    def _arrived(self, step: Step, resource: Resource, live: Observed) -> Ended | None:
        """The end of a step that an earlier run has carried out."""
        desired = self.outputs.resolved(step.desired)
        done = live.status is Status.READY and unfinished(step, desired, live, resource) is None
        done = done and not pending(step, desired, live, resource)
        last = None if done else self.lasts.get(step.id)
        ended = Ended(desired, live) if done else None
        return self._arrived(last, resource, live) if last else ended

    def _delete(self, step: Step, resource: Resource) -> None:
        if self._guard(step, resource) is not None:
            self.remover.delete(step, resource)

    # -- looking

    def _guard(self, step: Step, resource: Resource) -> Observed | None:
        """Look once more; the resource must be as the plan saw it.

        A look may be from before what an earlier run has written, which the plan has seen.

        Raises:
            StepError: it moved, or it is not ours any more.
        """
        patience = self.finder.patience(step)
        while True:
            refused = None
            try:
                if live := self._as_planned(step, resource):
                    return live
            except StepError as error:
                if error.code != "APPLY001":
                    raise
                refused = error
            if not patience.waits(self.finder.shown_by(step), NOT_SHOWN):
                if refused:
                    raise refused
                return None

    def _as_planned(self, step: Step, resource: Resource) -> Observed | None:
        """One look; nothing where what is to be deleted is gone. Raises what `_guard` does."""
        wanted = watched(step, resource)
        deletes = step.action is Action.DELETE
        live = self.finder.removable(step, resource) if deletes else None
        if live is None or not as_planned(step, live, resource):
            live = self.finder.read(step, resource, wanted, key=planned_key(step, resource))
        if live is None:
            if deletes:
                return None
            raise StepError("APPLY001", f"{str(step.address)!r} is gone since the plan was made")
        if live.status is Status.BUSY:
            try:
                live = self._settle(step, resource, wanted, live.tags)
            except StepError as error:
                if deletes and error.code == VANISHED:
                    return None  # an earlier run's deletion has come to its end meanwhile
                raise
        if live:
            self._noted(step, resource, live)
        if live and deletes:
            moved = not as_planned(step, live, resource)
        else:
            moved = bool(live and step.guard and guard(live, resource) != step.guard)
        if live and moved and (deletes or not self._arrived(step, resource, live)):
            message = f"{str(step.address)!r} has changed since the plan was made"
            raise StepError("APPLY001", message, "plan again and review what moved")
        return live

    def _noted(self, step: Step, resource: Resource, live: Observed) -> None:
        """How it stands, and how old it is."""
        if live.status is Status.FAILED:
            self._ailing.add(step.id)
        self.fresh.dated(step.address, resource, live, self.session.wall())

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
        patience = self.finder.patience(step)
        while True:
            live = self.finder.read(
                step,
                resource,
                wanted or step.desired,
                tags=tags or None,
                key=self.finder.key(step, resource),
            )
            fresh = self.fresh.shows(step.address)
            if live is None:
                if patience.waits(fresh, NOT_SHOWN):
                    continue
                raise vanished(step)
            if live.status is Status.FAILED:
                if step.id in self._ailing and patience.waits(fresh, live.reason):
                    continue
                raise StepError("APPLY005", f"{str(step.address)!r} failed: {live.reason}")
            if live.status is Status.READY:
                self.outputs.remember(step.address, live.outputs)
                return live
            self._ailing.discard(step.id)
            self.fresh.found(step.address, resource)  # its last change is not over yet
            self._pause(step, lifecycle, live.reason, deadline)

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

    def _send(self, step: Step, resource: Resource, call: Call) -> None:
        if not self.sender.send(step, resource, call):
            self.finisher.shared.add(step.address)  # AWS said yes: what it did is seen at the end
