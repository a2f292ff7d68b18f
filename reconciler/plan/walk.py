"""Every difference between two values in the form of `normal`: its place and both sides. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping

from reconciler.model.value import UNKNOWN, Json, Path, canonical
from reconciler.plan.normal import dotted, member
from reconciler.resources.api import Resource
from reconciler.resources.generic import Difference
from reconciler.resources.items import named
from reconciler.resources.whole import empty


def walk(
    want: Json, have: Json, path: Path, place: Path, resource: Resource
) -> Iterator[Difference]:
    here = dotted(place)
    if (empty(want) and empty(have)) or here in resource.unread:
        return
    if here in resource.policies or here in resource.documents:
        if canonical(want) != canonical(have):
            yield from _document(want, have, path, place)
        return
    if isinstance(want, Mapping) and isinstance(have, Mapping | None) and want:
        inside: list[Difference] = []
        for key in sorted(want):
            live = member(have or {}, key, here, resource)
            inside += walk(want[key], live, (*path, key), (*place, key), resource)
        whole = have is None and inside  # all of it is missing
        yield from [Difference(path, place, have, want)] if whole else inside
        return
    if isinstance(want, list) and isinstance(have, list | None):
        yield from _list(want, have or [], path, place, resource)
        return
    if not _same(want, have):
        yield Difference(path, place, have, want)


def _list(
    want: list[Json], have: list[Json], path: Path, place: Path, resource: Resource
) -> Iterator[Difference]:
    here = dotted(place)
    inside = (*place, "*")
    keys = resource.keyed.get(here)
    wanted, live = (named(items, keys, here, resource) for items in (want, have))
    if wanted is not None and live is not None:
        fades = resource.fading.get(here)
        for name in sorted(wanted.keys() | live.keys()):
            if name not in wanted and fades and fades(live[name]):
                continue  # it goes away by itself
            if name not in live or name not in wanted:
                yield Difference((*path, name), inside, live.get(name), wanted.get(name))
            else:
                yield from walk(wanted[name], live[name], (*path, name), inside, resource)
    elif keys is None and len(want) == len(have) and here not in resource.sets:
        for index, (one, other) in enumerate(zip(want, have, strict=True)):
            yield from walk(one, other, (*path, str(index)), inside, resource)
    elif sorted(map(canonical, want)) != sorted(map(canonical, have)) or (
        keys is None and canonical(want) != canonical(have)
    ):
        yield Difference(path, place, have, want)


def _document(want: Json, have: Json, path: Path, place: Path) -> Iterator[Difference]:
    """What changes inside a document, by `deepdiff`; the whole of it when one side is empty."""
    if not (isinstance(want, Mapping) and isinstance(have, Mapping)):
        yield Difference(path, place, have, want)
        return
    from deepdiff import DeepDiff  # noqa: PLC0415 - 120 ms of imports, only for what differs

    tree = DeepDiff(dict(have), dict(want), view="tree", ignore_order=False)
    for kind in sorted(tree):
        for level in tree[kind]:
            steps = tuple(str(step) for step in level.path(output_format="list"))
            before = None if kind.endswith("_added") else level.t1
            after = None if kind.endswith("_removed") else level.t2
            yield Difference((*path, *steps), place, before, after)


def _same(want: Json, have: Json) -> bool:
    if want is UNKNOWN:
        return False
    if isinstance(want, bool) or isinstance(have, bool):
        return want is have
    if isinstance(want, int | float) and isinstance(have, int | float):
        return math.isclose(want, have, rel_tol=1e-6)  # SageMaker keeps weights as float32
    return bool(want == have)
