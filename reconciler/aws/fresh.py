"""What this run has just written, how long AWS may not show it, and the waiting meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple

from reconciler.aws import lag
from reconciler.aws.ending import StepError
from reconciler.aws.session import Session
from reconciler.model.address import Address
from reconciler.model.change import Call, Observed
from reconciler.model.event import Sink, StepWaiting
from reconciler.model.plan import SUFFIX, WIDEN, Step
from reconciler.model.value import references
from reconciler.resources.api import Resource


class Changed(NamedTuple):
    """What an earlier run has changed: for how many seconds that may not show, or decide, yet.

    `allows` is 0 where no right was changed, `gone` where it was not deleted. `mark` is in what
    AWS calls the resource, where that has not its name: the ARN of its kind.
    """

    shows: float
    allows: float = 0.0
    mark: str = ""
    gone: float = 0.0


Earlier = Callable[[], Mapping[Address, Changed]]


class Fresh:
    """Writes of a run by resource, shared by its threads. Times are seconds of its clock."""

    def __init__(self, now: Callable[[], float], earlier: Earlier = dict) -> None:
        """`earlier` says what runs before this one have just changed."""
        self._now = now
        self._earlier: Earlier | None = earlier
        self._looking = threading.Lock()
        self._marks: dict[Address, str] = {}
        self._shows: dict[Address, float] = {}
        self._allows: dict[Address, float] = {}
        self._gone: dict[Address, float] = {}
        self._last: dict[Address, int] = {}
        self._written = 0
        self._refused: set[tuple[str, str]] = set()
        self._lock = threading.Lock()

    def wrote(self, address: Address, call: Call, resource: Resource) -> None:
        """AWS took a call of ours."""
        now = self._now()
        with self._lock:
            self._count(address)
            self._shows[address] = now + lag.budget(lag.SHOWS, call.service)
            if lag.authorises(call.method, resource):
                self._allows[address] = now + lag.budget(lag.ALLOWS, call.service)

    def found(self, address: Address, resource: Resource) -> None:
        """An earlier, interrupted try of ours made it, perhaps just now."""
        with self._lock:
            self._count(address)
            until = self._now() + lag.budget(lag.SHOWS, resource.service)
            self._shows[address] = max(until, self._shows.get(address, 0.0))

    def deleted(self, address: Address, resource: Resource) -> None:
        """AWS took our deletion."""
        with self._lock:
            self._count(address)
            self._gone[address] = self._now() + lag.budget(lag.SHOWS, resource.service)

    @property
    def written(self) -> int:
        """How many writes there were by now, of all resources."""
        with self._lock:
            return self._written

    def last(self, address: Address) -> int:
        """Which of all writes was the last to a resource; 0 without any."""
        with self._lock:
            return self._last.get(address, 0)

    def _count(self, address: Address) -> None:
        self._written += 1
        self._last[address] = self._written

    def shows(self, *addresses: Address) -> float:
        """Until when answers may be from before our writes to these; 0 without any."""
        return self._latest(self._shows, addresses)

    def allows(self, *addresses: Address) -> float:
        """Until when our changes of policies, roles and tags of these may not decide yet."""
        return self._latest(self._allows, addresses)

    def rights(self, step: Step, call: Call | None = None, text: str = "") -> float:
        """Until when a policy may refuse a step, a call of it or a look for want of time."""
        self.recall()
        return self.allows(*self.concerned(step, call, text))

    def recall(self) -> None:
        """Count what earlier runs have changed as well; they are asked of once, in trouble only."""
        with self._looking:
            earlier, self._earlier = self._earlier, None
            for address, changed in (earlier() if earlier else {}).items():
                with self._lock:
                    if changed.gone:
                        self._gone[address] = self._until(self._gone, address, changed.gone)
                        continue
                    self._shows[address] = self._until(self._shows, address, changed.shows)
                    if changed.mark:
                        self._marks[address] = changed.mark
                self.spreads(address, changed.allows)

    def dated(self, address: Address, resource: Resource, live: Observed, wall: float) -> None:
        """Whoever made it minutes ago, its tags and policies may not decide on calls yet."""
        made = live.outputs.get(resource.dated)
        if isinstance(made, datetime):
            age = max(wall - made.timestamp(), 0.0)
            self.spreads(address, lag.budget(lag.ALLOWS, resource.service) - age)

    def spreads(self, address: Address, seconds: float) -> None:
        """For so many seconds from now, rights of a resource may not decide yet."""
        if seconds > 0:
            with self._lock:
                self._allows[address] = self._until(self._allows, address, seconds)

    def _until(self, times: dict[Address, float], address: Address, seconds: float) -> float:
        return max(self._now() + seconds, times.get(address, 0.0))

    def gone(self, *addresses: Address) -> float:
        """Until when what we deleted may still show."""
        return self._latest(self._gone, addresses)

    def _latest(self, times: dict[Address, float], addresses: Iterable[Address]) -> float:
        with self._lock:
            return max((times.get(address, 0.0) for address in addresses), default=0.0)

    def concerned(self, step: Step, call: Call | None = None, text: str = "") -> list[Address]:
        """What of all that was written a step, a call of it or a refusal's text is about."""
        named = {step.address, *(ref.target for ref in references(step.desired))}
        named |= {ref.target for ref in references(call.params)} if call else set()
        needs = {need.removesuffix(SUFFIX).removesuffix(WIDEN) for need in step.needs}
        with self._lock:
            known = {*self._shows, *self._allows, *self._gone}
            marks = dict(self._marks)
        said = f"{text} {step.desired} {call.params if call else ''}" if marks else text
        return [
            address
            for address in known
            if address in named
            or str(address) in needs
            or _names(text, address.name)
            or _names(said, marks.get(address, ""))
        ]

    def lasting(self, call: Call) -> None:
        """A policy refused it all the time: it is no lag, and not waited for again."""
        with self._lock:
            self._refused.add((call.service, call.method))

    def is_lasting(self, call: Call) -> bool:
        """Whether such a call was refused all the time before."""
        with self._lock:
            return (call.service, call.method) in self._refused


def _names(text: str, name: str) -> bool:
    return bool(name) and name in text


class Patience:
    """Waits with growing pauses for AWS to show what it was told.

    A pause counts as long as it was meant, however fast the clock lets it pass.
    """

    def __init__(self, session: Session, sink: Sink, step: Step) -> None:
        self._session = session
        self._sink = sink
        self._step = step
        self._pauses: Iterator[float] = lag.pauses()
        self._ahead = 0.0
        """Seconds that were to be waited, and took no time on the clock."""

    def waits(self, until: float, state: str) -> bool:
        """Pause once; False, at once, when the time is over.

        Raises:
            StepError: the run was interrupted.
        """
        clock, step = self._session.clock, self._step
        began = clock.now()
        left = until - began - self._ahead
        if left <= 0:
            return False
        if self._session.interrupted():
            message = f"interrupted while AWS does not show {str(step.address)!r} yet ({state})"
            raise StepError("APPLY010", message, "run apply again: it goes on where AWS is")
        self._sink(StepWaiting(step.id, step.address, state, began))
        pause = min(next(self._pauses), left)
        clock.sleep(pause)
        self._ahead += max(0.0, pause - (clock.now() - began))
        return True
