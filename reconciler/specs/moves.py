"""How something that an older spec says is said today. Values only; see `specs.migrations`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.model.value import Json, Path

ANY = "*"
"""In a pattern: each item of a list, or each name of a mapping."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Move:
    """One field of a kind, by its old path from the top of the document.

    Raises nothing and does nothing by itself: `specs.rewrite` carries it out.
    """

    kind: str
    """The kind, "" for every one."""
    at: Path
    to: str = ""
    """The new name of the field."""
    values: Mapping[str, str] = field(default_factory=dict)
    """New words for old ones."""
    share: bool = False
    """A bare number becomes a share: 10 is 10%."""
    unwrap: bool = False
    """A mapping of one member becomes the value of the member; that of `percent` is a share."""
    within: Path = ()
    """The member of the document that the whole field goes to, as in ``("metadata",)``."""
    beside: tuple[str, frozenset[str]] | None = None
    """A field beside it and the words that it has to have."""


def places(data: Json, pattern: Path, path: Path = ()) -> Iterator[Path]:
    """Every path of a document that a pattern stands for."""
    if not pattern:
        yield path
        return
    step, rest = pattern[0], pattern[1:]
    if isinstance(data, Mapping):
        for name in list(data) if step == ANY else [step]:
            if name in data:
                yield from places(data[name], rest, (*path, name))
    elif isinstance(data, list) and step == ANY:
        for index, item in enumerate(data):
            yield from places(item, rest, (*path, str(index)))


def at(data: Json, path: Path) -> Json:
    """The value at a path that is there."""
    for step in path:
        data = data[int(step)] if isinstance(data, list) else data[step]
    return data
