"""Where a platform lives, how far names reach, and the templates that put names into requests."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from reconciler.facts.partitions import partition_of
from reconciler.model.address import Address
from reconciler.model.value import Join, Json, Ref, leaves

_SLOT = re.compile(r"\{(\w+)\}")
_REGION = r"[a-z]{2,4}(?:-[a-z]+){1,2}-\d+"
_ALONE = re.compile(_REGION)
_ARN = re.compile(rf"\barn:[\w-]+:[\w-]+:({_REGION}):")
_UNNAMED = "us-east-1"
"""S3 refuses this region as a location constraint. Source: CreateBucket."""


class Reach(StrEnum):
    """How far the names of a type reach."""

    REGIONAL = "regional"
    """Each region of an account has its own."""
    GLOBAL = "global"
    """One for all regions of an account."""
    SHARED = "shared"
    """One for all accounts of a partition, so the account id is part of the name."""


def regions_in(said: Json) -> frozenset[str]:
    """The regions that a value names: alone, or in ARNs and patterns of ARNs."""
    texts = [leaf for leaf in leaves(said) if isinstance(leaf, str)]
    alone = {text for text in texts if _ALONE.fullmatch(text)}
    return frozenset(alone.union(*(_ARN.findall(text) for text in texts)))


@dataclass(frozen=True, slots=True)
class Place:
    """The account and region a platform lives in, and its name prefix (``acme-prod-``)."""

    account: str
    region: str
    platform: str
    environment: str

    @property
    def partition(self) -> str:
        """The partition of the region, as in ARNs: ``aws``, ``aws-cn`` or ``aws-iso-b``."""
        return partition_of(self.region).name

    @property
    def prefix(self) -> str:
        return f"{self.platform}-{self.environment}-"

    def slots(self, name: str) -> dict[str, str]:
        """The values of the fixed template slots."""
        above, _, between = name.rpartition("/")[0].rpartition("/")
        dimension = next((each for each in reversed(name.split("/")) if ":" in each), "")
        return {
            "name": name,
            "bucket": name.partition("/")[0],
            "object": name.partition("/")[2],
            "parent": name.rpartition("/")[0],
            "leaf": name.rpartition("/")[2],
            "above": above,
            "between": between,
            "namespace": dimension.partition(":")[0],
            "account": self.account,
            "region": self.region,
            "partition": self.partition,
            "prefix": self.prefix,
            "platform": self.platform,
            "environment": self.environment,
            "location": "" if self.region == _UNNAMED else self.region,
        }


def fill(template: Json, slots: Mapping[str, Json], own: Address | None = None) -> Json:
    """Put values into a template; an output that is not in `slots` becomes a `Ref` to `own`.

    A member of an object that comes out as "" is left out.
    """
    if isinstance(template, Mapping):
        filled = {key: fill(item, slots, own) for key, item in template.items()}
        return {key: item for key, item in filled.items() if item != ""}
    if isinstance(template, list | tuple):
        return [fill(item, slots, own) for item in template]
    if not isinstance(template, str) or "{" not in template:
        return template
    whole = _SLOT.fullmatch(template)
    if whole and slots.get(whole[1]) is not None:
        return slots[whole[1]]
    parts: list[str | Ref] = []
    end = 0
    for slot in _SLOT.finditer(template):
        parts.append(template[end : slot.start()])
        value = slots.get(slot[1])
        if value is None:
            if own is None:
                msg = f"no value for {slot[0]} in {template!r}"
                raise KeyError(msg)
            value = Ref(own, slot[1])
        parts.append(value if isinstance(value, Ref) else str(value))
        end = slot.end()
    parts = [part for part in (*parts, template[end:]) if part != ""]
    if len(parts) == 1 and isinstance(parts[0], Ref):
        return parts[0]
    if all(isinstance(part, str) for part in parts):
        return "".join(str(part) for part in parts)
    return Join(tuple(parts))
