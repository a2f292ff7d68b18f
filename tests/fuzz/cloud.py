"""A made-up cloud for made-up types: it stands behind `Clients`, remembers, refuses and lags.

It behaves as `Traits` say. What AWS would never let happen to a user (a resource
deleted under its user, a reference to nothing) is refused and noted in `violations`,
so that a test can ask that it never came to it. Time is the run's `FakeClock`.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from random import Random
from typing import Any

from botocore.exceptions import ClientError, ConnectionClosedError

from reconciler.aws.clock import FakeClock
from reconciler.resources.api import NAME_TAG, OWNERSHIP

from .records import PLACE, Traits

READS = ("describe_", "list_", "get_")
PAGE = 2


class Killed(BaseException):
    """The process ends here; nothing of ours may catch it."""


@dataclass(slots=True)
class Thing:
    """One live resource."""

    traits: Traits
    id: str
    name: str
    props: dict[str, Any]
    tags: dict[str, str]
    born: float
    ready_at: float = 0.0
    gone_at: float | None = None
    broken: bool = False
    title: str = ""
    """The name it was made under, which outlives its tags."""
    values: dict[str, Any] = field(default_factory=dict)
    """What has calls of its own: facets, switches, members, named items, the alias."""

    @property
    def arn(self) -> str:
        last = self.id if self.traits.found_by_tag else self.name
        return f"arn:made:{self.traits.service}:{PLACE.account}:{last}"

    @property
    def label(self) -> str:
        return f"{self.traits.type}/{self.title}"

    @property
    def ours(self) -> bool:
        want = (PLACE.platform, PLACE.environment)
        return (self.tags.get(OWNERSHIP[0]), self.tags.get(OWNERSHIP[1])) == want

    @property
    def uses(self) -> set[str]:
        return {*self.props.get("Uses", ()), *self.props.get("Needs", ())}


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
        return {t.id: self._view(t) for t in self.things.values() if not t.ours}

    def users(self, thing: Thing) -> list[Thing]:
        mine = {thing.id, thing.arn}
        live = (t for t in self.things.values() if t is not thing and t.gone_at is None)
        return [t for t in live if t.uses & mine]

    def _view(self, thing: Thing) -> Any:
        labels = {t.id: t.label for t in self.things.values()}
        labels |= {t.arn: t.label for t in self.things.values()}

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
                else getattr(_Service(self, service), method)(**deepcopy(params))
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
        return _page(found, "ResourceTagMappingList", params)


class _Service:
    """The methods of one service."""

    def __init__(self, cloud: Cloud, service: str) -> None:
        self.cloud = cloud
        self.service = service
        self.traits = next(t for t in cloud.types if t.service == service)

    # -- finding

    def _mine(self) -> Iterator[Thing]:
        return (t for t in self.cloud.things.values() if t.traits.service == self.service)

    def _get(self, name: str | None, id_: str | None) -> Thing:
        for thing in self._mine():
            if name is not None and thing.name == name:
                return thing
            if id_ is not None and id_ in {thing.id, thing.arn, thing.values.get("Alias")}:
                return thing
        raise refusal("NotFound", "it does not exist")

    def _ready(self, Name: str | None, Id: str | None) -> Thing:
        thing = self._get(Name, Id)
        if thing.gone_at is not None or thing.ready_at > self.cloud.clock.now():
            raise refusal("ResourceInUse", "it is being changed")
        return thing

    def _check(self, props: Mapping[str, Any], who: str) -> None:
        live = [t for t in self.cloud.things.values() if t.gone_at is None and not t.broken]
        now = self.cloud.clock.now()
        known = {x for t in live if t.ready_at <= now for x in (t.id, t.arn)}
        for target in (*props.get("Uses", ()), *props.get("Needs", ())):
            if target not in known:
                self.cloud.violations.append(f"{who} refers to {target}, which is not there")
                raise refusal("ValidationException", f"{target} does not exist")

    def _wrote(self, method: str, thing: Thing) -> dict[str, Any]:
        self.cloud.log.append((method, thing.label))
        return {}

    # -- the resource

    def create_it(self, Tags: Any = (), **params: Any) -> dict[str, Any]:
        name = params.pop("Name", "")
        tags = {tag["Key"]: tag["Value"] for tag in Tags}
        props = dict(params)
        label = f"{self.traits.type}/{name or tags.get(NAME_TAG, '')}"
        there = next((t for t in self._mine() if name and t.name == name), None)
        if there and not self.traits.upsert:
            raise refusal("AlreadyExists", f"{name} exists")
        self._check(props, label)
        if there:
            if there.gone_at is not None:
                raise refusal("ResourceInUse", "it is being deleted")
            there.props, there.tags = props, tags or there.tags
            thing = there
            self.cloud._indexed(thing)
        else:
            thing = self.cloud._new(self.traits, name, props, tags)
        if self.cloud._next_breaks:
            self.cloud._next_breaks = False
            thing.broken = self.traits.slow > 0
        self._wrote("create_it", thing)
        return {"Id": thing.id, "Arn": thing.arn}

    def describe_it(self, Name: str | None = None, Id: str | None = None) -> dict[str, Any]:
        return self._shown(self._get(Name, Id))

    def _shown(self, thing: Thing) -> dict[str, Any]:
        now = self.cloud.clock.now()
        status = "Failed" if thing.broken else "Ready"
        status = "Changing" if thing.ready_at > now else status
        status = "Deleting" if thing.gone_at is not None else status
        on = {"On": bool(thing.values.get("On"))}
        return {**thing.props, **on, "Id": thing.id, "Arn": thing.arn, "Status": status}

    def list_its(self, **params: Any) -> dict[str, Any]:
        def item(thing: Thing) -> dict[str, Any]:
            head = {"Name": thing.name, "CreationTime": f"{thing.born:012.1f}{thing.id}"}
            return {**self._shown(thing), **head} if self.traits.listing == "complete" else head

        return _page([item(t) for t in self._mine()], "Its", params)

    def update_it(self, Name: str | None = None, Id: str | None = None, **new: Any) -> Any:
        thing = self._ready(Name, Id)
        self._check(new, thing.label)
        items = new.pop("ItemAdditions", [])
        have = {item["Key"] for item in thing.props.get("Items", [])}
        if any(item["Key"] in have for item in items):
            raise refusal("ValidationException", "the item is there already")
        if items:
            thing.props["Items"] = [*thing.props.get("Items", []), *items]
        thing.props |= new
        thing.ready_at = self.cloud.clock.now() + self.traits.slow
        return self._wrote("update_it", thing)

    def delete_it(self, Name: str | None = None, Id: str | None = None) -> Any:
        thing = self._get(Name, Id)
        if thing.gone_at is not None:
            raise refusal("NotFound" if not self.traits.vanishes else "ResourceInUse", "going")
        if thing.ready_at > self.cloud.clock.now():
            raise refusal("ResourceInUse", "it is being changed")
        users = self.cloud.users(thing)
        if users and thing.label not in self.cloud.moving:
            text = f"{thing.label} is used by {[each.label for each in users]}"
            self.cloud.violations.append(text)
            raise refusal("DeleteConflict", text)
        if any(thing.values.get(key) for key in ("Members", "Named", "Alias")):
            self.cloud.violations.append(f"{thing.label} still has parts")
            raise refusal("DeleteConflict", "it still has parts")
        label = thing.label
        if self.traits.vanishes:
            thing.gone_at = self.cloud.clock.now() + self.traits.slow + 1
        else:
            del self.cloud.things[thing.id]
        self.cloud._indexed(thing, gone=True)
        self.cloud.log.append(("delete_it", label))
        return {}

    # -- tags

    def list_tags(self, Name: str | None = None, Id: str | None = None) -> dict[str, Any]:
        tags = self._get(Name, Id).tags
        return {"Tags": [{"Key": k, "Value": v} for k, v in tags.items()]}

    def tag(self, Tags: Any, Name: str | None = None, Id: str | None = None) -> Any:
        thing = self._get(Name, Id)
        new = {tag["Key"]: tag["Value"] for tag in Tags}
        thing.tags = new if self.traits.whole else {**thing.tags, **new}
        self.cloud._indexed(thing)
        return self._wrote("tag", thing)

    def untag(self, TagKeys: Any, Name: str | None = None, Id: str | None = None) -> Any:
        thing = self._get(Name, Id)
        self._wrote("untag", thing)
        thing.tags = {k: v for k, v in thing.tags.items() if k not in TagKeys}
        self.cloud._indexed(thing)
        return {}

    # -- parts

    def _set(self, Name: str | None, Id: str | None, key: str, value: Any, method: str) -> Any:
        thing = self._ready(Name, Id)
        thing.values[key] = value
        return self._wrote(method, thing)

    def get_facet(self, Name: str | None = None, Id: str | None = None) -> Any:
        value = self._get(Name, Id).values.get("Facet")
        if not value:
            raise refusal("NoFacet")
        return {"Value": value}

    def put_facet(self, Value: Any, Name: str | None = None, Id: str | None = None) -> Any:
        return self._set(Name, Id, "Facet", Value, "put_facet")

    def delete_facet(self, Name: str | None = None, Id: str | None = None) -> Any:
        return self._set(Name, Id, "Facet", None, "delete_facet")

    def get_mode(self, Name: str | None = None, Id: str | None = None) -> Any:
        return {"Mode": self._get(Name, Id).values.get("Mode")}

    def put_mode(self, Mode: Any, Name: str | None = None, Id: str | None = None) -> Any:
        value = None if Mode == {"State": "off"} else Mode
        return self._set(Name, Id, "Mode", value, "put_mode")

    def turn_on(self, Name: str | None = None, Id: str | None = None) -> Any:
        return self._set(Name, Id, "On", True, "turn_on")

    def turn_off(self, Name: str | None = None, Id: str | None = None) -> Any:
        return self._set(Name, Id, "On", False, "turn_off")

    def list_members(self, Name: str | None = None, Id: str | None = None, **page: Any) -> Any:
        found = self._get(Name, Id).values.get("Members") or []
        return _page([{"Member": each} for each in found], "Members", page)

    def add_member(self, Member: str, Name: str | None = None, Id: str | None = None) -> Any:
        have = self._ready(Name, Id).values.get("Members") or []
        return self._set(Name, Id, "Members", sorted({*have, Member}), "add_member")

    def remove_member(self, Member: str, Name: str | None = None, Id: str | None = None) -> Any:
        have = self._ready(Name, Id).values.get("Members") or []
        if Member not in have:
            raise refusal("NotFound", "no such member")
        left = sorted({*have} - {Member})
        return self._set(Name, Id, "Members", left, "remove_member")

    def list_named(self, Name: str | None = None, Id: str | None = None, **page: Any) -> Any:
        found = self._get(Name, Id).values.get("Named") or {}
        return _page(sorted(found), "Names", page)

    def get_named(self, Item: str, Name: str | None = None, Id: str | None = None) -> Any:
        return {"Document": (self._get(Name, Id).values.get("Named") or {})[Item]}

    def put_named(
        self, Item: str, Document: Any, Name: str | None = None, Id: str | None = None
    ) -> Any:
        have = self._ready(Name, Id).values.get("Named") or {}
        return self._set(Name, Id, "Named", {**have, Item: Document}, "put_named")

    def delete_named(self, Item: str, Name: str | None = None, Id: str | None = None) -> Any:
        have = dict(self._ready(Name, Id).values.get("Named") or {})
        if Item not in have:
            raise refusal("NotFound", "no such item")
        del have[Item]
        return self._set(Name, Id, "Named", have, "delete_named")

    # -- the alias of what is found by tag

    def list_aliases(self, Id: str) -> Any:
        alias = self._get(None, Id).values.get("Alias")
        return {"Aliases": [alias] if alias else []}

    def create_alias(self, Alias: str, TargetId: str) -> Any:
        thing = self._get(None, TargetId)
        holder = next((t for t in self._mine() if t.values.get("Alias") == Alias), None)
        if holder is thing:
            return {}
        if holder is not None:
            raise refusal("AlreadyExists", Alias)
        thing.values["Alias"] = Alias
        return self._wrote("create_alias", thing)

    def delete_alias(self, Alias: str) -> Any:
        thing = self._get(None, Alias)
        thing.values["Alias"] = None
        return self._wrote("delete_alias", thing)


def _page(found: list[Any], at: str, params: Mapping[str, Any]) -> dict[str, Any]:
    start = int(params.get("NextToken") or 0)
    end = start + PAGE
    token = {"NextToken": str(end)} if end < len(found) else {}
    return {at: found[start:end], **token}


def refusal(code: str, message: str = "", *, status: int = 400) -> ClientError:
    response: Any = {
        "Error": {"Code": code, "Message": message},
        "ResponseMetadata": {"HTTPStatusCode": status},
    }
    return ClientError(response, "Operation")


PAGED = frozenset({"list_its", "list_members", "list_named", "get_resources"})


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
