"""The states of a pull: ask for a page, look at it, land it, drop it, go on. Pure data.

A run holds one page at a time: what goes on from page to page is where the next one is. A page that
is not as declared is kept beside the others and ends the run, as does one that is too large; a
failed run has moved no watermark, so the next one asks for the same again.

Sources: Step Functions developer guide, "Call HTTPS APIs" (the answer is ``ResponseBody``, a text
where it is no JSON; errors are ``States.Http.StatusCode.NNN`` and ``States.Http.Socket``), "Error
handling" (``States.DataLimitExceeded`` is caught by its own name alone, a path that finds nothing
ends a run and is not caught), "Service quotas" (25,000 events of a run); Amazon States Language.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.kinds.api import Scope
from reconciler.kinds.data_source.pull.spec import ANSWER_BYTES, Pull
from reconciler.kinds.terms.machine import FAULT, caught, fallen, retry
from reconciler.model.value import Json, Props

EVENTS = 24_000
"""Of the 25,000 events that a run may have; the rest is for its beginning and end."""
ANSWER, BODY = "$.answer", "$.answer.body"
HTTP = ("429", "500", "502", "503", "504")
PASSING = (*(f"States.Http.StatusCode.{code}" for code in HTTP), "States.Http.Socket")
PASSING += ("States.Timeout",)
STEP = "pull"
"""The step that every failure names."""
KEPT = {"run.$": "$.run", "turn.$": "$.turn"}
"""What goes on from state to state, whatever is dropped."""
MOST = 1000
"""Numbers that ``States.ArrayRange`` gives at the most."""
TRIES = 3
"""How often a write to S3 is tried again."""
TOO_LARGE = (
    f"an answer is larger than {ANSWER_BYTES // 1024} KB, the most that Step Functions takes:"
    " ask for smaller pages, or let a function ask (`land: {by: lambda}`)"
)
_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """How pages are asked for."""

    first: Props
    """Parameters of the HTTP task for the first page."""
    following: Props
    """Those for each page after it, with the place of the next one in `$.next`."""
    timeout: int
    retries: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Onward:
    """How an answer leads to the next one."""

    there: tuple[Json, ...] = ()
    """Rules of a Choice, all of which hold where there is a next page; none where only a page
    without records says so."""
    next: Props = field(default_factory=dict)
    """Its place, as `{"next.$": …}`; nothing where there is never one."""
    before: Props = field(default_factory=dict)
    """The place before the first page."""
    compares: str = ""
    """The body path of a cursor, which may not come twice in a row."""
    empty_ends: bool = False
    """Whether a page without records is the last one, and none at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where pages go. `uri` is for people."""

    bucket: Json
    prefix: str
    """Key prefix, with a slash at its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What a page has to be."""

    items: str
    """The body path of the list of records."""
    columns: Mapping[str, str]
    """Columns that each record has, with their types."""
    errors: str = ""
    """Of GraphQL ``fail`` or ``land``: what is done with an answer that has errors and data."""


# -- pieces


def placed(pull: Pull, scope: Scope) -> Place:
    """Where the pages of a pull go."""
    source, path = pull.land.to, pull.land.path.strip("/")
    base = scope.export("DataSource", source, "prefix")
    prefix = "/".join(filter(None, (base, path)))
    return Place(bucket=scope.export("DataSource", source, "bucket"), prefix=f"{prefix}/")


def sub(path: str) -> str:
    """A body path in the state of a run."""
    return BODY + path[1:]


def member(name: str) -> str:
    """A column as part of a path."""
    return f".{name}" if _PLAIN.fullmatch(name) else "['" + re.sub(r"(['\\])", r"\\\1", name) + "']"


def literal(text: str) -> str:
    """A text inside of an intrinsic function. Source: States language, "Intrinsic Functions"."""
    return "'" + re.sub(r"(['{}\\])", r"\\\1", text) + "'"


def given(path: str) -> Json:
    """A rule: something other than null is there."""
    return {
        "And": [
            {"Variable": path, "IsPresent": True},
            {"Not": {"Variable": path, "IsNull": True}},
        ]
    }


def number(path: str) -> tuple[Json, ...]:
    """Rules: a number is there. What a Choice compares and does not find ends a run."""
    return ({"Variable": path, "IsPresent": True}, {"Variable": path, "IsNumeric": True})


def fault(error: str, cause: str, *, dynamic: bool = False) -> dict[str, Json]:
    """A state that says what is wrong, in the words of `caught`."""
    said = {"Cause.$" if dynamic else "Cause": cause}
    return {
        "Type": "Pass",
        "Parameters": {"Error": error, **said},
        "ResultPath": FAULT,
        "Next": fallen(STEP),
    }


def fetch(asked: Asked, parameters: Props, integration: str) -> Props:
    """The state that asks for one page."""
    large = {
        "ErrorEquals": ["States.DataLimitExceeded"],
        "ResultPath": FAULT,
        "Next": "page is too large",
    }
    state: dict[str, Json] = {
        "Type": "Task",
        "Resource": integration,
        "Parameters": parameters,
        "ResultSelector": {"body.$": "$.ResponseBody"},
        "ResultPath": ANSWER,
        "TimeoutSeconds": asked.timeout,
        "Catch": [large, caught(STEP)],
        "Next": "look at it",
    }
    if asked.retries:
        state["Retry"] = [retry(*PASSING, times=asked.retries)]
    return state


def put(place: Place, key: str, body: Props, following: str, integration: str) -> Props:
    """The state that writes an object. `key` is an argument list of ``States.Format``."""
    return {
        "Type": "Task",
        "Resource": integration,
        "Parameters": {
            "Bucket": place.bucket,
            "Key.$": f"States.Format({key})",
            "ContentType": "application/json",
            **body,
        },
        "ResultPath": None,
        "Retry": [retry("States.ALL", times=TRIES)],
        "Catch": [caught(STEP)],
        "Next": following,
    }


def key(place: Place, folder: str = "") -> str:
    """The arguments for the key of a page."""
    fixed = literal(f"{place.prefix}{folder}")[:-1]
    return f"{fixed}day={{}}/run={{}}/page-{{}}.json', $.run.day, $.run.name, $.page"


# -- which states there are


def reached(start: str, states: Mapping[str, Json]) -> dict[str, Json]:
    """The states that a machine can come to, in their order."""
    found, ways = {start}, [start]
    while ways:
        for name in _targets(states[ways.pop()]):
            if name in states and name not in found:
                found.add(name)
                ways.append(name)
    return {name: state for name, state in states.items() if name in found}


def _targets(state: Json) -> Iterator[str]:
    if isinstance(state, Mapping):
        for name, item in state.items():
            if name in {"Next", "Default"} and isinstance(item, str):
                yield item
            elif name != "ItemProcessor":
                yield from _targets(item)
    elif isinstance(state, list):
        for item in state:
            yield from _targets(item)


# -- how large a run gets


def events(states: Props) -> int:
    """The most events that passing once through states leaves in a run's history."""
    return sum(_events(each) for each in states.values())


def _events(state: Props) -> int:
    """Entered, exited, and three for each try of a task."""
    if state["Type"] != "Task":
        return 2
    again: int = sum(each["MaxAttempts"] for each in state.get("Retry") or ())
    return 2 + 3 * (1 + again)
