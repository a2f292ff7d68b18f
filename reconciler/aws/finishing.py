"""The end of a step that makes or changes something: AWS shows it, and it is as asked."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping

from reconciler.aws.ending import Ended, StepError, not_shown, unfinished, vanished
from reconciler.aws.finding import NOT_SHOWN, Finder
from reconciler.model.address import Address
from reconciler.model.change import Call, Observed
from reconciler.model.plan import Step
from reconciler.resources.api import Resource

Settle = Callable[[Step, Resource], Observed | None]
Left = Callable[[Step, Resource, Observed], tuple[Call, ...]]


class Finisher:
    """Ends steps of a run. `settle` waits until AWS is done; `left` is what is still to do."""

    def __init__(
        self, finder: Finder, resources: Mapping[str, Resource], settle: Settle, left: Left
    ) -> None:
        self.finder = finder
        self.rosters = finder.rosters
        self.outputs = finder.outputs
        self.resources = resources
        self.shared: set[Address] = set()
        """What another run may be at too: it is compared at the end, whatever its type."""
        self._settle = settle
        self._left = left
        self._lock = threading.Lock()
        self._unseen: dict[str, list[Step]] = {}

    def finish(self, step: Step, resource: Resource) -> Ended:
        """Wait until AWS shows it, then compare what is live with what was asked.

        Of what this step alone has made, and AWS is not at work on, it is enough that it is there:
        AWS took each call, and a look at all its parts would cost as many calls as making it.
        Where listings have its type, one look at the end serves for all of them; see `unseen`.

        Raises:
            StepError: AWS says it is done, and it is not as asked.
        """
        if self._is_seen_later(step, resource):
            with self._lock:
                self._unseen.setdefault(step.address.type, []).append(step)
            return Ended(self.outputs.resolved(step.desired, partly=True))
        return self.shown(step)

    def _is_seen_later(self, step: Step, resource: Resource) -> bool:
        """Whether nothing is left to be known of a new resource but that it shows."""
        given = resource.outputs.keys() <= resource.created.keys() | resource.predict.keys()
        works = resource.lifecycle is not None and resource.lifecycle.grows
        alone = step.address not in self.shared
        return given and alone and not works and self.rosters.serve(resource)

    def pending(self, type_: str) -> bool:
        """Whether something of a type was made that nobody has seen yet."""
        with self._lock:
            return type_ in self._unseen

    def unseen(self, type_: str) -> list[Step]:
        """Steps that have made something of a type which no listing shows yet; each is told once.

        One listing is made for all, after the last of them.
        """
        with self._lock:
            steps = self._unseen.pop(type_, [])
        resource = self.resources[type_]
        if not steps:
            return []
        names = self.rosters.names(resource, [step.address for step in steps]) or ()
        return [step for step in steps if step.address.name not in names]

    def shown(self, step: Step) -> Ended:
        """Look until AWS shows what a step has left, and compare it.

        Raises:
            StepError: AWS says it is done, and it is not as asked.
        """
        resource = self.resources[step.address.type]
        patience = self.finder.patience(step)
        alone = step.address not in self.shared
        while True:
            live = self._ended(step, resource, alone=alone)
            if live and alone and resource.lifecycle is None:
                seen = live if resource.generic else None  # one read has all of it
                return Ended(self.outputs.resolved(step.desired, partly=True), seen)
            desired = self.outputs.resolved(step.desired)
            error = unfinished(step, desired, live, resource) if live else vanished(step)
            if live and error is None:
                return Ended(desired, live)
            if patience.waits(self.finder.fresh.shows(step.address), NOT_SHOWN):
                continue
            if live and error and self._stays(step, resource, live, error):
                return Ended(desired, live)
            raise error or vanished(step)

    def _ended(self, step: Step, resource: Resource, *, alone: bool) -> Observed | None:
        """The resource at the end of its step; with the tags that its service shows, if shared."""
        live = self._settle(step, resource)
        if live is None:
            key = self.finder.key(step, resource)
            if alone:
                wanted = step.desired if resource.generic else ()
                live = self.finder.read(step, resource, wanted, tags={}, key=key)
            else:
                live = self.finder.look(step, resource)
        elif resource.tags and not alone:
            live = self.finder.with_tags(step, resource, live)
        if live:
            self.outputs.remember(step.address, live.outputs)
        return live

    def _stays(self, step: Step, resource: Resource, live: Observed, error: StepError) -> bool:
        """Whether no call can change what is left, such as an address that never confirmed."""
        found = error.code == "APPLY008" and resource.lifecycle is None
        if found and resource.generic:
            return not_shown(step, self.outputs.resolved(step.desired), live, resource)
        return found and not self._left(step, resource, live)
