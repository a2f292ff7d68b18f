"""How our names begin: as they are, or as a type writes them that takes no hyphens. Pure.

A catalogue's databases are called ``acme_dev_orders`` where all else is called
``acme-dev-orders``. Which way a type has follows from what it makes of a name (`Resource.fix`).
"""

from __future__ import annotations

from functools import cache

from reconciler.access.table import Type
from reconciler.resources import api as resources
from reconciler.resources.api import Resource, fill

PREFIX = "{prefix}"
SLOTS = {"a-b-c": PREFIX, "a_b_c": "{underscored}", "abc": "{joined}"}
"""By what becomes of a name: the slot of the beginning of such names."""
_SAMPLE = {"partition": "aws", "region": "eu-west-1", "account": "123456789012", "name": "a/b"}
_ONE = {**_SAMPLE, "name": "a"}


def forms(prefix: str) -> dict[str, str]:
    """The beginning of our names, by slot, in each way in which types write it."""
    return {
        "prefix": prefix,
        "underscored": prefix.replace("-", "_"),
        "joined": prefix.replace("-", ""),
    }


def slot(resource: Resource | None) -> str:
    """The slot of how names of a type begin; the plain one for a type that nothing is known of."""
    return SLOTS.get(resource.fix("a-b-c"), PREFIX) if resource else PREFIX


def begins(resource: Resource | None, prefix: str) -> str:
    """How names of a type begin, where ours begin with `prefix`."""
    return forms(prefix)[slot(resource).strip("{}")]


def template(resource: Resource) -> str:
    """The template of a type's ARNs with one name in it; empty where nothing tells them."""
    at = resource.arn or resource.predict.get("Arn", "")
    return at.replace("{parent}/{leaf}", "{name}")


@cache
def slot_of(kind: Type, other: str) -> str:
    """The slot of names of what IAM knows as a type: that of ours with such ARNs, or another."""
    for resource in resources.load().values():
        at = template(resource)
        if "{name}" not in at or resource.generic:
            continue
        if any(kind.fits(str(fill(at, sample))) for sample in (_ONE, _SAMPLE)):
            return slot(resource)
    return other
