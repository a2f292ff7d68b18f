"""What a model has to satisfy before it is approved and deployed; its form in a spec is a kind's.

`Policy.data` is what a ModelRegistry exports as ``policy``, `read` its inverse.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

Data: TypeAlias = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Threshold:
    """A bound of a metric. `bound` is one of above, below, atLeast and atMost."""

    metric: str
    bound: str
    level: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """A metric that must be no worse than that of the version in Production."""

    metric: str
    lower: bool = False
    """Whether less is better."""
    tolerance: float = 0.0
    """How much worse it may be, in the metric's own unit, or as a part of Production's value."""
    relative: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """All rules of one registry. A rule that is not there asks for nothing."""

    thresholds: tuple[Threshold, ...] = ()
    comparisons: tuple[Comparison, ...] = ()
    baselines: tuple[str, ...] = ()
    """Of modelQuality, dataQuality, bias and explainability."""
    metadata: Mapping[str, str] = field(default_factory=dict)
    """Keys that a version has to have; a value, or "" for any."""
    lineage: tuple[str, ...] = ()
    """Of commit, repository, execution."""
    scan: str = ""
    """The worst severity that a finding of an image scan may have, in ECR's word; NONE for no
    finding at all; "" for no scan."""
    signed_by: tuple[str, ...] = ()
    """ARNs of KMS keys, one of which has to have signed each model file."""
    signed: bool = False
    approvers: tuple[str, ...] = ()
    """ARNs of principals that may approve; words for people are not among them."""
    lasts: int = 0
    """Seconds that an approval lasts; 0 for ever."""

    def data(self) -> dict[str, Any]:
        """Its JSON form."""
        return {
            "thresholds": [[t.metric, t.bound, t.level] for t in self.thresholds],
            "comparisons": [[c.metric, c.lower, c.tolerance, c.relative] for c in self.comparisons],
            "baselines": list(self.baselines),
            "metadata": dict(self.metadata),
            "lineage": list(self.lineage),
            "scan": self.scan,
            "signedBy": list(self.signed_by),
            "signed": self.signed,
            "approvers": list(self.approvers),
            "lasts": self.lasts,
        }


def read(data: Data) -> Policy:
    """The policy of a JSON form.

    Raises:
        KeyError: it is not one that `Policy.data` made.
    """
    return Policy(
        thresholds=tuple(Threshold(*each) for each in data["thresholds"]),
        comparisons=tuple(Comparison(*each) for each in data["comparisons"]),
        baselines=tuple(data["baselines"]),
        metadata=dict(data["metadata"]),
        lineage=tuple(data["lineage"]),
        scan=data["scan"],
        signed_by=tuple(data["signedBy"]),
        signed=data["signed"],
        approvers=tuple(data["approvers"]),
        lasts=data["lasts"],
    )
