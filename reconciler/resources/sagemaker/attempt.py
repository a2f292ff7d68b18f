"""The memory of an endpoint's last update, kept in tags of the endpoint itself.

SageMaker forgets which config it rolled back from. The tags are written right before
UpdateEndpoint, so a run that is killed cannot lose them, and nothing has to be
written afterwards: that the update failed follows from what is live. The update
was accepted if the endpoint has been modified since, and it failed if the endpoint is at
rest on the config it was to leave. AWS itself keeps the reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.model.change import Observed, Status
from reconciler.model.value import Json

CONFIG, BASE = "moorline:attempted", "moorline:attempt-base"
PASSING = "Request to service failed"
"""A reason that begins so is a fault of the service's own. Source: ACK (AWS_FACTS 1.5)."""
TRIES = 2
"""How often a config is sent when the service itself was at fault."""
LONGEST = 300
"""Characters of a reason that are shown."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """One update: to which config, from which one, and how the endpoint stood before it."""

    config: Json
    base: str
    modified: str
    number: int = 1

    def tags(self) -> list[Json]:
        """The tags to write; values keep to 256 characters of the set that AWS allows."""
        base = f"{self.base} {self.modified} {self.number}"
        return [{"Key": CONFIG, "Value": self.config}, {"Key": BASE, "Value": base}]

    def failed(self, observed: Observed) -> bool:
        """Whether AWS took the update and the endpoint is not, or not only, where it was to go."""
        if observed.status is not Status.READY:
            return False
        stays = observed.props.get("EndpointConfigName") == self.base
        return stays and modified(observed) != self.modified


def read(tags: Mapping[str, str]) -> Attempt | None:
    """The attempt that an endpoint's tags tell of."""
    match tags.get(BASE, "").split(" "):
        case [base, when, number] if number.isdecimal() and CONFIG in tags:
            return Attempt(tags[CONFIG], base, when, int(number))
    return None


def following(config: Json, observed: Observed) -> Attempt:
    """The attempt that an update to `config` makes now."""
    base = str(observed.props.get("EndpointConfigName") or "-")
    last = read(observed.tags or {})
    again = last is not None and last.config == config and last.failed(observed)
    return Attempt(config, base, modified(observed), last.number + 1 if last and again else 1)


def spent(config: str, observed: Observed) -> str:
    """Why an update to `config` must not be sent again; "" when it may."""
    last = read(observed.tags or {})
    if last is None or last.config != config or not last.failed(observed):
        return ""
    if observed.reason.startswith(PASSING) and last.number < TRIES:
        return ""
    reason = observed.reason[:LONGEST] or "SageMaker gives no reason"
    tried = "was tried" if last.number == 1 else f"was tried {last.number} times"
    return f"the update to '{config}' {tried}, last on {_day(last)}, and did not hold: {reason}"


def modified(observed: Observed) -> str:
    """The time of the last change by AWS's own clock, without spaces."""
    return str(observed.outputs.get("LastModifiedTime")).replace(" ", "T")


def _day(attempt: Attempt) -> str:
    return f"{attempt.modified[:16]} or later"
