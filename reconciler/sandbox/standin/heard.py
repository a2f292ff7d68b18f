"""What a job prints: its last lines, and the metrics that its definition finds in them.

Source: SageMaker developer guide, "Define training metrics": each line of the log is searched by
each expression, the last value found is the final one.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Mapping

LINES = 1000
"""Of a log, the last ones are kept."""
LINE = 1024


class Heard:
    """Takes lines one after another."""

    def __init__(self, definitions: Iterable[Mapping[str, str]]) -> None:
        """`definitions` have a `Name` and a `Regex` with one group; others find nothing."""
        self.metrics: dict[str, float] = {}
        self._lines: deque[str] = deque(maxlen=LINES)
        self._wanted = [*_compiled(definitions)]

    @property
    def text(self) -> str:
        """The last lines."""
        return "\n".join(self._lines)

    def line(self, text: str) -> None:
        """Take a line."""
        kept = text.rstrip("\n")[:LINE]
        self._lines.append(kept)
        for name, pattern in self._wanted:
            for found in pattern.finditer(kept):
                try:
                    self.metrics[name] = float(found[1])
                except (IndexError, TypeError, ValueError):
                    continue


def _compiled(definitions: Iterable[Mapping[str, str]]) -> Iterable[tuple[str, re.Pattern[str]]]:
    for each in definitions:
        try:
            yield str(each["Name"]), re.compile(str(each["Regex"]))
        except re.error:
            continue
