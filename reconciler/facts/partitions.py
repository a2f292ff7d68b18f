"""AWS's partitions: which one a region is in, how hosts end there, and which services it has.

Source: `schemas/partitions.json`, made of botocore's own lists. A region that the lists do not
know yet belongs to the partition whose regular expression it fits, and has every service of it as
far as anybody knows.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import Any

from reconciler.facts.files import read

EVERYWHERE = "*"
COMMERCIAL = "aws"


class Lack(StrEnum):
    """What has no such service."""

    NOTHING = ""
    REGION = "region"
    PARTITION = "partition"


@dataclass(frozen=True, slots=True)
class Partition:
    """A part of AWS that shares no accounts with the others."""

    name: str
    """As in ARNs: ``aws-us-gov``."""
    pattern: str
    """The regular expression of its regions."""
    known: frozenset[str]
    """The regions that the lists of services speak of."""
    suffix: str
    """How host names end: ``amazonaws.com``."""
    dual: str
    """How dual-stack host names end: ``api.aws``."""

    @property
    def images(self) -> tuple[str, str]:
        """How the hosts of registries end: over IPv4, and dual-stack.

        Source: Amazon ECR user guide, "Making requests to Amazon ECR registries over IPv6".
        """
        return self.suffix, f"on.{self.dual.removeprefix('api.')}"


@cache
def partitions() -> tuple[Partition, ...]:
    """All of them, the commercial one first."""
    return tuple(
        Partition(it["name"], it["regions"], frozenset(it["known"]), it["suffix"], it["dual"])
        for it in read("partitions.json")["partitions"]
    )


@cache
def partition_of(region: str) -> Partition:
    """The partition of a region; what fits none is taken for a new region by its first word."""
    for each in partitions():
        if region in each.known or _fits(region, each):
            return each
    word = region.partition("-")[0]
    alike = [each for each in partitions() if any(_word(it) == word for it in each.known)]
    return alike[0] if len(alike) == 1 else partitions()[0]


def is_region(region: str) -> bool:
    """Whether it fits a partition: AWS has it, or may have it some day."""
    return any(region in each.known or _fits(region, each) for each in partitions())


def is_known(region: str) -> bool:
    """Whether the lists of regions and services have it."""
    return any(region in each.known for each in partitions())


def near_region(region: str) -> str:
    """The known region whose spelling is closest; "" where none is close."""
    from difflib import get_close_matches  # noqa: PLC0415 - only for a slip of the keys

    known = sorted(region for each in partitions() for region in each.known)
    return next(iter(get_close_matches(region, known, n=1, cutoff=0.6)), "")


def lacks(service: str, region: str) -> Lack:
    """Whether a region, or its whole partition, has no such service.

    Args:
        service: A boto3 client, `budgets`.
        region: `us-gov-west-1`.
    """
    where = _services().get(service)
    if where is None:
        return Lack.NOTHING
    partition = partition_of(region)
    regions = where.get(partition.name)
    if regions is None:
        return Lack.PARTITION
    here = EVERYWHERE in regions or region in regions or region not in partition.known
    return Lack.NOTHING if here else Lack.REGION


def _fits(region: str, partition: Partition) -> bool:
    return re.fullmatch(partition.pattern.strip("^$"), region) is not None


def _word(region: str) -> str:
    return region.partition("-")[0]


@cache
def _services() -> dict[str, Any]:
    found: dict[str, Any] = read("partitions.json")["services"]
    return found
