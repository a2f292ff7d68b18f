"""A made-up cloud for made-up types: it stands behind `Clients`, remembers, refuses and lags.

It behaves as `Traits` say. What AWS would never let happen to a user (a resource
deleted under its user, a reference to nothing) is refused and noted in `violations`,
so that a test can ask that it never came to it. Time is the run's `FakeClock`.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from botocore.exceptions import ConnectionClosedError

from reconciler.aws.clock import FakeClock
from reconciler.resources.api import NAME_TAG

from .records import Traits
from .service import Service
from .things import Thing, page, refusal

READS = ("describe_", "list_", "get_")


class Killed(BaseException):
    """The process ends here; nothing of ours may catch it."""


@dataclass(slots=True)
class Faults:
    """What goes wrong, drawn from the request itself so that threads change nothing.

    `rate` is the share of requests that fail; `kill_at` the write at which the process ends;
    `denied` names things whose reads are refused.
    """

    seed: int = 0
    rate: float = 0.0
    kill_at: int | None = None
    kill_after: bool = False
    denied: frozenset[str] = frozenset()
    broken: frozenset[str] = frozenset()
    """Listings that fail, by service; ``tags`` for the tagging API."""
    hard: bool = True
    """Whether faults come that retrying does not help against."""


@dataclass(slots=True, repr=False)
class Cloud:
    types: tuple[Traits, ...]
    clock: FakeClock = field(default_factory=FakeClock)
    lag: float = 0.0
    """Seconds until the tagging API knows."""
    faults: Faults = field(default_factory=Faults)
    things: dict[str, Thing] = field(default_factory=dict)
    log: list[tuple[str, str]] = field(default_factory=list)
    """Every write that took effect: (method, label)."""
    violations: list[str] = field(default_factory=list)
    moving: frozenset[str] = frozenset()
    """Labels of what a plan replaces; it may go while it is used."""
    writes: int = 0
    _counter: int = 0
    _next_breaks: bool = False
    _seen: Counter[str] = field(default_factory=Counter)
    _index: dict[str, list[tuple[float, dict[str, str] | None]]] = field(default_factory=dict)
    _lock: Any = field(default_factory=threading.RLock)

    def __repr__(self) -> str:
        return f"Cloud({self.types}, lag={self.lag}, {sorted(self.things)})"

    # -- for tests

    def client(self, service: str) -> Client:
        return Client(self, service)

    def copy(self) -> Cloud:
        """A cloud of its own, in the same state."""
        twin = Cloud(self.types, lag=self.lag, faults=Faults(), things=deepcopy(self.things))
        twin.clock.sleep(self.clock.now())
        twin._counter, twin._index = self._counter, deepcopy(self._index)
        return twin

    def settle(self) -> None:
        """Let all lag and all work of the cloud pass."""
        self.clock.sleep(100_000.0)
        self._sweep()

    def put(self, traits: Traits, name: str, props: dict[str, Any], tags: dict[str, str]) -> Thing:
        """Make something behind Moorline's back."""
        thing = self._new(traits, name, dict(props), dict(tags))
        thing.ready_at = 0.0
        return thing

    def state(self) -> dict[str, Any]:
        """Everything that is ours, with names in the place of ids."""
        self._sweep()
        return {t.label: self._view(t) for t in self.things.values() if t.ours}

    def foreign(self) -> dict[str, Any]:
        self._sweep()
        return {t.id: self._view(t) for t in self.things.values() if not (t.ours or t.waits)}

    def users(self, thing: Thing) -> list[Thing]:
        mine = {thing.id, thing.arn}
        live = (t for t in self.things.values() if t is not thing and t.gone_at is None)
        return [t for t in live if t.uses & mine]

    def _view(self, thing: Thing) -> Any:
        labels = {x: t.label for t in self.things.values() if not t.waits for x in (t.id, t.arn)}

        def named(value: Any) -> Any:
            return labels.get(value, value) if isinstance(value, str) else value

        props = {
            key: [named(v) for v in value] if key in {"Uses", "Needs"} else value
            for key, value in thing.props.items()
            if value not in ([], {}, "", None)
        }
        if "Items" in props:
            props["Items"] = sorted(props["Items"], key=lambda item: item["Key"])
        values = {key: value for key, value in thing.values.items() if value}
        return deepcopy((props, values, thing.tags, thing.broken))

    # -- one request

    def send(self, service: str, method: str, params: dict[str, Any]) -> dict[str, Any]:
        with self._lock:
            self._sweep()
            reading = method.startswith(READS)
            self._maybe_killed(reading)
            after = self._fault(service, method, params, reading=reading)
            answer: dict[str, Any] = (
                self._tag_pages(params)
                if service == "resourcegroupstaggingapi"
                else getattr(Service(self, service), method)(**deepcopy(params))
            )
            if not reading:
                self.writes += 1
                self._maybe_killed(reading, after=True)
            if after:
                raise after
            return {**deepcopy(answer), "ResponseMetadata": {"HTTPStatusCode": 200}}

    def _maybe_killed(self, reading: bool, *, after: bool = False) -> None:
        at = self.faults.kill_at
        if at is None:
            return
        done = self.writes - 1 if self.faults.kill_after else self.writes
        if (after and done >= at) or (not after and (not reading or done > at) and done >= at):
            raise Killed

    def _fault(
        self, service: str, method: str, params: dict[str, Any], *, reading: bool
    ) -> Exception | None:
        """Raises a fault that comes before the effect; returns one that comes after it."""
        faults = self.faults
        who = str(params.get("Name") or params.get("Id") or "").removeprefix("alias/")
        if reading and self._is_denied(service, method, who):
            raise refusal("AccessDeniedException", status=403)
        key = f"{faults.seed}:{service}:{method}:{sorted(map(str, params.items()))}"
        self._seen[key] += 1
        rolled = Random(f"{key}:{self._seen[key]}")
        if rolled.random() >= faults.rate:
            return None
        soft = ["throttle", "before", "reset"] if reading else ["throttle", "before", "after"]
        hard = ["denied", "unknown"] if reading else ["reset", "denied", "unknown", "fail"]
        kind = rolled.choice(soft + (hard if faults.hard else []))
        match kind:
            case "throttle":
                raise refusal("ThrottlingException")
            case "before":
                raise refusal("InternalFailure", status=500)
            case "denied":
                raise refusal("AccessDenied", status=403)
            case "unknown":
                raise refusal("SomethingNew")
            case "after":
                return refusal("InternalFailure", status=500)
            case "reset":
                return ConnectionClosedError(endpoint_url="https://made")
        if method == "create_it":
            self._next_breaks = True
        return None

    def _is_denied(self, service: str, method: str, who: str) -> bool:
        if service == "resourcegroupstaggingapi":
            return "tags" in self.faults.broken
        if method == "list_its":
            return service in self.faults.broken
        return f"{service}/{who}" in self.faults.denied

    # -- state

    def _sweep(self) -> None:
        now = self.clock.now()
        for id_, thing in [*self.things.items()]:
            if thing.gone_at is not None and thing.gone_at <= now:
                del self.things[id_]
                if thing.waits:
                    self._indexed(thing, gone=True)

    def _new(self, traits: Traits, name: str, props: dict[str, Any], tags: dict[str, str]) -> Thing:
        self._counter += 1
        now = self.clock.now()
        thing = Thing(traits, f"id-{self._counter:04}", name, props, tags, now, now + traits.slow)
        thing.title = name or tags.get(NAME_TAG, "")
        self.things[thing.id] = thing
        self._indexed(thing)
        return thing

    def _indexed(self, thing: Thing, *, gone: bool = False) -> None:
        if thing.traits.indexed:
            tags = None if gone else dict(thing.tags)
            self._index.setdefault(thing.arn, []).append((self.clock.now(), tags))

    def _tag_pages(self, params: dict[str, Any]) -> dict[str, Any]:
        then = self.clock.now() - self.lag
        found = []
        for arn, history in sorted(self._index.items()):
            known = [tags for at, tags in history if at <= then]
            tags = known[-1] if known else None
            wanted = params["TagFilters"]
            if tags and all(tags.get(f["Key"]) in f["Values"] for f in wanted):
                items = [{"Key": k, "Value": v} for k, v in tags.items()]
                found.append({"ResourceARN": arn, "Tags": items})
        return page(found, "ResourceTagMappingList", params)


PAGED = frozenset(
    {"list_aliases", "list_its", "list_keys", "list_members", "list_named", "get_resources"}
)


@dataclass(slots=True)
class _Paginator:
    _pagination_cfg: dict[str, str]


class Client:
    def __init__(self, cloud: Cloud, service: str) -> None:
        self._cloud = cloud
        self._service = service

    def can_paginate(self, method: str) -> bool:
        return method in PAGED

    def get_paginator(self, _method: str) -> _Paginator:
        return _Paginator({"input_token": "NextToken", "output_token": "NextToken"})

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def send(**params: Any) -> Any:
            return self._cloud.send(self._service, method, params)

        return send
