"""Baselines that monitors need: the version names them, and they are there."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from reconciler.registry.evidence import NOT_READ, unknown
from reconciler.registry.verdict import Outcome, Row

if TYPE_CHECKING:
    from reconciler.registry.evidence import Fact
    from reconciler.registry.judge import Case

ORDER = 30
PLACES: Mapping[str, str] = {
    "modelQuality": "ModelQuality",
    "dataQuality": "ModelDataQuality",
    "bias": "Bias",
    "explainability": "Explainability",
}
"""Where ``DriftCheckBaselines`` has each. Source: SageMaker API reference, DriftCheckBaselines."""


def rows(case: Case) -> Iterator[Row]:
    version = case.evidence.version
    for name in case.policy.baselines:
        places = [
            uri
            for at, uri in sorted(version.baselines.items())
            if at.partition(".")[0] == PLACES[name] and not at.endswith("ConfigFile")
        ]
        found, outcome, source = "the version names none", Outcome.FAILED, "DescribeModelPackage"
        for uri in places:
            fact: Fact[str] = case.evidence.baselines.get(uri) or unknown(NOT_READ)
            source = uri
            if fact.unknown:
                found, outcome = fact.unknown, Outcome.UNKNOWN
            elif fact.value is None:
                found, outcome = "the file is not there", Outcome.FAILED
            else:
                found, outcome = "there", Outcome.PASSED
            if outcome is not Outcome.PASSED:
                break
        yield Row(f"baseline {name}", "a file", found, outcome, source)
