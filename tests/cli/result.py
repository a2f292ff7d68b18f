"""What a command said."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

LIMIT = 60
"""Seconds after which a command hangs."""


@dataclass(frozen=True, slots=True)
class Result:
    """How a command ended and what it printed."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output, which must be one JSON document and nothing else."""
        return json.loads(self.out)

    @property
    def text(self) -> str:
        return self.out + self.err

    @property
    def codes(self) -> list[str]:
        """The codes of the findings of a command with --json."""
        return [found["code"] for found in self.json["diagnostics"]]

    @property
    def steps(self) -> list[tuple[str, str]]:
        """What a plan with --json does, as (action, name)."""
        return [(step["action"], step["name"]) for step in self.json["steps"]]


def checked(result: Result, expect: int | None = None) -> Result:
    assert "Traceback" not in result.text
    assert "\x1b" not in result.text
    if expect is not None:
        assert result.code == expect, result.text[-2000:]
    return result
