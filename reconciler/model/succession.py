"""Which version of a model takes over from which, who let it, and what its figures were."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from reconciler.model.value import Json


@dataclass(frozen=True, slots=True)
class Succession:
    """A new version of a model that a plan deploys."""

    spec: str
    """``Kind/name`` of what serves it."""
    registry: str
    after: int
    before: int | None = None
    """What is served now; nothing where nothing is, or nobody knows."""
    by: str = ""
    """Who approved it, "" where nobody did."""
    until: str = ""
    """When the approval ends, as an ISO time in UTC."""
    metrics: Mapping[str, tuple[float | None, float]] = field(default_factory=dict)
    """By name: what the version before has of it, if it is known, and the new one."""
    unknown: str = ""
    """What could not be found out of it."""


def succession_to_json(each: Succession) -> Json:
    """The JSON form."""
    return {
        "spec": each.spec,
        "registry": each.registry,
        "before": each.before,
        "after": each.after,
        "by": each.by,
        "until": each.until,
        "metrics": {name: [*pair] for name, pair in sorted(each.metrics.items())},
        "unknown": each.unknown,
    }


def succession_from_json(data: Json) -> Succession:
    """The inverse of `succession_to_json`."""
    metrics = {name: (pair[0], pair[1]) for name, pair in data["metrics"].items()}
    return Succession(**{**data, "metrics": metrics})
