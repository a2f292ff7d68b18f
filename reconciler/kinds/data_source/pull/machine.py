"""The state machine of a pull, with its schedule, its role and its dead letters.

A run that would get too long for its history starts the next one and hands over where it is; the
name of that one follows from its own, so that trying twice starts one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Scope
from reconciler.kinds.data_source.pull import ends, function, states as parts
from reconciler.kinds.data_source.pull.connection import TYPE as CONNECTION, kept
from reconciler.kinds.data_source.pull.look import look
from reconciler.kinds.data_source.pull.many import mapped
from reconciler.kinds.data_source.pull.spec import Number, Pull
from reconciler.kinds.data_source.pull.states import (
    BODY,
    KEPT,
    STEP,
    Asked,
    Onward,
    Place,
    Shape,
    fault,
    sub,
)
from reconciler.kinds.terms import machine as terms
from reconciler.kinds.terms.asset import Asset
from reconciler.kinds.terms.location import inside
from reconciler.kinds.terms.machine import Machine, fallen, integration
from reconciler.kinds.terms.permissions import allow_read, allow_write
from reconciler.kinds.terms.schedule import Timing, scheduled
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Props, Ref

LONGEST = 6 * 3600
"""Seconds that one run may take, whatever it waits for; those that it starts count anew."""
REJECTED = "rejected/"


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
    wants: Mapping[str, str],
    numbered: Number | None = None,
    file: Asset | None = None,
) -> Iterator[Node]:
    """The machine and what belongs to it.

    `endpoints` is a pattern of what it may call, `wants` what a function tells of an answer.
    """
    machine = terms.begin(scope)
    place = parts.placed(pull, scope)
    _grant(pull, scope, machine, method, endpoints)
    yield terms.dead_letters(machine, scope)
    body = _states(pull, scope, place, asked, onward, shape, wants, numbered)
    if file is not None:
        allow_read(scope, machine.role, file.spot)
        body = ends.with_query(body, file, scope)
    body["begin"] = ends.begin(body, onward, numbered)
    body |= {**terms.failing(STEP), **terms.ending(machine, scope)}
    body = parts.reached("begin", body)
    if "hand over" in body:
        own = terms.pattern(machine.address, scope)
        scope.grant(machine.role, ("states:StartExecution",), on=(own,))
    definition = {"StartAt": "begin", "TimeoutSeconds": LONGEST, "States": body}
    needs = file.needs if file else ()
    lines: dict[Path, Path] = {("DefinitionString",): at}
    yield from terms.finish(machine, definition, scope, lines=lines, depends_on=needs)
    if (when := pull.trigger) is not None:
        timing = Timing(when.schedule, when.timezone, when.state == "paused")
        where = (*at, "trigger")
        lines = {
            ("ScheduleExpression",): (*where, "schedule"),
            ("ScheduleExpressionTimezone",): (*where, "timezone"),
            ("State",): (*where, "state"),
        }
        yield from scheduled(machine, scope, timing, given={}, lines=lines)


def _grant(pull: Pull, scope: Scope, machine: Machine, method: str, endpoints: str) -> None:
    """What calling and landing take.

    Source: Step Functions developer guide, "IAM permissions to run an HTTP Task".
    """
    role, name = machine.role, scope.address(CONNECTION)
    own = terms.pattern(machine.address, scope)
    spot = inside(scope, "DataSource", pull.land.to, pull.land.path.strip("/"), tree=True)
    by_function = pull.land.by == "lambda"
    if pull.since is not None or not by_function:
        allow_write(scope, role, spot, large=pull.since is not None)
    if pull.since is not None:  # without leave to list, S3 answers 403 for what is not there
        scope.grant(role, ("s3:GetObject",), on=(spot.objects,))
        scope.grant(role, ("s3:ListBucket",), on=(spot.bucket,))
    if by_function:
        arn = Ref(scope.address(function.FUNCTION, function.SUFFIX), "Arn")
        scope.grant(role, ("lambda:InvokeFunction",), on=(arn,))
        return
    operator = "StringLike" if "*" in endpoints else "StringEquals"
    when = {"StringEquals": {"states:HTTPMethod": method}}
    when.setdefault(operator, {})["states:HTTPEndpoint"] = endpoints
    scope.grant(role, ("states:InvokeHTTPEndpoint",), on=(own,), when=when)
    scope.grant(role, ("events:RetrieveConnectionCredentials",), on=(Ref(name, "Arn"),))
    reads = ("secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue")
    scope.grant(role, reads, on=(kept(name, scope),))


def _states(  # noqa: PLR0913 - as `pulled`
    pull: Pull,
    scope: Scope,
    place: Place,
    asked: Asked,
    onward: Onward,
    shape: Shape,
    wants: Mapping[str, str],
    numbered: Number | None,
) -> dict[str, Json]:
    write = integration(scope, "aws-sdk:s3:putObject")
    many = numbered is not None and numbered.parallel > 1
    if pull.land.by == "lambda":
        loop = function.asking(scope, asked, onward, shape, wants, many=many)
    else:
        loop = _asking(scope, place, asked, onward, shape, write)
    if onward.next:
        loop["turn the page"] = _turned(onward)
    room = parts.EVENTS // (parts.events(loop) + 8)
    loop |= _after(onward, pull.most, room)
    if many and numbered is not None:
        loop |= mapped(numbered, loop, room, pull.most)
    return {
        **ends.starting(pull, scope, place, onward),
        **loop,
        **ends.handing(scope, many=many),
        **ends.end(pull, place, write),
        "page is too large": fault("Moorline.PageTooLarge", parts.TOO_LARGE),
    }


def _asking(  # noqa: PLR0913 - as `pulled`
    scope: Scope, place: Place, asked: Asked, onward: Onward, shape: Shape, write: str
) -> dict[str, Json]:
    """States from asking for a page by an HTTP task to its landing, or to why it is not landed."""
    http = integration(scope, "http:invoke")
    states: dict[str, Json] = {
        "ask for the first page": parts.fetch(asked, asked.first, http),
        **look(shape, "land it", onward),
        "land it": parts.put(place, parts.key(place), {"Body.$": BODY}, "is there another", write),
        "keep it aside": _aside(place, write),
    }
    if onward.next:
        states["ask for the next page"] = parts.fetch(asked, asked.following, http)
    return states


def _aside(place: Place, write: str) -> Props:
    """A page that is not as declared, kept for people; that it cannot be kept hides nothing."""
    kept = parts.put(place, parts.key(place, REJECTED), {"Body.$": BODY}, fallen(STEP), write)
    catch = {"ErrorEquals": ["States.ALL"], "ResultPath": None, "Next": fallen(STEP)}
    return {**kept, "Catch": [catch]}


# -- from page to page


def _turned(onward: Onward) -> Props:
    """What goes on to the next page: the one before is dropped."""
    return {
        "Type": "Pass",
        "Parameters": {
            **KEPT,
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
