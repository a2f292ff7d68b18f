"""Delete a resource: every call of it, once for all, and then it is gone for whoever looks."""

from __future__ import annotations

import threading
from collections.abc import Callable

from reconciler.aws import lag
from reconciler.aws.ending import StepError
from reconciler.aws.errors import Gone, Rejected, Retry
from reconciler.aws.finding import Finder
from reconciler.aws.fresh import Fresh
from reconciler.aws.recheck import planned_key
from reconciler.model.change import Call, Observed, Status
from reconciler.model.plan import Step
from reconciler.resources.api import Lifecycle, Resource

DEFAULT_LIFECYCLE = Lifecycle(field="", ready=frozenset(), busy=frozenset(), timeout=600.0)
Send = Callable[[Step, Resource, Call], None]
Pause = Callable[[Step, Lifecycle, str, float], None]


class Remover:
    """Carries out deletions of a run; `pause` waits once for AWS to get on, or raises."""

    def __init__(self, finder: Finder, fresh: Fresh, send: Send, pause: Pause) -> None:
        self.finder = finder
        self.fresh = fresh
        self._send = send
        self._pause = pause
        self._lock = threading.Lock()
        self._taken: dict[str, list[Step]] = {}

    def delete(self, step: Step, resource: Resource) -> None:
        """Delete it, and wait until AWS does not show it any more.

        Raises:
            StepError: it was not deleted, or took too long.
            AwsError: AWS did not do it.
        """
        patience = self.finder.patience(step)
        until = self.finder.soon(lag.budget(lag.SHOWS, resource.service))
        while not self._deleted(step, resource):
            live = self._look(step, resource)
            if live is None or live.status is Status.BUSY:
                break
            if not patience.waits(until, "AWS says that it is gone, and shows it"):
                raise StepError("APPLY006", f"{str(step.address)!r} was not deleted")
        self.fresh.deleted(step.address, resource)
        if resource.operation is not None:
            return  # its end was waited for
        works = resource.vanishes or resource.lifecycle is not None
        if works or not self.finder.rosters.serve(resource):
            self.until_gone(step, resource)
        else:  # AWS took it, so a look decides nothing: one listing shows when all are gone
            with self._lock:
                self._taken.setdefault(step.address.type, []).append(step)

    def pending(self, type_: str) -> bool:
        """Whether something of a type was deleted that may be listed yet."""
        with self._lock:
            return type_ in self._taken

    def listed(self, resource: Resource) -> list[Step]:
        """Steps that have deleted what a listing shows yet; each is told once."""
        with self._lock:
            steps = self._taken.pop(resource.type, [])
        if not steps:
            return []
        names = self.finder.rosters.names(resource, [step.address for step in steps])
        return [step for step in steps if names is None or step.address.name in names]

    def _deleted(self, step: Step, resource: Resource) -> bool:
        """Send the calls of a deletion; False when AWS said that there was nothing to delete."""
        taken = True
        for call in step.calls:
            try:
                self._send(step, resource, call)
            except Gone:
                taken = False
            except (Rejected, Retry):
                if not self._going(step, resource):
                    raise
                return True
            else:
                taken = True
        return taken

    def _going(self, step: Step, resource: Resource) -> bool:
        """Whether a refused deletion is one that has begun: the reply to it was lost."""
        live = self._look(step, resource)
        if live is None:
            return True
        steady = resource.lifecycle.in_use if resource.lifecycle else frozenset()
        return resource.vanishes and live.status is Status.BUSY and live.reason not in steady

    def until_gone(self, step: Step, resource: Resource) -> None:
        """Where deleting takes no time, what AWS took is done, though it may show for a while."""
        lifecycle = resource.lifecycle or DEFAULT_LIFECYCLE
        deadline = self.finder.soon(lifecycle.timeout)
        patience = self.finder.patience(step)
        while (live := self._look(step, resource)) is not None:
            state = live.reason or "deleting"
            shown = self.fresh.gone(step.address)
            if live.status is not Status.FAILED and resource.vanishes:
                self._pause(step, lifecycle, state, deadline)
            elif patience.waits(shown, state):
                continue
            elif live.status is Status.FAILED:
                raise StepError("APPLY005", f"{str(step.address)!r} was not deleted: {live.reason}")
            else:
                return

    def _look(self, step: Step, resource: Resource) -> Observed | None:
        key = planned_key(step, resource)
        return self.finder.read(step, resource, (), tags={}, key=key)
