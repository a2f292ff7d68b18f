"""What the version says of itself: metadata of the team, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.registry.verdict import Outcome, Row

if TYPE_CHECKING:
    from reconciler.registry.judge import Case

ORDER = 40
SOURCE = "DescribeModelPackage"


def rows(case: Case) -> Iterator[Row]:
    version = case.evidence.version
    for key, value in sorted(case.policy.metadata.items()):
        said = version.metadata.get(key, "")
        held = said == value if value else bool(said)
        outcome = Outcome.PASSED if held else Outcome.FAILED
        yield Row(f"metadata {key}", value or "any value", said or "nothing", outcome, SOURCE)
    known = {
        "commit": version.commit,
        "repository": version.repository,
        "execution": version.generated_by,
    }
    for name in case.policy.lineage:
        said = known[name]
        outcome = Outcome.PASSED if said else Outcome.FAILED
        yield Row(f"lineage {name}", "recorded", said or "nothing", outcome, SOURCE)
