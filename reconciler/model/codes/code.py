"""The form of a diagnostic code."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One kind of finding, in words that hold for every occurrence."""

    code: str
    title: str
    explanation: str
    fix: str
