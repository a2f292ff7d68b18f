"""Which specs have all that they refer to, near and far. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping


def rooted(uses: Mapping[str, Collection[str]]) -> frozenset[str]:
    """The specs, by what each refers to, whose references all lead to specs that are there."""
    good = frozenset(uses)
    while True:
        left = frozenset(id_ for id_ in good if good.issuperset(uses[id_]))
        if left == good:
            return good
        good = left
