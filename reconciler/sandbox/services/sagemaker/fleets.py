"""What an endpoint's traffic has gone to, and since when: what its metrics are made from.

Each change of what is live adds a slice; nothing else is remembered of the past.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reconciler.sandbox.services.sagemaker.variants import COUNT, WEIGHT, Variant

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reconciler.sandbox.services.sagemaker.store import Record

PAST = "slices"
KEPT = 5000
"""Slices of an endpoint that are remembered."""


@dataclass(frozen=True, slots=True)
class Fleet:
    """The instances of one variant of one configuration."""

    variant: str
    config: str
    model: str
    share: float
    """Of the endpoint's requests, 0 to 1; of a shadow, how many it gets a copy of."""
    count: int
    shadow: bool = False


@dataclass(frozen=True, slots=True)
class Slice:
    """From a moment on, seconds of the sandbox's clock, the fleets that answer."""

    at: float
    fleets: tuple[Fleet, ...]
    deploying: bool = False
    """Whether metrics have the dimension EndpointConfigName as well."""


def past(record: Record) -> list[Slice]:
    """The slices of an endpoint, the oldest first."""
    found: list[Slice] = record.extra.setdefault(PAST, [])
    return found


def note(record: Record, at: float, fleets: Iterable[Fleet], *, deploying: bool = False) -> None:
    """Remember what answers from a moment on."""
    kept = past(record)
    kept.append(Slice(at, tuple(fleets), deploying))
    del kept[:-KEPT]


def of(
    config: str,
    production: list[Variant],
    shadow: list[Variant],
    models: dict[str, str],
    part: float = 1.0,
) -> list[Fleet]:
    """The fleets of a configuration that gets a part of the traffic, by what its variants want.

    A shadow gets copies in the ratio of its weight to those of the production variants.
    """
    total = sum(weight(each) for each in production)

    def fleet(each: Variant, *, copied: bool) -> Fleet:
        ratio = min(1.0, weight(each) / total) if total > 0 else 0.0
        name, count = each["VariantName"], int(each.get(COUNT, 1))
        return Fleet(name, config, models.get(name, ""), ratio * part, count, copied)

    answering = [fleet(each, copied=False) for each in production]
    return answering + [fleet(each, copied=True) for each in shadow]


def weight(variant: Variant) -> float:
    """What a variant's weight is to be."""
    return float(variant.get(WEIGHT, 0.0))
