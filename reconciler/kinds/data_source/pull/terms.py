"""What the stores `rest` and `graphql` share beside the machine: checks, calls, exports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from reconciler.facts.schedule import ScheduleError, firings, parse, zone
from reconciler.kinds.api import Lacking, Lookup, Problem, Scope, seconds
from reconciler.kinds.data_source.api import Source
from reconciler.kinds.data_source.pull.connection import TYPE, kept
from reconciler.kinds.data_source.pull.spec import Cursor, Link, Pull, body_path, site_of
from reconciler.kinds.data_source.pull.states import Onward, Shape, given, sub
from reconciler.kinds.terms.credential import lookup
from reconciler.kinds.terms.machine import MACHINE
from reconciler.model.value import Json, Path, Props, Ref

_BEFORE_AWS = datetime(2000, 1, 1, tzinfo=UTC)


def check_trigger(pull: Pull, at: Path) -> Iterator[Problem]:
    """Whether a schedule can be read, and whether it ever fires."""
    if (trigger := pull.trigger) is None:
        return
    here = (*at, "trigger")
    try:
        zone(trigger.timezone)
    except ScheduleError as error:
        yield Problem((*here, "timezone"), str(error), "write one such as Europe/Berlin")
        return
    try:
        when = parse(trigger.schedule)
        fires = next(firings(when, _BEFORE_AWS, trigger.timezone), None)
    except ScheduleError as error:
        yield Problem((*here, "schedule"), str(error), "write cron(15 2 * * ? *) or rate(1 hour)")
        return
    if fires is None:
        yield Problem((*here, "schedule"), "it never fires")


def check_cursor(cursor: Cursor, at: Path) -> Iterator[Problem]:
    """The paths of a cursor."""
    yield from body_path(cursor.next, (*at, "next"))
    if cursor.has_next is not None:
        yield from body_path(cursor.has_next, (*at, "hasNext"))


def parameter(name: str, value: str, at: Path) -> Iterator[Problem]:
    """A parameter of a call is text on one line, and no reference of the States language."""
    if not name or any(ord(each) < 32 or ord(each) == 127 for each in name + value):  # noqa: PLR2004 - control characters
        yield Problem(at, "a parameter is text on one line", on_key=True)
    elif name.endswith(".$"):
        help_ = "the value would be taken for a path"
        yield Problem(at, f"{name!r} ends like a reference of Step Functions", help_, on_key=True)


def lookups(pull: Pull) -> Iterator[Lookup]:
    """Which version of its secret is current."""
    yield lookup(pull.auth.secret_name)


def exports(pull: Pull, scope: Scope) -> Mapping[str, Json | Lacking]:
    """The machine; where pages are says the DataSource that they land in."""
    store = pull.land
    why = Lacking(
        "is pulled, and keeps nothing itself",
        f"name DataSource {store.to!r}, with the path {store.path!r}",
    )
    names = ("bucket", "bucketArn", "prefix", "uri", "keyArn", "receivesAccessLogs")
    found: dict[str, Json | Lacking] = dict.fromkeys(names, why)
    name = scope.address(TYPE)
    called: dict[str, Json | Lacking] = {
        "connectionArn": Ref(name, "Arn"),
        "connectionSecretArn": kept(name, scope),
    }
    if pull.land.by == "lambda":
        lacks = "is pulled by a function, and has no connection"
        called = dict.fromkeys(called, Lacking(lacks, "remove `by: lambda` from its 'land'"))
    return {
        **found,
        "machineArn": Ref(scope.address(MACHINE), "Arn"),
        **called,
        "endpoint": pull.url,
        "headers": dict(pull.headers),
    }


WITHOUT: Mapping[str, Json | Lacking] = dict.fromkeys(
    ("connectionArn", "connectionSecretArn", "endpoint", "headers"),
    Lacking("is no interface that is called", "name a DataSource with 'rest' or 'graphql'"),
)
"""What a DataSource exports that is not pulled."""


def signed(pull: Pull, scope: Scope, method: str) -> Props:
    """What every call has: where it goes and what it is signed with; a function signs itself."""
    call: dict[str, Json] = {"ApiEndpoint": pull.url, "Method": method}
    if pull.land.by == "machine":
        call["Authentication"] = {"ConnectionArn": Ref(scope.address(TYPE), "Arn")}
    return {**call, "Headers": dict(pull.headers)} if pull.headers else call


def seconds_of(pull: Pull) -> int:
    """How long an answer may take."""
    return seconds(pull.timeout)


def shape_of(pull: Pull, spec: Source, errors: str = "") -> Shape:
    """What a page has to be, by the columns of the spec."""
    names = [*spec.columns] if pull.requires is None else pull.requires
    columns = {name: spec.columns[name].type for name in names}
    return Shape(items=pull.items, columns=columns, errors=errors)


def cursored(rule: Cursor | Link) -> Onward:
    """An answer names the next page, or has its address."""
    next_ = sub(rule.next)
    more: tuple[Json, ...] = ()
    if isinstance(rule, Cursor) and rule.has_next is not None:
        has = sub(rule.has_next)
        more = ({"Variable": has, "IsPresent": True}, {"Variable": has, "BooleanEquals": True})
    there = (*more, given(next_), {"Not": {"Variable": next_, "StringEquals": ""}})
    return Onward(there=there, next={"next.$": next_}, compares=rule.next)


def host_of(url: str) -> str:
    """``https://HOST`` of an address, with its port."""
    return f"https://{site_of(url)}"
