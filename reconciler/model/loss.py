"""What a step loses or opens, and what lets it: the classes, and approvals by address.

`Loss` is part of a plan's JSON. Judging is in `reconciler.plan.protect`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.diagnostic import Span, span_from_json, span_to_json
from reconciler.model.value import Json, Path


class Destruction(StrEnum):
    """A class of change that apply carries out only where the environment permits it."""

    RECORDS = "records"
    TRAFFIC = "traffic"
    KEYS = "keys"
    HISTORY = "history"
    SERVICE = "serviceAccess"
    ACCESS = "access"
    """Nothing is lost: somebody may do what nobody could."""


GONE: Mapping[str, str] = {
    Destruction.RECORDS: "its records are lost",
    Destruction.TRAFFIC: "it stops serving traffic",
    Destruction.KEYS: "nothing it encrypted can be read again",
    Destruction.HISTORY: "its history is lost",
    Destruction.SERVICE: "AWS may not let this account use the service again",
}
"""What is lost with the whole of a resource, by class."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One class that somebody has approved for one address, until a day (UTC, inclusive)."""

    address: str
    """``TYPE/NAME``; a ``*`` at the end stands for any rest."""
    allows: str
    why: str
    by: str
    until: date
    at: Span | None = None

    def covers(self, address: Address, destroys: str) -> bool:
        """Whether it speaks of this class and this resource, whatever day it is."""
        if self.allows != destroys:
            return False
        if self.address.endswith("*"):
            return str(address).startswith(self.address[:-1])
        return str(address) == self.address

    def over(self, today: date) -> bool:
        """Whether its day has passed."""
        return self.until < today


@dataclass(frozen=True, slots=True)
class Opened:
    """A request that AWS would allow after a step, and does not allow before it."""

    action: str
    """As `s3:GetObject`."""
    resource: str
    """The ARN that it is asked on, as far as it is known; ``*`` for an action without one."""
    principal: str = ""
    """Who asks; empty for whoever has the policy."""
    context: tuple[tuple[str, str], ...] = ()
    """Condition keys and values without which it is not allowed."""


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that a step loses or opens. `path` is the property, empty for the whole."""

    destroys: str
    says: str
    path: Path = ()
    allowed: bool = False
    """The environment allows the class."""
    approval: Approval | None = None
    opens: tuple[Opened, ...] = ()
    """Of wider access: requests that show it."""

    @property
    def permitted(self) -> bool:
        return self.allowed or self.approval is not None


def loss_to_json(loss: Loss) -> Json:
    """The JSON form of a loss."""
    return {
        "destroys": loss.destroys,
        "says": loss.says,
        "path": list(loss.path),
        "allowed": loss.allowed,
        "approval": approval_to_json(loss.approval),
        **({"opens": [_opened_to_json(each) for each in loss.opens]} if loss.opens else {}),
    }


def loss_from_json(data: Json) -> Loss:
    """The inverse of `loss_to_json`."""
    approval = _approval_from_json(data["approval"])
    opens = tuple(_opened_from_json(each) for each in data.get("opens", ()))
    path = tuple(data["path"])
    return Loss(data["destroys"], data["says"], path, data["allowed"], approval, opens)


def _opened_from_json(data: Json) -> Opened:
    context = tuple(data["context"].items())
    return Opened(data["action"], data["resource"], data["principal"], context)


def _opened_to_json(opened: Opened) -> Json:
    return {
        "action": opened.action,
        "resource": opened.resource,
        "principal": opened.principal,
        "context": dict(opened.context),
    }


def approval_to_json(approval: Approval | None) -> Json:
    """The JSON form of an approval, or null."""
    if approval is None:
        return None
    return {
        "address": approval.address,
        "allows": approval.allows,
        "why": approval.why,
        "by": approval.by,
        "until": approval.until.isoformat(),
        "at": span_to_json(approval.at),
    }


def _approval_from_json(data: Json) -> Approval | None:
    if data is None:
        return None
    until = date.fromisoformat(data["until"])
    at = span_from_json(data["at"])
    return Approval(data["address"], data["allows"], data["why"], data["by"], until, at)
