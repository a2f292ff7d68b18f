"""The plan: everything that an apply will do, as data that can be read, kept and compared.

`to_json` is the versioned form that machines read and that every renderer
starts from; `from_json` reads it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model import tally
from reconciler.model.address import Address
from reconciler.model.change import Change
from reconciler.model.diagnostic import Diagnostic, diagnostic_from_json, diagnostic_to_json
from reconciler.model.format import checked
from reconciler.model.lineage import Reach
from reconciler.model.step import SUFFIX, WIDEN, Step, step_from_json, step_to_json
from reconciler.model.succession import (
    Succession,
    succession_from_json,
    succession_to_json,
)
from reconciler.model.value import Json, Props, canonical, digest
from reconciler.model.waiting import Waiting, waiting_from_json, waiting_to_json

__all__ = [
    "FORMAT",
    "SUFFIX",
    "WIDEN",
    "Plan",
    "Step",
    "plan_from_json",
    "plan_to_json",
    "summary",
    "to_bytes",
]

FORMAT = 4
"""1 knew no wider access, and not what waits."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What an apply will do in one environment, and what was found on the way."""

    environment: str
    platform: str
    account: str
    region: str
    steps: tuple[Step, ...] = ()
    unchanged: int = 0
    diagnostics: tuple[Diagnostic, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    """Specs for which something else has to be done first."""
    reaches: tuple[Reach, ...] = ()
    """Which models and endpoints the changes reach."""
    versions: tuple[Succession, ...] = ()
    """Which versions of models take over."""
    rollouts: tuple[Json, ...] = ()
    """How rollouts that go step by step stand, as `rollout.shown` tells it."""
    observed_calls: int = 0
    """AWS requests that were needed to make this plan."""
    commit: str = ""
    format_version: int = FORMAT
    same: Mapping[Address, Props] = field(default_factory=dict, compare=False, repr=False)
    """What the unchanged resources are; for receipts, no part of a plan file."""
    beside: Mapping[Address, Props] = field(default_factory=dict, compare=False, repr=False)
    """What is live of the unchanged ones and nobody has declared; for receipts as well."""
    moving: tuple[Change, ...] = field(default=(), compare=False, repr=False)
    """How resources compare that others may move at run time; for drift alone."""
    staying: tuple[Change, ...] = field(default=(), compare=False, repr=False)
    """What differs and no call of AWS changes; for drift alone."""

    @property
    def is_empty(self) -> bool:
        return not self.steps

    @property
    def refused(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.refused)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(found for found in self.diagnostics if found.is_error)

    @property
    def blocked(self) -> frozenset[str]:
        """Ids of the steps that will not run: the refused ones and all that need them."""
        return frozenset(self.held)

    @property
    def held(self) -> dict[str, str]:
        """By step that will not run: the refused one that it needs, or itself (`tally.held`)."""
        return tally.held(self.steps)

    @property
    def calls(self) -> int:
        """AWS requests that the steps will send, waits and checks not counted."""
        return tally.counted(self.steps)["calls_planned"]

    @property
    def digest(self) -> str:
        """Identifies what will be done, whatever caused it; the same input gives the same."""
        steps = [step_to_json(step, causes=False) for step in self.steps]
        return digest([self.environment, self.account, self.region, steps])


def to_bytes(plan: Plan) -> bytes:
    """The canonical bytes of a plan file."""
    return canonical(plan_to_json(plan))


def plan_to_json(plan: Plan) -> Json:
    """The versioned JSON form; what is reached only where something is."""
    taking_over = [succession_to_json(each) for each in plan.versions]
    reached = [{"spec": each.spec, "reaches": [*each.reaches]} for each in plan.reaches]
    return {
        "format_version": plan.format_version,
        "environment": plan.environment,
        "platform": plan.platform,
        "account": plan.account,
        "region": plan.region,
        "commit": plan.commit,
        "digest": plan.digest,
        "steps": [step_to_json(step) for step in plan.steps],
        "summary": summary(plan),
        "waiting": [waiting_to_json(each) for each in plan.waiting],
        "diagnostics": [diagnostic_to_json(found) for found in plan.diagnostics],
        **({"reaches": reached} if reached else {}),
        **({"versions": taking_over} if taking_over else {}),
        **({"rollouts": list(plan.rollouts)} if plan.rollouts else {}),
    }


def summary(plan: Plan) -> dict[str, int]:
    """The numbers that every form tells (`tally.counted`), and what was found out how."""
    return {
        **tally.counted(plan.steps),
        "unchanged": plan.unchanged,
        "calls_made": plan.observed_calls,
    }


def plan_from_json(data: Json) -> Plan:
    """Read a plan back.

    Raises:
        ValueError: the format is not one that this version of Moorline knows.
    """
    checked(data["format_version"], FORMAT, "plan", oldest=FORMAT)
    counts = data["summary"]
    return Plan(
        environment=data["environment"],
        platform=data["platform"],
        account=data["account"],
        region=data["region"],
        steps=tuple(step_from_json(step) for step in data["steps"]),
        unchanged=counts["unchanged"],
        diagnostics=tuple(diagnostic_from_json(found) for found in data["diagnostics"]),
        waiting=tuple(waiting_from_json(each) for each in data.get("waiting", ())),
        reaches=tuple(
            Reach(each["spec"], tuple(each["reaches"])) for each in data.get("reaches", ())
        ),
        versions=tuple(succession_from_json(each) for each in data.get("versions", ())),
        rollouts=tuple(data.get("rollouts", ())),
        observed_calls=counts["calls_made"],
        commit=data["commit"],
    )
