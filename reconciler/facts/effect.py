"""Whether a change of one property updates the resource or replaces it, and why.

The order of authority: the adapter, a correction, the registry's lists, the
absence of an update handler. What none of them mentions is updated in place.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from functools import lru_cache

from reconciler.facts.rules import Verdict, dotted, fixed_below, general, rule_for, ruled
from reconciler.facts.shape import Shape, children
from reconciler.facts.store import Facts, UnknownType, facts
from reconciler.model.change import Effect
from reconciler.model.value import Path


def effect(type_name: str, path: Path, override: Mapping[str, Effect] | None = None) -> Verdict:
    """What changing the property at `path` does to a live resource.

    `override` is what an adapter knows better, by `"A/B"`; an entry covers
    everything below it and the longest one wins. An unknown type or property
    is `unsupported`; this never raises.
    """
    if override and (found := _overridden(type_name, path, override)) is not None:
        return found
    return _effect(type_name, path)


@lru_cache(maxsize=1 << 16)
def _effect(type_name: str, path: Path) -> Verdict:
    try:
        about = facts(type_name)
    except UnknownType as error:
        return Verdict(Effect.UNSUPPORTED, str(error), "schema")
    shape = about.shape_at(path) if path else None
    if shape is None:
        return Verdict(Effect.UNSUPPORTED, _unknown(about, path), "schema")
    return _decide(about, shape)


def _decide(about: Facts, shape: Shape) -> Verdict:
    path = shape.path
    if about.tag_property is not None and path[: len(about.tag_property)] == about.tag_property:
        return general("tags", path, "correction")
    rule = rule_for(about.type, path)
    if rule is not None and rule["path"]:
        return ruled(rule)
    for name, paths in (("createOnly", about.create_only), ("readOnly", about.read_only)):
        if owner := _covering(paths, path):
            return general(name, owner)
    if rule is not None:  # one for the whole type
        return ruled(rule)
    return _rest(about, shape)


def _rest(about: Facts, shape: Shape) -> Verdict:
    """The verdict on a property that is on no list of fixed ones."""
    path = shape.path
    if owner := _covering(about.conditional, path):
        return general("conditional", owner)
    if about.has_update is False:
        return general("noUpdate", path)
    if fixed := fixed_below(about, path):
        return _block(about, shape, fixed[0])
    return general("writeOnly" if _covering(about.write_only, path) else "inPlace", path)


def _covering(paths: Iterable[Path], path: Path) -> Path | None:
    """The path itself or a block around it, when listed."""
    return next((path[:n] for n in range(len(path), 0, -1) if path[:n] in paths), None)


def _block(about: Facts, shape: Shape, owner: Path) -> Verdict:
    """A block with fixed members: fixed as a whole only when every member is."""
    below = (_effect(about.type, child.path) for child in children(about.schema, shape))
    fixed = all(verdict.effect is Effect.REPLACE for verdict in below)
    return general("fixed" if fixed else "mixed", owner)


def _overridden(type_name: str, path: Path, override: Mapping[str, Effect]) -> Verdict | None:
    found = _effect(type_name, path)
    if found.effect is Effect.UNSUPPORTED:
        return None
    shape = facts(type_name).shape_at(path)
    normal = shape.path if shape else path
    for n in range(len(normal), 0, -1):
        if (chosen := override.get("/".join(normal[:n]))) is not None:
            return Verdict(chosen, "the adapter of this type says so", "adapter")
    return None


def _unknown(about: Facts, path: Path) -> str:
    """Which name of the path is the unknown one, and which one was probably meant."""
    for n in range(1, len(path) + 1):
        if not about.knows(path[:n]):
            around = about.shape_at(path[: n - 1])
            names = _names_below(about, around) if around else ()
            close = get_close_matches(path[n - 1], names, 1, 0.6)
            where = dotted((about.type, *path[: n - 1]))
            hint = f"; did you mean '{close[0]}'?" if close else ""
            return f"'{where}' has no property '{path[n - 1]}'{hint}"
    return "a property is missing after the type"


def _names_below(about: Facts, shape: Shape) -> tuple[str, ...]:
    items = about.shape_at((*shape.path, "*")) if shape.is_list else None
    return (items or shape).names
