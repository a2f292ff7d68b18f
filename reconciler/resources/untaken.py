"""Properties that CloudFormation has and an adapter does not set: differences are said. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.facts import facts
from reconciler.model.change import Effect


def untaken(type_: str, taken: Iterable[str]) -> Mapping[str, Effect]:
    """The effects of all properties of a type but these."""
    return dict.fromkeys({*facts(type_).properties} - {*taken, "Tags"}, Effect.UNSUPPORTED)
