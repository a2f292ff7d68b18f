"""The outcome of one case of a conformance set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Result:
    """One case. `why` says what differed, or why the case is out of scope."""

    case: str
    outcome: Literal["passed", "failed", "skipped"]
    why: str = ""
