"""Only a version that SageMaker finished can be served. Source: ModelPackageStatus."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from reconciler.registry.verdict import Outcome, Row
from reconciler.registry.version import COMPLETED

if TYPE_CHECKING:
    from reconciler.registry.judge import Case

ORDER = 0


def rows(case: Case) -> Iterator[Row]:
    said = case.evidence.version.status
    outcome = Outcome.PASSED if said == COMPLETED else Outcome.FAILED
    yield Row("status", COMPLETED, said, outcome, "DescribeModelPackage")
