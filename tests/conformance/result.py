"""The outcome of one case of a conformance set."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Result:
    """One case. `why` says what differed, or why the case is out of scope; `open` is neither."""

    case: str
    outcome: Literal["passed", "failed", "skipped", "open"]
    why: str = ""
