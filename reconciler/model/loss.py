"""What a step loses, and what lets it: the classes of loss, and approvals by address.

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
    """A class of destructive change that apply may carry out."""

    RECORDS = "records"
    TRAFFIC = "traffic"
    KEYS = "keys"
    HISTORY = "history"
    ACCESS = "serviceAccess"


GONE: Mapping[str, str] = {
    Destruction.RECORDS: "its records are lost",
    Destruction.TRAFFIC: "it stops serving traffic",
    Destruction.KEYS: "nothing it encrypted can be read again",
    Destruction.HISTORY: "its history is lost",
    Destruction.ACCESS: "AWS may not let this account use the service again",
}
"""What is lost with the whole of a resource, by class."""


@dataclass(frozen=True, slots=True)
class Approval:
    """One loss that somebody has approved for one address, until a day (UTC, inclusive)."""

    address: str
    """``TYPE/NAME``; a ``*`` at the end stands for any rest."""
    loses: str
    why: str
    by: str
    until: date
    at: Span | None = None

    def covers(self, address: Address, destroys: str) -> bool:
        """Whether it speaks of this loss of this resource, whatever day it is."""
        if self.loses != destroys:
            return False
        if self.address.endswith("*"):
            return str(address).startswith(self.address[:-1])
        return str(address) == self.address


@dataclass(frozen=True, slots=True)
class Loss:
    """One thing that a step loses. `path` is the property, empty for the whole resource."""

    destroys: str
    says: str
    path: Path = ()
    allowed: bool = False
    """The environment allows the class."""
    approval: Approval | None = None

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
    }


def loss_from_json(data: Json) -> Loss:
    """The inverse of `loss_to_json`."""
    approval = _approval_from_json(data["approval"])
    return Loss(data["destroys"], data["says"], tuple(data["path"]), data["allowed"], approval)


def approval_to_json(approval: Approval | None) -> Json:
    """The JSON form of an approval, or null."""
    if approval is None:
        return None
    return {
        "address": approval.address,
        "loses": approval.loses,
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
    return Approval(data["address"], data["loses"], data["why"], data["by"], until, at)
