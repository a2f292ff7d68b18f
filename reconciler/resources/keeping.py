"""What a put of a whole value takes along from the live one, because no spec speaks of it. Pure.

A put replaces: what the request does not have is reset to AWS's default, without a word. Only
what a spec mentions is compared, so the rest is somebody else's and must survive the put.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.model.value import Json
from reconciler.resources.whole import empty


def kept(live: Json, wanted: Json, paths: Iterable[str]) -> Json:
    """The wanted value with the live members at these dotted paths that it does not mention.

    ``*`` stands for every item of two lists of one length; items of others are not the same ones.
    A member inside of an object is kept only where the wanted value has that object.
    """
    for path in paths:
        wanted = _kept(live, wanted, path.split("."))
    return wanted


def _kept(live: Json, wanted: Json, steps: list[str]) -> Json:
    name, *rest = steps
    if name == "*":
        if not (_many(live) and _many(wanted) and len(live) == len(wanted)):
            return wanted
        return [_kept(one, other, rest) for one, other in zip(live, wanted, strict=True)]
    if not (isinstance(live, Mapping) and isinstance(wanted, Mapping)) or empty(live.get(name)):
        return wanted
    if not rest:
        return wanted if name in wanted else {**wanted, name: live[name]}
    return {**wanted, name: _kept(live[name], wanted[name], rest)} if name in wanted else wanted


def _many(value: Json) -> bool:
    return isinstance(value, list | tuple)
