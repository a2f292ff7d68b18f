"""What may become of a version of a model: the judgement, its stages, what is kept.

Commands, CI and plans ask here and nowhere else, with values alone: `judge` says whether a version
may be approved or deployed, `moves` what a promotion does, `keep` what may be deleted.
"""

from reconciler.registry.evidence import (
    Evidence,
    Fact,
    Granted,
    Object,
    Scan,
    Signature,
    unknown,
)
from reconciler.registry.judge import Purpose, judge
from reconciler.registry.metrics import metrics_of
from reconciler.registry.policy import Comparison, Policy, Threshold, read
from reconciler.registry.stage import Move, Moves, Stage, holders, moves
from reconciler.registry.verdict import Outcome, Row, Verdict
from reconciler.registry.version import Container, Version, version_of

__all__ = [
    "Comparison",
    "Container",
    "Evidence",
    "Fact",
    "Granted",
    "Move",
    "Moves",
    "Object",
    "Outcome",
    "Policy",
    "Purpose",
    "Row",
    "Scan",
    "Signature",
    "Stage",
    "Threshold",
    "Verdict",
    "Version",
    "holders",
    "judge",
    "metrics_of",
    "moves",
    "read",
    "unknown",
    "version_of",
]
