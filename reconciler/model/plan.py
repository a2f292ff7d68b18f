"""The plan: everything that an apply will do, as data that can be read, kept and compared.

`to_json` is the versioned form that machines read and that every renderer
starts from; `from_json` reads it back.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.actor import Actor, actor_from_json, actor_to_json
from reconciler.model.address import Address
from reconciler.model.change import Action, Call, Cause, Change, Effect, FieldChange, Reason
from reconciler.model.diagnostic import (
    Diagnostic,
    Span,
    diagnostic_from_json,
    diagnostic_to_json,
    span_from_json,
    span_to_json,
)
from reconciler.model.loss import (
    Approval,
    Loss,
    approval_to_json,
    loss_from_json,
    loss_to_json,
)
from reconciler.model.value import Json, Props, canonical, digest, from_json, to_json

FORMAT = 1
SUFFIX = "#delete"
"""Ends the id of a step that removes: an orphan, or the old half of a replacement."""


@dataclass(frozen=True, slots=True)
class Step:
    """One resource's part of a plan.

    `needs` are ids of steps that must be done before, and `after` names types all of
    whose steps must be done before. `guard` is the digest of
    what was observed ("" when the resource must not exist). `destroys` names
    what is lost (records, traffic, keys, history), "" when nothing is; where
    `losses` are of several classes it is the first that is refused.
    """

    id: str
    address: Address
    action: Action
    reason: Reason
    calls: tuple[Call, ...] = ()
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    guard: str = ""
    desired: Props = field(default_factory=dict)
    fields: tuple[FieldChange, ...] = ()
    spec: str = ""
    at: Span | None = None
    destroys: str = ""
    detail: str = ""
    """AWS's own reason, where it reports the resource as failed."""
    refused: str = ""
    """Why this step may not run, by the environment or by its own history; "" when it may."""
    retry: bool = False
    """The user asked for it although it was tried before and failed."""
    cause: Cause = Cause.UNKNOWN
    """Why the whole resource is there or not, where no field says it."""
    by: Actor | None = None
    """Who made it necessary, where that was looked up."""
    losses: tuple[Loss, ...] = ()
    """Each thing that is lost, with what permits it."""

    @property
    def loses(self) -> str:
        """What is lost, in words; "" when nothing is."""
        return "; ".join(dict.fromkeys(loss.says for loss in self.losses))

    @property
    def approval(self) -> Approval | None:
        """The first approval that lets it run; `losses` have all of them."""
        return next((loss.approval for loss in self.losses if loss.approval), None)


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
    observed_calls: int = 0
    """AWS requests that were needed to make this plan."""
    commit: str = ""
    format_version: int = FORMAT
    same: Mapping[Address, Props] = field(default_factory=dict, compare=False, repr=False)
    """What the unchanged resources are; for receipts, no part of a plan file."""
    moving: tuple[Change, ...] = field(default=(), compare=False, repr=False)
    """How resources compare that others may move at run time; for drift alone."""

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
        users: dict[str, list[Step]] = {}
        for step in self.steps:
            for need in (*step.needs, *step.after):
                users.setdefault(need, []).append(step)
        todo = list(self.refused)
        stopped = {step.id for step in todo}
        while todo:
            step = todo.pop()
            waiting = [*users.pop(step.id, ()), *users.pop(step.address.type, ())]
            more = [each for each in waiting if each.id not in stopped]
            stopped |= {each.id for each in more}
            todo += more
        return frozenset(stopped)

    @property
    def calls(self) -> int:
        """AWS requests that the steps will send, waits and checks not counted."""
        stopped = self.blocked
        return sum(len(step.calls) for step in self.steps if step.id not in stopped)

    @property
    def digest(self) -> str:
        """Identifies what will be done, whatever caused it; the same input gives the same."""
        steps = [_step_to_json(step, causes=False) for step in self.steps]
        return digest([self.environment, self.account, self.region, steps])


def to_bytes(plan: Plan) -> bytes:
    """The canonical bytes of a plan file."""
    return canonical(plan_to_json(plan))


def plan_to_json(plan: Plan) -> Json:
    """The versioned JSON form."""
    return {
        "format_version": plan.format_version,
        "environment": plan.environment,
        "platform": plan.platform,
        "account": plan.account,
        "region": plan.region,
        "commit": plan.commit,
        "digest": plan.digest,
        "steps": [_step_to_json(step) for step in plan.steps],
        "summary": summary(plan),
        "diagnostics": [diagnostic_to_json(found) for found in plan.diagnostics],
    }


def summary(plan: Plan) -> dict[str, int]:
    """Counts by action, plus what destroys, was refused, left alone and called."""
    replaced = {step.id for step in plan.steps if step.action is Action.REPLACE}
    counts = {str(action): 0 for action in Action if action is not Action.NONE}
    for step in plan.steps:
        alone = str(step.address) not in replaced or step.id in replaced
        if alone and step.action is not Action.NONE:
            counts[str(step.action)] += 1
    return {
        **counts,
        "unchanged": plan.unchanged,
        "destructive": sum(bool(step.destroys) for step in plan.steps),
        "refused": len(plan.refused),
        "calls_made": plan.observed_calls,
        "calls_planned": plan.calls,
    }


def plan_from_json(data: Json) -> Plan:
    """Read a plan back.

    Raises:
        ValueError: the format is newer than this version of Moorline knows.
    """
    if data["format_version"] > FORMAT:
        msg = f"plan format {data['format_version']} is newer than {FORMAT}; update moorline"
        raise ValueError(msg)
    counts = data["summary"]
    return Plan(
        environment=data["environment"],
        platform=data["platform"],
        account=data["account"],
        region=data["region"],
        steps=tuple(_step_from_json(step) for step in data["steps"]),
        unchanged=counts["unchanged"],
        diagnostics=tuple(diagnostic_from_json(found) for found in data["diagnostics"]),
        observed_calls=counts["calls_made"],
        commit=data["commit"],
    )


def _step_to_json(step: Step, *, causes: bool = True) -> Json:
    return {
        **({"cause": str(step.cause), "by": actor_to_json(step.by)} if causes else {}),
        "id": step.id,
        "type": step.address.type,
        "name": step.address.name,
        "action": str(step.action),
        "reason": str(step.reason),
        "spec": step.spec,
        "at": span_to_json(step.at),
        "detail": step.detail,
        "destroys": step.destroys,
        "loses": step.loses,
        "refused": step.refused,
        "retry": step.retry,
        "approval": approval_to_json(step.approval),
        "losses": [loss_to_json(loss) for loss in step.losses],
        "needs": list(step.needs),
        "after": list(step.after),
        "guard": step.guard,
        "fields": [_field_to_json(change, causes=causes) for change in step.fields],
        "calls": [_call_to_json(call) for call in step.calls],
        "desired": to_json(step.desired),
    }


def _step_from_json(data: Json) -> Step:
    return Step(
        id=data["id"],
        address=Address(data["type"], data["name"]),
        action=Action(data["action"]),
        reason=Reason(data["reason"]),
        calls=tuple(_call_from_json(call) for call in data["calls"]),
        needs=tuple(data["needs"]),
        after=tuple(data["after"]),
        guard=data["guard"],
        desired=from_json(data["desired"]),
        fields=tuple(_field_from_json(change) for change in data["fields"]),
        spec=data["spec"],
        at=span_from_json(data["at"]),
        detail=data["detail"],
        destroys=data["destroys"],
        refused=data["refused"],
        retry=data.get("retry", False),
        losses=tuple(loss_from_json(loss) for loss in data.get("losses", ())),
        cause=Cause(data.get("cause", Cause.UNKNOWN)),
        by=actor_from_json(data.get("by")),
    )


def _call_to_json(call: Call) -> Json:
    return {
        "service": call.service,
        "method": call.method,
        "params": to_json(call.params),
        "outputs": {name: list(path) for name, path in call.outputs.items()},
    }


def _call_from_json(data: Json) -> Call:
    outputs: Mapping[str, tuple[str, ...]] = {
        name: tuple(path) for name, path in data["outputs"].items()
    }
    return Call(data["service"], data["method"], from_json(data["params"]), outputs)


def _field_to_json(change: FieldChange, *, causes: bool) -> Json:
    return {
        **({"cause": str(change.cause)} if causes else {}),
        "path": list(change.path),
        "before": to_json(change.before),
        "after": to_json(change.after),
        "effect": str(change.effect),
        "at": span_to_json(change.at),
    }


def _field_from_json(data: Json) -> FieldChange:
    return FieldChange(
        tuple(data["path"]),
        from_json(data["before"]),
        from_json(data["after"]),
        Effect(data["effect"]),
        span_from_json(data["at"]),
        Cause(data.get("cause", Cause.UNKNOWN)),
    )
