"""What a judgement says: one row for each rule, and what follows from all of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from reconciler.model.value import Json, digest


class Outcome(StrEnum):
    """What became of one rule, or of all. Unknown is neither of the others and lets nothing by."""

    PASSED = "passed"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Row:
    """One rule: what the policy wants, what was found, and where that was read."""

    rule: str
    wanted: str
    found: str
    outcome: Outcome
    source: str = ""

    def data(self) -> dict[str, Json]:
        return {
            "rule": self.rule,
            "wanted": self.wanted,
            "found": self.found,
            "outcome": self.outcome.value,
            "source": self.source,
        }


@dataclass(frozen=True, slots=True)
class Verdict:
    """All rows, in the order in which people read them."""

    rows: tuple[Row, ...]

    @property
    def outcome(self) -> Outcome:
        """Failed if any rule failed; else unknown if any is; a policy without rules passes."""
        found = {row.outcome for row in self.rows}
        for worst in (Outcome.FAILED, Outcome.UNKNOWN):
            if worst in found:
                return worst
        return Outcome.PASSED

    @property
    def passed(self) -> bool:
        return self.outcome is Outcome.PASSED

    def held(self) -> Iterable[Row]:
        """The rows that keep it from passing."""
        return (row for row in self.rows if row.outcome is not Outcome.PASSED)

    @property
    def digest(self) -> str:
        """SHA-256 of all rows, in hex: what an approval rests on, in 64 characters."""
        return digest([row.data() for row in self.rows], 64)
