"""What serves a type that a spec names itself: an adapter of ours, AWS's handlers, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from reconciler.facts import UnknownType, facts
from reconciler.kinds.api import Served
from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.value import Path
from reconciler.resources.api import Resource

CODE = "RES002"
_NEEDED = ("create", "read", "delete")


def served(type_: str, resources: Mapping[str, Resource]) -> Served | None:
    """What the adapter of a type tells the spec; nothing where there is none."""
    resource = resources.get(type_)
    if resource is None:
        return None
    named = (resource.outputs, resource.created, resource.predict, resource.named)
    outputs = frozenset(name for each in named for name in each)
    return Served(
        name=resource.name,
        outputs=outputs,
        holds=resource.holds,
        tags=resource.tags is not None,
        known=resource.generic is None or resource.generic.declared,
        hides=resource.generic is not None,
        removes=resource.generic is not None,
        inside=_filled_by("{parent}", resource) or _filled_by("{above}", resource),
        between=_filled_by("{between}", resource),
        leaf=_filled_by("{leaf}", resource),
    )


def _filled_by(template: str, resource: Resource) -> str:
    """The property that has a part of the name."""
    return next((prop for prop, it in resource.derived.items() if it == template), "")


def unserved(
    types: Iterable[tuple[Path, str, Span]], resources: Mapping[str, Resource]
) -> Iterator[Diagnostic]:
    """One finding for each type that nothing can make, read and delete."""
    for _, type_, at in types:
        if resources.get(type_) is None and (why := _why(type_)):
            help_ = "make it elsewhere and give its name or ARN as a plain value"
            yield Diagnostic(CODE, f"nothing serves {type_}: {why}", at, help_)


def _why(type_: str) -> str:
    """Why nothing does; "" for a type that nobody knows, which is a finding already."""
    try:
        about = facts(type_)
    except UnknownType:
        return ""
    lacks = [verb for verb in _NEEDED if verb not in about.permissions]
    own = "Moorline has no adapter of its own"
    if len(lacks) == len(_NEEDED):
        return f"AWS has no handlers for it in Cloud Control, and {own}"
    if lacks:
        return f"AWS's handlers in Cloud Control cannot {' or '.join(lacks)} it, and {own}"
    return own
