"""One resource's part of a plan, and its JSON form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.actor import Actor, actor_from_json, actor_to_json
from reconciler.model.address import Address
from reconciler.model.asset import Packed, asset_from_json, asset_to_json
from reconciler.model.change import Action, Call, Cause, FieldChange, Reason
from reconciler.model.diagnostic import Span, span_from_json, span_to_json
from reconciler.model.fields import fields_from_json, fields_to_json
from reconciler.model.loss import (
    Approval,
    Destruction,
    Loss,
    approval_to_json,
    loss_from_json,
    loss_to_json,
)
from reconciler.model.value import Json, Props, from_json, to_json

SUFFIX = "#delete"
"""Ends the id of a step that removes: an orphan, or the old half of a replacement."""
WIDEN = "#widen"
"""Ends the id of the first half of a role's update: what it may do as well, until what uses it has
moved."""


@dataclass(frozen=True, slots=True)
class Step:
    """One resource's part of a plan.

    `needs` are ids of steps that must be done before, and `after` names types all of
    whose steps must be done before. `guard` is the digest of
    what was observed ("" when the resource must not exist). `destroys` names
    what is lost (records, traffic, keys, history, serviceAccess), "" when nothing is; where
    `losses` are of several classes it is the first that is refused. Wider access is among the
    `losses`, because it is permitted in the same way, and destroys nothing.
    """

    id: str
    address: Address
    action: Action
    reason: Reason
    calls: tuple[Call, ...] = ()
    needs: tuple[str, ...] = ()
    after: tuple[str, ...] = ()
    loose: tuple[str, ...] = ()
    """Of `needs`: only the order matters, so this runs even if that one cannot or fails."""
    guard: str = ""
    desired: Props = field(default_factory=dict)
    fields: tuple[FieldChange, ...] = ()
    spec: str = ""
    at: Span | None = None
    destroys: str = ""
    detail: str = ""
    """AWS's own reason, where it reports the resource as failed; of what is not declared any more
    the name of what takes its place, where its spec gives it another name."""
    refused: str = ""
    """Why this step may not run, by the environment or by its own history; "" when it may."""
    retry: bool = False
    """The user asked for it although it was tried before and failed."""
    cause: Cause = Cause.UNKNOWN
    """Why the whole resource is there or not, where no field says it."""
    by: Actor | None = None
    """Who made it necessary, where that was looked up."""
    instead: tuple[FieldChange, ...] = ()
    """For people: how a new revision differs from the live one that it takes the place of."""
    losses: tuple[Loss, ...] = ()
    """Each thing that is lost or opened, with what permits it."""
    sent: Mapping[str, str] = field(default_factory=dict)
    """Keyed digests of the hidden values that it sends, by dotted path; see `plan.hidden`."""
    asset: Packed | None = None
    """What of the repository its calls put; the bytes are read when they are sent."""

    @property
    def waits(self) -> tuple[str, ...]:
        """Ids of steps, and types, without which this one does not run."""
        return (*(need for need in self.needs if need not in self.loose), *self.after)

    @property
    def loses(self) -> str:
        """What is lost, in words; "" when nothing is."""
        lost = (loss.says for loss in self.losses if loss.destroys != Destruction.ACCESS)
        return "; ".join(dict.fromkeys(lost))

    @property
    def widens(self) -> str:
        """Who may do more, in words; "" when nobody may."""
        opened = (loss.says for loss in self.losses if loss.destroys == Destruction.ACCESS)
        return "; ".join(dict.fromkeys(opened))

    @property
    def approval(self) -> Approval | None:
        """The first approval that lets it run; `losses` have all of them."""
        return next((loss.approval for loss in self.losses if loss.approval), None)


def step_to_json(step: Step, *, causes: bool = True) -> Json:
    """The JSON form; without `causes` only what is done, which the digest of a plan covers."""
    return {
        **(_told(step) if causes else {}),
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
        "widens": step.widens,
        "refused": step.refused,
        "retry": step.retry,
        "approval": approval_to_json(step.approval),
        "losses": [loss_to_json(loss) for loss in step.losses],
        "needs": list(step.needs),
        "after": list(step.after),
        **({"loose": list(step.loose)} if step.loose else {}),
        "guard": step.guard,
        **({"sent": dict(step.sent)} if step.sent else {}),
        **({"asset": asset_to_json(step.asset)} if step.asset else {}),
        "fields": fields_to_json(step.fields, causes=causes),
        "calls": [_call_to_json(call) for call in step.calls],
        "desired": to_json(step.desired),
    }


def _told(step: Step) -> dict[str, Json]:
    """What a plan tells and does not do; no part of its digest."""
    instead = fields_to_json(step.instead)
    return {"cause": str(step.cause), "by": actor_to_json(step.by), "instead": instead}


def step_from_json(data: Json) -> Step:
    """The inverse of `step_to_json`."""
    return Step(
        id=data["id"],
        address=Address(data["type"], data["name"]),
        action=Action(data["action"]),
        reason=Reason(data["reason"]),
        calls=tuple(_call_from_json(call) for call in data["calls"]),
        needs=tuple(data["needs"]),
        after=tuple(data["after"]),
        loose=tuple(data.get("loose", ())),
        guard=data["guard"],
        sent=data.get("sent", {}),
        asset=asset_from_json(data["asset"]) if "asset" in data else None,
        desired=from_json(data["desired"]),
        fields=fields_from_json(data["fields"]),
        spec=data["spec"],
        at=span_from_json(data["at"]),
        detail=data["detail"],
        destroys=data["destroys"],
        refused=data["refused"],
        retry=data.get("retry", False),
        losses=tuple(loss_from_json(loss) for loss in data.get("losses", ())),
        cause=Cause(data.get("cause", Cause.UNKNOWN)),
        by=actor_from_json(data.get("by")),
        instead=fields_from_json(data.get("instead", ())),
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
