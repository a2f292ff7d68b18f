"""What Moorline has to say about an input: a code, a place, and what to do.

Codes are stable and listed in `reconciler.model.codes`; their texts may change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from reconciler.model.address import Address
from reconciler.model.value import Json, Path

UNREAD = ("YAML", "ENV", "RES003")
WRONG_VALUE = frozenset(
    {"SPEC012", "SPEC013", "SPEC014", "SPEC015", "SPEC016", "SPEC019", "RES006"}
)


PLACE_MOVED = "ENV012"
"""The code of a change of the environment itself, which every report shows first."""


class Severity(StrEnum):
    """How bad it is. Only an error stops a command."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file. Lines and columns count from 1; a column counts characters."""

    file: str
    line: int
    column: int
    length: int = 1
    path: Path = field(default=(), compare=False, repr=False)
    """The way to what stands there, in its document; of a value that a spec has."""
    says: Json = field(default=None, compare=False, repr=False)
    """The value that is written there, where it is a single one."""
    inside: Callable[[], tuple[Span, ...]] | None = field(default=None, compare=False, repr=False)
    """Finds the single values of a small block that is written there."""

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"

    @property
    def field(self) -> str:
        """``spec.online.ttl``: what its author calls it; "" for a document as a whole."""
        return ".".join(self.path) if len(self.path) > 1 else ""


def in_words(prop: str, at: Span | None) -> str:
    """A property of AWS behind the field of a spec that decides it: ``spec.ttl (TtlDuration)``."""
    written = at.field if at else ""
    if not written or written.endswith(prop):
        return written or prop
    return f"{written} ({prop})"


def span_to_json(span: Span | None) -> Json:
    """``{"file", "line", "column"}``, or null."""
    return {"file": span.file, "line": span.line, "column": span.column} if span else None


def span_from_json(data: Json) -> Span | None:
    """The inverse of `span_to_json`."""
    return Span(data["file"], data["line"], data["column"]) if data else None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One finding. `at` is absent only when the fault lies in no file of the user's.

    `turn` is when it is told: causes (-1) before all others (0), asides (1) after them.
    """

    code: str
    message: str
    at: Span | None = None
    help: str = ""
    severity: Severity = Severity.ERROR
    address: Address | None = None
    turn: int = 0

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    @property
    def sort_key(self) -> tuple[int, str, int, int, str, str]:
        at = self.at or Span("", 0, 0)
        return (self.turn, at.file, at.line, at.column, self.code, self.message)


def diagnostic_to_json(found: Diagnostic) -> Json:
    """The JSON form of a finding."""
    return {
        "code": found.code,
        "severity": str(found.severity),
        "message": found.message,
        "help": found.help,
        "at": span_to_json(found.at),
        "address": str(found.address) if found.address else None,
    }


def diagnostic_from_json(data: Json) -> Diagnostic:
    """The inverse of `diagnostic_to_json`."""
    return Diagnostic(
        data["code"],
        data["message"],
        span_from_json(data["at"]),
        data["help"],
        Severity(data["severity"]),
        Address.parse(data["address"]) if data["address"] else None,
    )


def ordered(found: list[Diagnostic] | tuple[Diagnostic, ...]) -> list[Diagnostic]:
    """Sorted by place, each distinct finding once.

    Where a value could not be read or substituted, that it is wrong is not a second finding.
    """
    unread = {each.at for each in found if each.at and each.code.startswith(UNREAD)}
    echoes = {each for each in found if each.code in WRONG_VALUE and each.at in unread}
    once = dict.fromkeys(each for each in found if each not in echoes)
    return sorted(once, key=lambda diagnostic: diagnostic.sort_key)
