"""A finding of either JSON form (`validate --json`, or inside a plan) in one form."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.model.diagnostic import Severity
from reconciler.model.value import Json


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. `line` and `column` count from 1; 0 is none. `length` is 0 when not known."""

    code: str
    severity: str
    message: str
    help: str
    file: str
    line: int
    column: int
    length: int
    address: str

    @property
    def is_error(self) -> bool:
        return self.severity == Severity.ERROR

    @property
    def where(self) -> str:
        """``specs/fraud.yaml:9:3``, "" when it is in no file."""
        return f"{self.file}:{self.line}:{self.column}" if self.file else ""


def finding(data: Mapping[str, Json]) -> Finding:
    """Read one finding."""
    at = data.get("at") if "at" in data else data
    at = at or {}
    return Finding(
        data["code"],
        data["severity"],
        data["message"],
        data["help"] or "",
        at.get("file") or "",
        at.get("line") or 0,
        at.get("column") or 0,
        at.get("length") or 0,
        data["address"] or "",
    )
