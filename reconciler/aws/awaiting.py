"""Requests that go on after they are answered: sent once, and waited for by their token.

Sending and waiting are two loops. A poll that fails is asked again about the same request; only
what is known to have come to nothing is sent again, under another token.
"""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime

from reconciler.aws.ending import StepError
from reconciler.aws.errors import INCOMPLETE, AwsError, Expired, Gone, Rejected, Retry, incomplete
from reconciler.aws.outcomes import Meaning, failed, meaning, told
from reconciler.aws.outputs import Outputs
from reconciler.aws.session import ReadOnly, Session
from reconciler.aws.single import value_at
from reconciler.model.change import Action, Call, Observed
from reconciler.model.event import Sink, StepWaiting
from reconciler.model.plan import Step
from reconciler.model.value import Json
from reconciler.resources.api import Operation, Resource
from reconciler.resources.generic import IDENTIFIER, PRIMARY

AGAIN = 8
"""How often what came to nothing is sent again."""
OTHERS = 900.0
"""Seconds that another request for the same resource is waited for."""
LATEST = 60.0
"""Seconds beyond which a time that AWS names to ask again is not believed."""
LONG, SELDOM = 600.0, 60.0
"""Seconds after which a request is asked for less often, and how often then."""
_TOKEN = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
Send = Callable[[int], Mapping[str, Json]]
Look = Callable[[Step, Resource], Observed | None]
Arrived = Callable[[Step, Resource, Observed], bool]


SPREADING = 300.0
"""Seconds for which a refusal may come of a role that is still spreading."""
SPREAD_POLL = 5.0


class Awaiting:
    """Carries requests of a run to their end."""

    def __init__(
        self, session: Session, sink: Sink, outputs: Outputs, look: Look, arrived: Arrived
    ) -> None:
        """`look` finds what is there; `arrived` says whether it is as a step asks."""
        self.session = session
        self.sink = sink
        self.outputs = outputs
        self._look = look
        self._arrived = arrived
        self._attempts: Counter[str] = Counter()
        self._lock = threading.Lock()

    def carried(
        self, step: Step, resource: Resource, operation: Operation, call: Call, send: Send
    ) -> Mapping[str, Json]:
        """Send a call under a token of its own for each attempt, and wait for its end.

        Raises:
            AwsError: AWS did not do it, or it is not known whether it did.
            StepError: interrupted, or it takes longer than it may.
        """
        conflicts, began = 0, self.session.clock.now()
        while True:
            try:
                answer = self._begun(send, self._attempt(step))
                return self.ended(step, resource, operation, call, answer)
            except AwsError as error:
                if isinstance(error, Expired):
                    raise
                if self._spreads(step, resource, call, error, began):
                    continue
                match meaning(error.code):
                    case Meaning.SAME if other := self._named(error):
                        return self.ended(step, resource, operation, call, other)
                    case Meaning.SAME | Meaning.BUSY:
                        self._attached(step, resource, operation, error, began)
                    case Meaning.WAIT if self._settles(step, resource, operation, call):
                        return {}
                    case Meaning.AGAIN if _came_to_nothing(error) and conflicts < AGAIN:
                        conflicts += 1
                        self._pause(step, error.code, min(60.0, 2.0**conflicts))
                        if self._is_there(step, resource, call):
                            raise
                    case _:
                        raise

    def _spreads(
        self, step: Step, resource: Resource, call: Call, error: AwsError, began: float
    ) -> bool:
        """Whether a handler's refusal goes away by itself, and was waited for."""
        said = (error.code, error.message)
        if not any(each.matches(*said) for each in resource.transient):
            return False
        if self.session.clock.now() - began >= SPREADING:
            return False
        self._pause(step, error.code, SPREAD_POLL)
        if self._is_there(step, resource, call):
            raise error
        return True

    def _attempt(self, step: Step) -> int:
        with self._lock:
            self._attempts[step.id] += 1
            return self._attempts[step.id]

    def _begun(self, send: Send, attempt: int) -> Mapping[str, Json]:
        """The answer to a request. One that was lost or cut is asked for again by its token."""
        for _ in range(2):
            try:
                return send(attempt)
            except Retry as error:
                if error.code != INCOMPLETE:
                    raise
        return send(attempt)

    # -- waiting

    def ended(
        self,
        step: Step,
        resource: Resource,
        operation: Operation,
        call: Call,
        answer: Mapping[str, Json],
    ) -> Mapping[str, Json]:
        """The last answer about a request, once AWS has carried it out.

        Raises:
            AwsError: it failed.
            StepError: interrupted, or it takes longer than it may.
        """
        clock = self.session.clock
        deadline = clock.now() + operation.timeout.get(call.method, 7500.0)
        token = str(_at(answer, operation.token) or "")
        if not token:
            raise incomplete(f"{call.service}.{call.method}", f"it lacks {operation.token!r}")
        self.session.requested.add(token)
        pauses = _pauses(operation)
        while True:
            self._remember(step, operation, answer)
            state = str(_at(answer, operation.state) or "")
            if state in operation.done:
                return answer
            if state in operation.failed:
                raise self._failure(step, resource, operation, call, answer)
            if clock.now() >= deadline:
                message = f"{str(step.address)!r} is still {state!r} (request {token})"
                raise StepError("APPLY006", message, "run apply again: it goes on where AWS is")
            self._pause(step, state, max(next(pauses), self._asked(answer, operation)))
            answer = self._polled(operation, call, token) or answer

    def _polled(self, operation: Operation, call: Call, token: str) -> Mapping[str, Json]:
        """How a request is; nothing where AWS could not say, which says nothing of the request."""
        try:
            answer = self.session.send(
                call.service, operation.poll, {operation.param: token}, subject=token
            )
        except Retry:
            return {}
        return {} if operation.about(call.params, answer) else answer

    def _asked(self, answer: Mapping[str, Json], operation: Operation) -> float:
        """Seconds until AWS wants to be asked again, by the time that it named."""
        when = _at(answer, operation.after)
        if not isinstance(when, datetime):
            return 0.0
        when = when if when.tzinfo else when.replace(tzinfo=UTC)
        return min(LATEST, max(0.0, when.timestamp() - self.session.wall()))

    def _remember(self, step: Step, operation: Operation, answer: Mapping[str, Json]) -> None:
        """Take what is told early: it is all there is of what fails half made."""
        state = str(_at(answer, operation.state) or "")
        if (
            state in operation.failed
            and meaning(str(_at(answer, operation.code))) is Meaning.EXISTS
        ):
            return  # it names somebody else's
        found = {name: _at(answer, path) for name, path in operation.outputs.items()}
        self.outputs.remember(step.address, found)

    def _failure(
        self,
        step: Step,
        resource: Resource,
        operation: Operation,
        call: Call,
        answer: Mapping[str, Json],
    ) -> AwsError:
        token = str(_at(answer, operation.token))
        code = str(_at(answer, operation.code) or "Cancelled")
        message = told(_at(answer, operation.message), answer.get(operation.hooks), token)
        what = f"{call.service}.{call.method} {resource.type} {step.address.name}"
        error = failed(code, message, what, deletes=step.action is Action.DELETE)
        error.ended = True
        return error

    def _pause(self, step: Step, state: str, seconds: float) -> None:
        clock = self.session.clock
        if self.session.interrupted():
            message = f"interrupted while AWS works on {str(step.address)!r} ({state})"
            raise StepError("APPLY010", message, "run apply again: it goes on where AWS is")
        self.sink(StepWaiting(step.id, step.address, state, clock.now()))
        clock.sleep(seconds)

    # -- others at work

    def _named(self, error: AwsError) -> Mapping[str, Json]:
        """The request that a token belongs to, where the refusal names it."""
        match = _TOKEN.search(error.message)
        event = {"RequestToken": match[0], "OperationStatus": "PENDING"} if match else {}
        return {"ProgressEvent": event} if event else {}

    def _attached(
        self, step: Step, resource: Resource, operation: Operation, error: AwsError, began: float
    ) -> None:
        """Wait for the end of a request that is under way for the same resource.

        Raises:
            StepError: it does not end in time.
        """
        token = str(_at(self._named(error), operation.token) or "") or self._under_way(
            step, resource, operation
        )
        if self.session.clock.now() - began > OTHERS:
            by = f" by the request {token}" if token else ""
            message = f"somebody else is at work on {str(step.address)!r}{by}: {error}"
            raise StepError("CLOUD006", message, "find out who it is, and apply again")
        self._pause(step, f"{error.code}: another request", operation.longest)

    def _under_way(self, step: Step, resource: Resource, operation: Operation) -> str:
        """The token of the request that is under way for a resource, where AWS shows it."""
        asked = {"ResourceRequestStatusFilter": {"OperationStatuses": ["PENDING", "IN_PROGRESS"]}}
        reader = ReadOnly(self.session, resource.service)
        known = self.outputs.of(step.address).get(PRIMARY)
        for event in reader.pages(operation.pending, asked, "ResourceRequestStatusSummaries"):
            same = event.get("TypeName") == resource.type
            if same and event.get(IDENTIFIER) in {known, step.address.name}:
                return str(event.get("RequestToken"))
        return ""

    # -- what is there

    def _is_there(self, step: Step, resource: Resource, call: Call) -> bool:
        """Whether what came to nothing has left something that a second try would double."""
        return call.method == resource.create.method and self._look(step, resource) is not None

    def _settles(self, step: Step, resource: Resource, operation: Operation, call: Call) -> bool:
        """Whether AWS went on where a handler's patience ended, and got there."""
        clock = self.session.clock
        deadline = clock.now() + operation.timeout.get(call.method, 7500.0)
        deletes = call.method == resource.delete.method
        pauses = _pauses(operation)
        while True:
            live = self._look(step, resource)
            if (live is None) if deletes else (live and self._arrived(step, resource, live)):
                return True
            if clock.now() >= deadline:
                return False
            self._pause(step, "not settled yet", next(pauses))


def _came_to_nothing(error: AwsError) -> bool:
    """Whether a request has ended, or was never begun."""
    return error.ended or isinstance(error, Rejected | Gone)


def _pauses(operation: Operation) -> Iterator[float]:
    """Seconds between polls: growing, so that long waits cost few."""
    pause, spent = operation.first, 0.0
    while True:
        yield pause
        spent += pause
        pause = min(operation.longest if spent < LONG else SELDOM, pause * 1.5)


def _at(body: Json, dotted: str) -> Json:
    return value_at(body, tuple(dotted.split(".")))
