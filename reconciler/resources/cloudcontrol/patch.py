"""The patch that leads from what AWS reads to what is declared. Pure.

AWS reads the resource, applies the patch, checks the whole against the schema and hands it to the
service. So every set is an `add`, which also replaces; what AWS cannot read is sent along with each
real change, or it is lost; what only AWS sets, and what cannot change, is never sent; a list is
sent whole. Sources: RFC 6902; Cloud Control user guide, "Updating a resource".
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.facts import Facts
from reconciler.model.value import Json, Path, Props
from reconciler.resources.cloudcontrol.notation import ends
from reconciler.resources.cloudcontrol.paths import covered, pointer, value, without
from reconciler.resources.cloudcontrol.repair import Remove, repaired

AWS_TAG, OURS = "aws:", "moorline:attempt"


def patch(
    changed: Iterable[Path],
    want: Props,
    model: Props,
    facts: Facts,
    *,
    more: Iterable[Mapping[str, Json]] = (),
) -> list[dict[str, Json]]:
    """Operations that set what `changed`, and what AWS must be told again; none where nothing did.

    `want` is the whole document that is asked for, `model` what AWS reads. `more` are operations
    on tags.

    Raises:
        Unrepairable: what AWS reads does not fit its own schema, and no operation mends that.
    """
    fixed = facts.create_only | facts.read_only
    free = [path for path in changed if not covered(_bare(path), fixed)]
    first = [_target(path, want, model, fixed) for path in free]
    tags = [dict(each) for each in more]
    absent = {at for path in free if (at := _absent(path, want, model))}
    if not [each for each in first if each] and not tags and not absent:
        return []
    again = [_target(path, want, model, fixed) for path in _hidden(want, facts)]
    targets = [each for each in dict.fromkeys([*first, *again]) if each]
    outer = [each for each in targets if not any(each[:n] in targets for n in range(1, len(each)))]
    gone = [
        {"op": "remove", "path": pointer(path)}
        for path in sorted(absent)
        if not any(path[:n] in outer for n in range(1, len(path)))
    ]
    sets = [
        {"op": "add", "path": pointer(path), "value": without(_at(want, path), _below(path, fixed))}
        for path in sorted(outer)
    ]
    removes = repaired([*gone, *sets, *tags], want, model, facts)
    return [*(_removal(each, want) for each in removes), *gone, *sets, *tags]


def _removal(remove: Remove, want: Props) -> dict[str, Json]:
    """What AWS's own reading has too much; inside a list that is declared, the list is sent."""
    if remove.instead:
        return {"op": "add", "path": pointer(remove.instead), "value": _at(want, remove.instead)}
    return {"op": "remove", "path": pointer(remove.path)}


def _bare(path: Path) -> Path:
    """A path without the numbers of items."""
    return tuple(part for part in path if not part.isdecimal())


def _target(path: Path, want: Props, model: Props, fixed: frozenset[Path]) -> Path:
    """What to set so that a path becomes as declared; nothing where nothing is declared there.

    It is the first object on the way that AWS does not have, the whole of a list, or the value.
    """
    here: Json = want
    live: Json = model
    for depth, part in enumerate(path):
        if isinstance(here, list | tuple) or not isinstance(here, Mapping):
            return path[:depth]
        if part not in here:
            return ()
        here = here[part]
        live = live.get(part) if isinstance(live, Mapping) else None
        at = path[: depth + 1]
        if live is None and depth + 1 < len(path) and not covered(_bare(at), fixed):
            return at
    return path


def _absent(path: Path, want: Props, model: Props) -> Path:
    """The place on the way that AWS has and the document that is asked for lacks; "()" if none.

    What is declared as empty or as null is no part of that document. Lists are sent whole.
    """
    here: Json = want
    live: Json = model
    for depth, part in enumerate(path, 1):
        if not isinstance(here, Mapping) or not isinstance(live, Mapping) or part not in live:
            return ()
        if part not in here:
            return path[:depth]
        here, live = here[part], live[part]
    return ()


def _hidden(want: Props, facts: Facts) -> Iterator[Path]:
    """Declared values that AWS cannot read and that may be sent, each at its end."""
    fixed = facts.create_only | facts.read_only
    for path in sorted(_declared(want)):
        bare = _bare(path)
        if covered(bare, facts.write_only) and not covered(bare, fixed):
            yield path


def _declared(want: Props) -> set[Path]:
    """Every end of a document; a list is one."""
    return {at for at in ends(_lists_closed(want)) if at}


def _lists_closed(tree: Json) -> Json:
    if isinstance(tree, Mapping):
        return {key: _lists_closed(item) for key, item in tree.items()}
    if isinstance(tree, list | tuple):
        return _Closed(tree)
    return tree


class _Closed:
    """A list that is not walked."""

    def __init__(self, items: Iterable[Json]) -> None:
        self.items = [*items]


def _at(tree: Props, path: Path) -> Json:
    return value(tree, path)


def _below(path: Path, fixed: frozenset[Path]) -> list[Path]:
    bare = _bare(path)
    return [
        each[len(bare) :] for each in fixed if len(each) > len(bare) and each[: len(bare)] == bare
    ]


def tag_patch(
    want: Mapping[str, str], live: Mapping[str, str], facts: Facts, model: Props
) -> list[dict[str, Json]]:
    """Operations on tags. A list is sent whole and without AWS's own; an object key by key."""
    tagging = facts.tagging
    if tagging is None:
        return []
    keep = {key: item for key, item in live.items() if key.startswith(OURS)}
    wanted = {**keep, **want}
    at = tagging.property
    if tagging.shape != "map":
        items = [{"Key": key, "Value": wanted[key]} for key in sorted(wanted)]
        return [{"op": "add", "path": pointer(at), "value": items}]
    if not isinstance(value(model, at), Mapping):
        return [{"op": "add", "path": pointer(at), "value": wanted}]
    new = [key for key in sorted(wanted) if live.get(key) != wanted[key]]
    gone = [key for key in sorted(live) if key not in wanted and not key.startswith(AWS_TAG)]
    return [
        *({"op": "add", "path": pointer((*at, key)), "value": wanted[key]} for key in new),
        *({"op": "remove", "path": pointer((*at, key))} for key in gone),
    ]
