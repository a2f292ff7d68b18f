"""Schedules that AWS would refuse, and those that never fire.

A schedule that never fires is taken by AWS without a word, and nothing ever happens. Whether its
moment has passed depends on the day; where nobody says which day it is, only what no calendar has
counts. Sources: see `facts.schedule`; EventBridge user guide, "Creating a rule that runs on a
schedule" (no `at`, and no time zone).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime, time

from reconciler.facts.schedule import ScheduleError, never, parse
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, Path
from reconciler.policy.api import Grounds, Ruled, register

CODE = Code(
    "SCHED001",
    "a schedule that cannot be, or never fires",
    "A schedule is written as cron(…), rate(…) or at(…), in a time zone by its IANA name. AWS refuses what it cannot read in the middle of an apply, and takes what never fires without a word.",  # noqa: E501
    "Correct the expression: six fields in cron, of which one of day of month and day of week is `?`.",  # noqa: E501
)
SCHEDULE, RULE = "AWS::Scheduler::Schedule", "AWS::Events::Rule"
SCALED, ACTIONS = "AWS::ApplicationAutoScaling::ScalableTarget", "ScheduledActions"
EXPRESSION, ZONE = "ScheduleExpression", "ScheduleExpressionTimezone"
_EARLY = datetime(1970, 1, 1, tzinfo=UTC)


def find(graph: Graph, grounds: Grounds) -> Iterator[Diagnostic]:
    """One finding for each schedule, at its line."""
    today = grounds.policy.today
    now = _EARLY if today == date.max else datetime.combine(today, time(), tzinfo=UTC)
    for node in graph:
        said = node.props.get(EXPRESSION)
        if node.address.type in {SCHEDULE, RULE} and isinstance(said, str):
            places = ((EXPRESSION,), (ZONE,))
            yield from _found(node, said, node.props.get(ZONE), now, places)
        if node.address.type == SCALED:
            yield from _scaled(node, now)


def _scaled(node: Node, now: datetime) -> Iterator[Diagnostic]:
    """Source: Application Auto Scaling API reference, PutScheduledAction (Schedule, Timezone)."""
    for each in node.props.get(ACTIONS) or ():
        if isinstance(each, Mapping) and isinstance(each.get("Schedule"), str):
            places = ((ACTIONS,), (ACTIONS,))
            yield from _found(node, each["Schedule"], each.get("Timezone"), now, places)


def _found(
    node: Node, said: str, zone: Json, now: datetime, places: tuple[Path, Path]
) -> Iterator[Diagnostic]:
    zone = zone or "UTC"
    try:
        schedule = parse(said)
        why = never(schedule, now, zone if isinstance(zone, str) else "UTC")
    except ScheduleError as error:
        yield _finding(node, places["time zone" in str(error)], f"{said!r} is no schedule: {error}")
        return
    if node.address.type == RULE and said.startswith("at("):
        yield _finding(
            node, places[0], "a rule takes cron(…) and rate(…); use a schedule for at(…)"
        )
    elif why:
        yield _finding(node, places[0], f"{said!r} never fires: {why}")


def _finding(node: Node, place: Path, text: str) -> Diagnostic:
    at = node.origin.line_of(place) if node.origin else None
    help_ = "a schedule looks like cron(15 2 * * ? *), rate(6 hours) or at(2027-01-31T09:00:00)"
    return Diagnostic(CODE.code, text, at, help_, address=node.address)


register(Ruled(CODE, find))
