"""What an image scan found: nothing worse than the policy takes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.registry.evidence import NOT_READ, unknown
from reconciler.registry.verdict import Outcome, Row

if TYPE_CHECKING:
    from reconciler.registry.evidence import Fact, Scan
    from reconciler.registry.judge import Case

ORDER = 50
SEVERITIES = ("NONE", "UNDEFINED", "INFORMATIONAL", "LOW", "MEDIUM", "HIGH", "CRITICAL")
"""From the mildest. Source: ECR API reference, FindingSeverity; NONE is no finding at all."""


def rows(case: Case) -> Iterator[Row]:
    bound = case.policy.scan
    if not bound:
        return
    wanted = "no finding" if bound == "NONE" else f"no finding worse than {bound}"
    images = {each.image: None for each in case.evidence.version.containers if each.image}
    if not images:
        yield Row("scan", wanted, "the version names no image", Outcome.FAILED)
    for image in images:
        fact: Fact[Scan] = case.evidence.scans.get(image) or unknown(NOT_READ)
        found, outcome = _one(fact, bound)
        yield Row(f"scan {image}", wanted, found, outcome, fact.source)


def _one(fact: Fact[Scan], bound: str) -> tuple[str, Outcome]:
    if fact.unknown:
        return fact.unknown, Outcome.UNKNOWN
    if fact.value is None:
        return "never scanned", Outcome.FAILED
    scan = fact.value
    if not scan.complete:
        return f"the scan is {scan.said or 'not complete'}", Outcome.UNKNOWN
    counted = {name: count for name, count in scan.counts.items() if count}
    if foreign := sorted(counted.keys() - set(SEVERITIES)):
        return f"findings of an unknown severity: {', '.join(foreign)}", Outcome.UNKNOWN
    worst = sorted(counted, key=SEVERITIES.index, reverse=True)
    said = ", ".join(f"{counted[name]} {name}" for name in worst) or "no finding"
    worse = [name for name in worst if SEVERITIES.index(name) > SEVERITIES.index(bound)]
    return said, Outcome.FAILED if worse else Outcome.PASSED
