"""What AWS's error answers mean, type by type: matched by code, and by text where that is vague."""

from __future__ import annotations

import re
from dataclasses import dataclass


def codes(*names: str) -> frozenset[str]:
    """Names that belong together: error codes, states."""
    return frozenset(names)


@dataclass(frozen=True, slots=True)
class Absent:
    """How AWS says that a resource does not exist: by code, and by text where the code is vague."""

    code: str
    text: re.Pattern[str] | None = None

    def matches(self, code: str, message: str) -> bool:
        """Whether an error is this answer. Codes match with and without their usual suffixes."""
        bare = code.removesuffix("Exception").removesuffix("Fault")
        return self.code in {code, bare} and (self.text is None or bool(self.text.search(message)))


def absent(code: str, text: str = "") -> Absent:
    """A not-found answer; `text` is a regular expression searched in the message."""
    return Absent(code, re.compile(text) if text else None)
