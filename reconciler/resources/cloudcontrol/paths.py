"""Walking properties by paths in which items of lists add nothing, as facts have them. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.model.value import Json, Path


def covered(path: Path, by: Iterable[Path]) -> bool:
    """Whether a path is one of these, or lies below one."""
    known = by if isinstance(by, frozenset | set) else set(by)
    return any(path[:n] in known for n in range(1, len(path) + 1))


def values(tree: Json, path: Path) -> Iterator[Json]:
    """Every value at a path, lists passed through; none where there is none."""
    if isinstance(tree, list | tuple):
        for item in tree:
            yield from values(item, path)
    elif not path:
        if tree is not None:
            yield tree
    elif isinstance(tree, Mapping) and path[0] in tree:
        yield from values(tree[path[0]], path[1:])


def value(tree: Json, path: Path) -> Json:
    """The one value at a path; nothing where there is none."""
    for name in path:
        if not isinstance(tree, Mapping):
            return None
        tree = tree.get(name)
    return tree


def without(tree: Json, paths: Iterable[Path]) -> Json:
    """A copy that lacks these paths, in every item of lists."""
    gone = frozenset(paths)
    return _without(tree, (), gone) if gone else tree


def _without(tree: Json, at: Path, gone: frozenset[Path]) -> Json:
    if isinstance(tree, Mapping):
        return {
            key: _without(item, (*at, key), gone)
            for key, item in tree.items()
            if (*at, key) not in gone
        }
    if isinstance(tree, list | tuple):
        return [_without(item, at, gone) for item in tree]
    return tree


def pointer(path: Path) -> str:
    """A path as a JSON pointer. Source: RFC 6901."""
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in path)
