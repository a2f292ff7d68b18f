"""What AWS shows of a resource and nobody has declared: its defaults, and what others set. Pure.

No schema tells one from the other, so nothing of it is ever a difference; a plan tells of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.facts import Facts
from reconciler.model.value import Json, Path, Props
from reconciler.resources.cloudcontrol.compare import Comparison
from reconciler.resources.cloudcontrol.document import TAGS


@dataclass(frozen=True, slots=True)
class Undeclared:
    """Live values of one type that no spec mentions."""

    facts: Facts
    comparison: Comparison

    def of(self, want: Props, model: Props) -> dict[Path, Json]:
        """By path, what is live and not declared: what only AWS sets, and tags, left out.

        Lists and documents that are declared are compared as wholes, so nothing in them is here.
        """
        tagging = self.facts.tagging
        own = {TAGS, *(part[0] for part in self.facts.identity if len(part) == 1)}
        own |= {tagging.property[0]} if tagging else set()
        known = {key: item for key, item in model.items() if key in self.facts.properties}
        live = {key: it for key, it in self.comparison.form(known).items() if key not in own}
        return dict(_beside(want, live, (), self.facts.defaults))


def _beside(
    want: Props, live: Props, at: Path, defaults: Mapping[Path, Json]
) -> Iterator[tuple[Path, Json]]:
    for key in sorted(live):
        path, given = (*at, key), want.get(key)
        if key not in want:
            if live[key] != defaults.get(path):
                yield path, live[key]
        elif isinstance(given, Mapping) and isinstance(live[key], Mapping):
            yield from _beside(given, live[key], path, defaults)
