"""Schedules on the sandbox's clock: those that are on fire, in their time zone and window.

Sources: EventBridge Scheduler user guide, "Schedule types", "Configuring flexible time windows",
"Context attributes", "Deleting a schedule" (ActionAfterCompletion).
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from moto.moto_api._internal import mock_random
from moto.scheduler.exceptions import ValidationException
from moto.scheduler.models import Schedule, scheduler_backends

from reconciler.facts.schedule import ScheduleError, firings, parse
from reconciler.sandbox.beside import backends
from reconciler.sandbox.services.cloudcontrol.store import all_records
from reconciler.sandbox.services.scheduler import delivery
from reconciler.sandbox.state.agenda import Due
from reconciler.sandbox.state.world import WORLD

SERVICE, FIRED = "scheduler", "fired"
TYPE = "AWS::Scheduler::Schedule"
PRINCIPAL = "scheduler.amazonaws.com"
SET = "moorline_set"
"""When a schedule of moto's was made or changed, by the sandbox's clock."""


@dataclass(frozen=True, slots=True)
class Held:
    """A schedule, whichever way it was made."""

    arn: str
    account: str
    region: str
    set: float
    props: Mapping[str, Any]
    """With the names of the API, which CloudFormation has as well."""

    @property
    def group(self) -> str:
        """The ARN of its group, which a role's trust is told of."""
        head, _, rest = self.arn.partition(":schedule/")
        return f"{head}:schedule-group/{rest.partition('/')[0]}"


def schedules() -> Iterator[Held]:
    """All schedules of all accounts and regions."""
    for record in [*all_records(TYPE)]:
        if record.ends is None:
            yield Held(record.arn, record.account, record.region, record.modified, record.model)
    for account, regions in [*scheduler_backends.items()]:
        for region, backend in [*regions.items()]:
            for group in [*backend.schedule_groups.values()]:
                for each in [*group.schedules.values()]:
                    at = getattr(each, SET, each.creation_date)
                    yield Held(each.arn, account, region, at, each.to_dict())


def due() -> Due | None:
    """The next schedule that fires."""
    best: tuple[float, float, Held] | None = None
    for held in schedules():
        found = _next(held)
        if found is not None and (best is None or found < best[:2]):
            best = (*found, held)
    if best is None:
        return None
    at, nominal, chosen = best
    return Due(at, lambda: _fire(chosen, at, nominal))


def _next(held: Held) -> tuple[float, float] | None:
    """When it fires next, and the moment that its expression says; nothing if never."""
    if (held.props.get("State") or "ENABLED") != "ENABLED":
        return None
    memory = backends[held.account][held.region].kept(SERVICE, FIRED)
    known = memory.get(held.arn)
    if known is None or known["set"] != held.set:
        known = memory[held.arn] = {"set": held.set, "after": held.set, "next": None, "told": False}
    if not known["told"]:
        known["next"], known["told"] = _computed(held, known["after"]), True
    found: tuple[float, float] | None = known["next"]
    return found


def _computed(held: Held, after: float) -> tuple[float, float] | None:
    props = held.props
    begins, ends = _moment(props.get("StartDate")), _moment(props.get("EndDate"))
    zone = props.get("ScheduleExpressionTimezone") or "UTC"
    try:
        schedule = parse(str(props["ScheduleExpression"]))
        start = datetime.fromtimestamp(max(after, begins or after), UTC)
        nominal = next(firings(schedule, start, zone), None)
    except ScheduleError:
        return None
    if nominal is None or (ends is not None and nominal.timestamp() > ends):
        return None
    window = props.get("FlexibleTimeWindow") or {}
    minutes = (
        int(window.get("MaximumWindowInMinutes") or 0) if window.get("Mode") == "FLEXIBLE" else 0
    )
    moment = nominal.timestamp()
    return moment + (mock_random.uniform(0.0, minutes * 60.0) if minutes else 0.0), moment


def _moment(value: Any) -> float | None:  # noqa: ANN401  (a text of CloudFormation's, or moto's number)
    if value in (None, ""):
        return None
    if isinstance(value, int | float):
        return float(value)
    found = datetime.fromisoformat(str(value))
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _fire(held: Held, at: float, nominal: float) -> None:
    memory = backends[held.account][held.region].kept(SERVICE, FIRED)
    known = memory[held.arn]
    known["after"], known["told"] = nominal, False
    target = held.props.get("Target") or {}
    number = WORLD.next_number()
    delivery.add(delivery.Delivery(
        PRINCIPAL, held.group, held.account, held.region, target, _filled(held, target, nominal),
        at, number))  # fmt: skip
    if _next(held) is None and held.props.get("ActionAfterCompletion") == "DELETE":
        _delete(held)


def _filled(held: Held, target: Mapping[str, Any], nominal: float) -> str:
    """The input with what Scheduler puts in."""
    given = target.get("Input")
    text = given if isinstance(given, str) else json.dumps(given) if given is not None else ""
    stamp = datetime.fromtimestamp(nominal, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    unique = str(uuid.UUID(int=mock_random.getrandbits(128)))
    for name, value in (
        ("schedule-arn", held.arn),
        ("scheduled-time", stamp),
        ("execution-id", unique),
        ("attempt-number", "1"),
    ):
        text = text.replace(f"<aws.scheduler.{name}>", value)
    return text


def _delete(held: Held) -> None:
    for record in [*all_records(TYPE)]:
        if record.arn == held.arn:
            record.ends = WORLD.clock.now()
    group, _, name = held.arn.partition(":schedule/")[2].partition("/")
    held_groups = scheduler_backends[held.account][held.region].schedule_groups
    if group in held_groups:
        held_groups[group].schedules.pop(name, None)


def install() -> None:
    """Let moto's schedules know when they were set, by the sandbox's clock."""
    kind: Any = Schedule
    made, changed = kind.__init__, kind.update

    def begin(self: Any, *given: Any, **more: Any) -> None:  # noqa: ANN401  (moto's)
        made(self, *given, **more)
        setattr(self, SET, WORLD.clock.now())

    def update(self: Any, *given: Any, **more: Any) -> None:  # noqa: ANN401  (moto's)
        changed(self, *given, **more)
        setattr(self, SET, WORLD.clock.now())

    kind.__init__, kind.update = begin, update
    kind.validate_target = staticmethod(_whole(kind.validate_target))


def _whole(valid: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Also that a pipeline of SageMaker has its parameters, be it an empty list of them.

    Source of the refusal: reports of people who use Terraform's provider; its text is theirs.
    """

    def check(target: Any) -> Any:  # noqa: ANN401  (moto's)
        pipeline = ":sagemaker:" in str(target.get("Arn")) and ":pipeline/" in str(target["Arn"])
        if pipeline and target.get("SageMakerPipelineParameters") is None:
            raise ValidationException("SageMakerPipelineParameters must be specified.")
        return valid(target)

    return check
