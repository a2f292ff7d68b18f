"""A service with one resource in it, and the run of one step against it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reconciler.aws.clock import FakeClock
from reconciler.aws.ending import StepError
from reconciler.aws.errors import AwsError
from reconciler.aws.fresh import Earlier
from reconciler.aws.session import Session
from reconciler.aws.step import Runner
from reconciler.model.change import Action, Call, Observed, Reason
from reconciler.model.event import Event
from reconciler.model.plan import Step
from reconciler.plan.diff import guard
from reconciler.resources.api import Lifecycle, Resource

from .fakes import OWN, PLACE, address, refusal, resource

SPEC = "Kind/x"
OURS = {**OWN, "moorline:spec": SPEC}
TAGS = [{"Key": key, "Value": value} for key, value in OURS.items()]
STATES = Lifecycle(
    field="State",
    ready=frozenset({"Up"}),
    busy=frozenset({"Making", "Going", "Scaling"}),
    in_use=frozenset({"Scaling"}),
    failed=frozenset({"Broken"}),
    poll=10.0,
    timeout=60.0,
)
PLAIN = resource("M::Base")
SLOW = resource("M::Base", lifecycle=STATES)
GOING = resource("M::Base", lifecycle=STATES, vanishes=True)
AT = address("base")
NAME = {"Name": "acme-dev-x"}
UPDATE, MORE = (Call("made", method, NAME) for method in ("update_it", "add_more"))
CREATE = Call("made", "create_it", {**NAME, "Size": 2}, {"Id": ("Id",)})
DELETE, BEFORE = (Call("made", method, NAME) for method in ("delete_it", "empty_it"))
BROKEN = refusal("Broken", "no")
LOST = refusal("InternalFailure", "oh", status=500)


class Service:
    """One resource. `states` are what the next looks see, the last of them for good."""

    def __init__(
        self, size: int | None = None, *states: str, tags: Any = OURS, **effects: Any
    ) -> None:
        self.size = size
        self.states = list(states or ("Up",))
        self.tags = tags
        self.effects: dict[str, list[Any]] = effects
        """What a write does in turn: sets the size, lets it be gone, or is refused."""
        self.clock = FakeClock()
        self.wrote: list[str] = []
        self.params: list[dict[str, Any]] = []
        self.looks: list[dict[str, Any]] = []
        """How each look addressed it."""
        self.tags_read = 0
        self.members: list[str] = []
        self.lag: list[int] = []
        """Sizes that the next looks see instead."""

    def client(self, _service: str) -> Service:
        return self

    def can_paginate(self, _method: str) -> bool:
        return False

    def describe_it(self, **params: Any) -> dict[str, Any]:
        self.looks.append(params)
        state = self.states.pop(0) if len(self.states) > 1 else self.states[0]
        if self.size is None or state == "gone":
            raise refusal("NotFound")
        why = "no room" if state == "Broken" else ""
        size = self.lag.pop(0) if self.lag else self.size
        return {"Size": size, "Id": "i-1", "State": state, "FailureReason": why}

    def list_tags(self, **_: Any) -> dict[str, Any]:
        self.tags_read += 1
        return {"Tags": [{"Key": key, "Value": value} for key, value in self.tags.items()]}

    def list_members(self, **_: Any) -> dict[str, Any]:
        return {"Members": [{"Member": each} for each in self.members]}

    def __getattr__(self, method: str) -> Callable[..., dict[str, Any]]:
        def write(**params: Any) -> dict[str, Any]:
            self.wrote.append(method)
            self.params.append(params)
            self.clock.sleep(0.5)
            effects = self.effects.get(method) or ["nothing"]
            effect = effects.pop(0) if len(effects) > 1 else effects[0]
            if isinstance(effect, tuple):
                self.size, effect = effect
            if isinstance(effect, Exception):
                raise effect
            if effect != "nothing":
                self.size = effect
            self.members += [params["Member"]] if method == "add_member" else []
            return {"Id": "i-1", "Arn": "arn:1"}

        return write


def step(action: Action, *calls: Call, seen: Observed | None = None, **more: Any) -> Step:
    desired = {} if action is Action.DELETE else {"Size": 2, "Tags": TAGS}
    digest = guard(seen, PLAIN) if seen else ""
    given = {"guard": digest, "desired": desired, "spec": SPEC, **more}
    return Step("id", AT, action, Reason.DIFFERS, calls, **given)


def seen(size: int) -> Observed:
    return Observed({"Size": size}, {"Id": "i-1"}, tags=OURS)


def run(
    service: Service,
    what: Step,
    by: Resource,
    *,
    interrupted: bool = False,
    earlier: Earlier = dict,
) -> tuple[Any, list[Event]]:
    """The end of the step, or what it raised with its code, and what was told meanwhile."""
    events: list[Event] = []
    session = Session(service, service.clock, interrupted=lambda: interrupted)
    runner = Runner(session, {by.type: by}, PLACE, events.append, earlier)
    try:
        return runner.run(what), events
    except StepError as error:
        return (error.code, str(error), error.help), events
    except AwsError as error:
        return (type(error).__name__, error.code, ""), events
