"""The state machine of a pull, with its schedule, its role and its dead letters.

A run that would get too long for its history starts the next one and hands over where it is; the
name of that one follows from its own, so that trying twice starts one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Scope
from reconciler.kinds.data_source.pull import states as parts
from reconciler.kinds.data_source.pull.connection import TYPE as CONNECTION
from reconciler.kinds.data_source.pull.spec import ANSWER_BYTES, Number, Pull
from reconciler.kinds.data_source.pull.states import (
    BODY,
    STEP,
    TRIES,
    Asked,
    Onward,
    Place,
    Shape,
    fault,
    number,
    sub,
)
from reconciler.kinds.terms import machine as terms
from reconciler.kinds.terms.asset import Asset
from reconciler.kinds.terms.location import inside
from reconciler.kinds.terms.machine import FAULT, Machine, caught, fallen, integration, retry
from reconciler.kinds.terms.permissions import allow_read, allow_write
from reconciler.kinds.terms.schedule import Timing, scheduled
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

LONGEST = 6 * 3600
"""Seconds that one run may take, whatever it waits for; those that it starts count anew."""
REJECTED, MARK = "rejected/", "watermark.json"
_MOST = 1000
"""Numbers that ``States.ArrayRange`` gives at the most."""
_KEPT = {"run.$": "$.run", "turn.$": "$.turn"}
_ABSENT = ["S3.NoSuchKeyException", "S3.NoSuchKey"]
_STARTED = ["Sfn.ExecutionAlreadyExistsException", "StepFunctions.ExecutionAlreadyExistsException"]


def pulled(  # noqa: PLR0913 - what REST and GraphQL decide
    pull: Pull,
    scope: Scope,
    at: Path,
    *,
    method: str,
    asked: Asked,
    onward: Onward,
    shape: Shape,
    endpoints: str,
    numbered: Number | None = None,
    file: Asset | None = None,
) -> Iterator[Node]:
    """The machine and what belongs to it. `endpoints` is a pattern of what it may call."""
    machine = terms.begin(scope)
    place = _place(pull, scope)
    _grant(pull, scope, machine, method, endpoints)
    yield terms.dead_letters(machine, scope)
    http = integration(scope, "http:invoke")
    body = _states(pull, scope, place, asked, onward, shape, http, numbered)
    if file is not None:
        allow_read(scope, machine.role, file.spot)
        body = _with_query(body, file, scope)
    body["begin"] = _begin(body, onward, numbered)
    body |= {**terms.failing(STEP), **terms.ending(machine, scope)}
    body = parts.reached("begin", body)
    definition = {"StartAt": "begin", "TimeoutSeconds": LONGEST, "States": body}
    needs = file.needs if file else ()
    lines: dict[Path, Path] = {("DefinitionString",): at}
    yield from terms.finish(machine, definition, scope, lines=lines, depends_on=needs)
    if (when := pull.trigger) is not None:
        timing = Timing(when.schedule, when.timezone, when.paused)
        where = (*at, "trigger")
        lines = {
            ("ScheduleExpression",): (*where, "schedule"),
            ("ScheduleExpressionTimezone",): (*where, "timezone"),
            ("State",): (*where, "paused"),
        }
        yield from scheduled(machine, scope, timing, given={}, lines=lines)


def _place(pull: Pull, scope: Scope) -> Place:
    source, path = pull.land.source, pull.land.path.strip("/")
    base = scope.export("DataSource", source, "prefix")
    prefix = "/".join(filter(None, (base, path)))
    return Place(bucket=scope.export("DataSource", source, "bucket"), prefix=f"{prefix}/")


def _grant(pull: Pull, scope: Scope, machine: Machine, method: str, endpoints: str) -> None:
    """What calling, landing and handing over take.

    Source: Step Functions developer guide, "IAM permissions to run an HTTP Task".
    """
    role, name = machine.role, scope.address(CONNECTION)
    own = terms.pattern(machine.address, scope)
    operator = "StringLike" if "*" in endpoints else "StringEquals"
    when = {"StringEquals": {"states:HTTPMethod": method}}
    when.setdefault(operator, {})["states:HTTPEndpoint"] = endpoints
    scope.grant(role, ("states:InvokeHTTPEndpoint",), on=(own,), when=when)
    scope.grant(role, ("states:StartExecution",), on=(own,))
    scope.grant(role, ("events:RetrieveConnectionCredentials",), on=(Ref(name, "Arn"),))
    reads = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
    # AWS's own copy: behind the connection's name is an id that is another one after a while
    kept = scope.arn("secretsmanager", f"secret:events!connection/{name.name}/*")
    scope.grant(role, reads, on=(kept,))
    spot = inside(scope, "DataSource", pull.land.source, pull.land.path.strip("/"), tree=True)
    allow_write(scope, role, spot, large=pull.since is not None)
    if pull.since is not None:  # without leave to list, S3 answers 403 for what is not there
        scope.grant(role, ("s3:GetObject",), on=(spot.objects,))
        scope.grant(role, ("s3:ListBucket",), on=(spot.bucket,))


def _states(  # noqa: PLR0913 - as `pulled`
    pull: Pull,
    scope: Scope,
    place: Place,
    asked: Asked,
    onward: Onward,
    shape: Shape,
    http: str,
    numbered: Number | None,
) -> dict[str, Json]:
    write = integration(scope, "aws-sdk:s3:putObject")
    loop: dict[str, Json] = {
        "ask for the first page": parts.fetch(asked, asked.first, http),
        **parts.look(shape, "land it", onward),
        "land it": parts.put(
            place, parts.key(place), {"Body.$": BODY}, "is there another", write
        ),
        "keep it aside": _aside(place, write),
    }
    if onward.next:
        loop["ask for the next page"] = parts.fetch(asked, asked.following, http)
        loop["turn the page"] = _turned(onward)
    room = parts.EVENTS // (parts.events(loop) + 8)
    many = numbered is not None and numbered.parallel > 1
    loop |= _after(onward, pull.most, room)
    if many and numbered is not None:
        loop |= _mapped(numbered, loop, room, pull.most)
    return {
        **_starting(pull, scope, place, onward),
        **loop,
        **_handing(scope, many=many),
        **_end(pull, place, write),
        "page is too large": fault(
            "Moorline.PageTooLarge",
            f"an answer is larger than {ANSWER_BYTES // 1024} KB, the most that Step Functions"
            " takes: ask for smaller pages, or let a function pull it (`land: lambda`)",
        ),
    }


def _aside(place: Place, write: str) -> Props:
    """A page that is not as declared, kept for people; that it cannot be kept hides nothing."""
    kept = parts.put(place, parts.key(place, REJECTED), {"Body.$": BODY}, fallen(STEP), write)
    catch = {"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": fallen(STEP)}
    return {**kept, "Catch": [catch]}


# -- beginning and end


def _begin(states: Mapping[str, Json], onward: Onward, numbered: Number | None) -> Props:
    """A run begins anew, or goes on where another one has handed over."""
    ways = ("read the query", "look back", "start")
    first = next(name for name in ways if name in states)
    if not onward.next:
        return {"Type": "Pass", "Next": first}
    many = numbered is not None and numbered.parallel > 1
    on = "share out the pages" if many else "ask for the next page"
    going = {"Variable": "$.run", "IsPresent": True, "Next": on}
    return {"Type": "Choice", "Choices": [going], "Default": first}


def _with_query(states: Mapping[str, Json], file: Asset, scope: Scope) -> dict[str, Json]:
    """Read the text of a file once for a pull: it goes on from run to run."""
    found = dict(states)
    for name in ("start", "start anew"):
        if name in found:
            given_ = found[name]["Parameters"]
            run = {**given_["run"], "query.$": "$.asked.text"}
            found[name] = {**found[name], "Parameters": {**given_, "run": run}}
    state = {
        "Type": "Task",
        "Resource": integration(scope, "aws-sdk:s3:getObject"),
        "Parameters": {"Bucket": file.bucket, "Key": file.key},
        "ResultSelector": {"text.$": "$.Body"},
        "ResultPath": "$.asked",
        "Retry": [retry("States.ALL", times=TRIES)],
        "Catch": [caught(STEP)],
        "Next": "look back" if "look back" in found else "start",
    }
    return {**found, "read the query": state}


def _starting(pull: Pull, scope: Scope, place: Place, onward: Onward) -> dict[str, Json]:
    """What all pages of a pull have in common."""
    run = {
        "name.$": "$$.Execution.Name",
        "started.$": "$$.Execution.StartTime",
        "day.$": "States.ArrayGetItem(States.StringSplit($$.Execution.StartTime, 'T'), 0)",
    }
    if pull.since is None:
        return {"start": _started(run, onward)}
    return {
        "look back": {
            "Type": "Task",
            "Resource": integration(scope, "aws-sdk:s3:getObject"),
            "Parameters": {"Bucket": place.bucket, "Key": f"{place.prefix}{MARK}"},
            "ResultSelector": {"mark.$": "States.StringToJson($.Body)"},
            "ResultPath": "$.before",
            "Retry": [retry("S3.S3Exception", "States.Timeout", times=TRIES)],
            "Catch": [
                {"ErrorEquals": _ABSENT, "ResultPath": None, "Next": "start anew"},
                caught(STEP),
            ],
            "Next": "start",
        },
        "start": _started({**run, "since.$": "$.before.mark.at"}, onward),
        "start anew": _started({**run, "since": pull.since.start}, onward),
    }


def _started(run: Props, onward: Onward) -> Props:
    return {
        "Type": "Pass",
        "Parameters": {"run": run, "turn": 0, "page": 1, "here": 1, **onward.before},
        "Next": "ask for the first page",
    }


def _end(pull: Pull, place: Place, write: str) -> dict[str, Json]:
    """The watermark moves when all pages are landed, and not before."""
    if pull.since is None:
        return {"come to its end": {"Type": "Succeed"}}
    said = {
        "Type": "Task",
        "Resource": write,
        "Parameters": {
            "Bucket": place.bucket,
            "Key": f"{place.prefix}{MARK}",
            "ContentType": "application/json",
            "Body": {"at.$": "$.run.started", "run.$": "$.run.name"},
        },
        "ResultPath": None,
        "Retry": [retry("States.ALL", times=TRIES)],
        "Catch": [caught(STEP)],
        "Next": "done",
    }
    return {"come to its end": said, "done": {"Type": "Succeed"}}


# -- from page to page


def _turned(onward: Onward) -> Props:
    """What goes on to the next page: the one before is dropped."""
    return {
        "Type": "Pass",
        "Parameters": {
            **_KEPT,
            **onward.next,
            "page.$": "States.MathAdd($.page, 1)",
            "here.$": "States.MathAdd($.here, 1)",
        },
        "Next": "is there room",
    }


def _after(onward: Onward, most: int, room: int) -> dict[str, Json]:
    if not onward.next:
        return {"is there another": {"Type": "Pass", "Next": "come to its end"}}
    there = {"And": [*onward.there], "Next": "turn the page"} if onward.there else {}
    again = "is it the same again"
    choices = [{**there, "Next": again if onward.compares else "turn the page"}] if there else []
    found: dict[str, Json] = {
        "is there another": {"Type": "Choice", "Choices": choices, "Default": "come to its end"}
        if choices
        else {"Type": "Pass", "Next": "turn the page"},
        "is there room": {
            "Type": "Choice",
            "Choices": [
                {"Variable": "$.page", "NumericGreaterThan": most, "Next": "pages have no end"},
                {"Variable": "$.here", "NumericGreaterThan": room, "Next": "hand over"},
            ],
            "Default": "ask for the next page",
        },
        "pages have no end": fault(
            "Moorline.TooManyPages", f"there are more than {most} pages: see 'most'"
        ),
    }
    if onward.compares:
        now = sub(onward.compares)
        same = [{"Variable": "$.next", "IsPresent": True}]
        found |= {
            again: {
                "Type": "Choice",
                "Choices": [
                    {
                        "And": [*same, {"Variable": now, f"{kind}EqualsPath": "$.next"}],
                        "Next": "cursor repeats itself",
                    }
                    for kind in ("String", "Numeric")
                ],
                "Default": "turn the page",
            },
            "cursor repeats itself": fault(
                "Moorline.CursorRepeats", "an answer leads back to itself: it would never end"
            ),
        }
    return found


def _handing(scope: Scope, *, many: bool) -> dict[str, Json]:
    """The next run; the one that asks for it has done its part."""
    given_ = {"run.$": "$.run", "next.$": "$.next", "page.$": "$.page", "here": 1}
    given_ |= {"last.$": "$.last"} if many else {}
    given_["turn.$"] = "States.MathAdd($.turn, 1)"
    given_["AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID.$"] = "$$.Execution.Id"
    name = "States.Hash(States.Format('{} {}', $.run.name, $.turn), 'SHA-1')"
    return {
        "hand over": {
            "Type": "Task",
            "Resource": integration(scope, "states:startExecution"),
            "Parameters": {
                "StateMachineArn.$": "$$.StateMachine.Id",
                "Name.$": name,
                "Input": given_,
            },
            "ResultPath": None,
            "Retry": [retry("States.ALL", times=TRIES)],
            "Catch": [
                {"ErrorEquals": _STARTED, "ResultPath": None, "Next": "handed over"},
                caught(STEP),
            ],
            "Next": "handed over",
        },
        "handed over": {"Type": "Succeed"},
    }


# -- numbered pages, several at the same time


def _mapped(numbered: Number, loop: Mapping[str, Json], room: int, most: int) -> dict[str, Json]:
    """All pages after the first one, as many at a time as fit into one run."""
    last = sub(numbered.last or "$")
    many = min(room, _MOST)
    wanted = ("look at it", "write it out", "is it empty", "count", "is it as declared")
    wanted += ("page is malformed", "land it", "keep it aside")
    inner = {"ask for the next page": loop["ask for the next page"]}
    inner |= {name: loop[name] for name in wanted}
    states = _renamed(inner, {"is there another": "landed", "come to its end": "landed"})
    states |= {
        "landed": {"Type": "Pass", "Parameters": {}, "End": True},
        "page has failed": {
            "Type": "Fail",
            "ErrorPath": f"{FAULT}.Error",
            "CausePath": f"{FAULT}.Cause",
        },
        "one page is too large": {
            **fault("Moorline.PageTooLarge", "an answer is larger than Step Functions takes"),
            "Next": "page has failed",
        },
    }
    kept = {**_KEPT, "page.$": "$.page", "last.$": "$.last", "next.$": "$.next", "here": 1}
    return {
        "is there another": {
            "Type": "Choice",
            "Choices": [{"And": [*number(last)], "Next": "note the last"}],
            "Default": "page is malformed",
        },
        "note the last": {
            "Type": "Pass",
            "Parameters": {
                **_KEPT,
                "page": 1,
                "here": 1,
                "next": numbered.first + 1,
                "last.$": last,
            },
            "Next": "share out the pages",
        },
        "share out the pages": {
            "Type": "Choice",
            "Choices": [
                {
                    "Variable": "$.last",
                    "NumericGreaterThan": most,
                    "Next": "pages have no end",
                },
                {
                    "Variable": "$.next",
                    "NumericGreaterThanPath": "$.last",
                    "Next": "come to its end",
                },
            ],
            "Default": "count what fits",
        },
        "count what fits": {
            "Type": "Pass",
            "Parameters": {**kept, "to.$": f"States.MathAdd($.next, {many - 1})"},
            "Next": "is it all",
        },
        "is it all": {
            "Type": "Choice",
            "Choices": [
                {
                    "Variable": "$.to",
                    "NumericGreaterThanEqualsPath": "$.last",
                    "Next": "take all of it",
                }
            ],
            "Default": "ask for many",
        },
        "take all of it": {
            "Type": "Pass",
            "Parameters": {**kept, "to.$": "$.last"},
            "Next": "ask for many",
        },
        "ask for many": {
            "Type": "Pass",
            "Parameters": {
                **kept,
                "to.$": "$.to",
                "numbers.$": "States.ArrayRange($.next, $.to, 1)",
            },
            "Next": "ask for each",
        },
        "ask for each": {
            "Type": "Map",
            "ItemsPath": "$.numbers",
            "MaxConcurrency": numbered.parallel,
            "ItemSelector": {
                "run.$": "$.run",
                "next.$": "$$.Map.Item.Value",
                "page.$": "$$.Map.Item.Value",
            },
            "ItemProcessor": {
                "ProcessorConfig": {"Mode": "INLINE"},
                "StartAt": _one("ask for the next page"),
                "States": parts.reached(_one("ask for the next page"), states),
            },
            "ResultPath": None,
            "Catch": [caught(STEP)],
            "Next": "go past them",
        },
        "go past them": {
            "Type": "Pass",
            "Parameters": {**kept, "next.$": "States.MathAdd($.to, 1)"},
            "Next": "is there more",
        },
        "is there more": {
            "Type": "Choice",
            "Choices": [
                {
                    "Variable": "$.next",
                    "NumericGreaterThanPath": "$.last",
                    "Next": "come to its end",
                }
            ],
            "Default": "hand over",
        },
    }


def _one(name: str) -> str:
    return f"one: {name}"


def _renamed(states: Mapping[str, Json], ends: Mapping[str, str]) -> dict[str, Json]:
    """States as those of one page among many: names are unique in a machine, and ends are its own.

    A failure ends the page, and with it the state around it.
    """
    ends = {**ends, fallen(STEP): "page has failed", "page is too large": "one page is too large"}

    def target(name: str) -> str:
        return ends.get(name) or _one(name)

    def each(state: Json) -> Json:
        if isinstance(state, Mapping):
            return {
                key: target(item) if key in {"Next", "Default"} else each(item)
                for key, item in state.items()
            }
        return [each(item) for item in state] if isinstance(state, list) else state

    return {_one(name): each(state) for name, state in states.items()}
