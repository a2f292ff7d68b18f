"""What a job prints: its last lines, and the metrics that its definition finds in them.

Source: SageMaker developer guide, "Define training metrics": each line of the log is searched by
each expression, the last value found is the final one.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

from reconciler.sandbox.state import early

LINES = 1000
"""Of a log, the last ones are kept."""
LINE = 1024


class Heard:
    """Takes lines one after another."""

    def __init__(
        self, definitions: Iterable[Mapping[str, str]], search: Mapping[str, Any] | None = None
    ) -> None:
        """`definitions` have a `Name` and a `Regex` with one group; others find nothing.

        `search` is of a job of a search: `metric`, `minimize`, and the curves of `others`.
        """
        self.metrics: dict[str, float] = {}
        self.curve: list[float] = []
        """The objective of a search, value by value."""
        self.stopped = False
        """Whether the search has stopped the job; what it prints from then on is not heard."""
        self._search = search or {}
        self._lines: deque[str] = deque(maxlen=LINES)
        self._wanted = [*_compiled(definitions)]

    @property
    def text(self) -> str:
        """The last lines."""
        return "\n".join(self._lines)

    def line(self, text: str) -> None:
        """Take a line."""
        if self.stopped:
            return
        kept = text.rstrip("\n")[:LINE]
        self._lines.append(kept)
        for name, pattern in self._wanted:
            for found in pattern.finditer(kept):
                try:
                    value = float(found[1])
                except (IndexError, TypeError, ValueError):
                    continue
                self.metrics[name] = value
                if name == self._search.get("metric"):
                    self._epoch(value)

    def _epoch(self, value: float) -> None:
        self.curve.append(value)
        self.stopped = early.worse(
            self.curve, self._search["others"], minimize=self._search["minimize"]
        )


def _compiled(definitions: Iterable[Mapping[str, str]]) -> Iterable[tuple[str, re.Pattern[str]]]:
    for each in definitions:
        try:
            yield str(each["Name"]), re.compile(str(each["Regex"]))
        except re.error:
            continue
