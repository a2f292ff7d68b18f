"""Conditions on the service that a request to KMS comes through: its name has the region in it.

A key is used in its own region, by services there: ``sagemaker.eu-west-1.amazonaws.com``. A policy
with another region, or with none, is taken and never true, so that whoever it was written for is
refused, and what `Deny` was to spare is not spared. Source: KMS developer guide, "kms:ViaService";
IAM user guide, "String condition operators" (wildcards are for StringLike alone).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, Path
from reconciler.policy import tree
from reconciler.policy.api import Shared, register
from reconciler.policy.tree import Inside

KEYS = frozenset({"AWS::KMS::Key", "AWS::KMS::ReplicaKey"})
CODE = Code(
    "PLACE009",
    "a condition on a service that no request meets",
    "KMS compares kms:ViaService with the service and the region that a request comes through, such"
    " as sagemaker.eu-west-1.amazonaws.com. In the policy of a key it is the region of the key."
    " Without a region, or with another one, the condition is never true, and AWS takes the policy"
    " all the same.",
    "Write SERVICE.REGION.amazonaws.com; `${region}` is the region of the environment.",
)
_NAME = "kms:viaservice"
_SHAPE = re.compile(r"[a-z0-9*?-]+\.(?P<region>[a-z0-9*?-]+)\.amazonaws\.com(\.cn)?")


def check(graph: Graph, insides: Sequence[Inside]) -> Iterator[Diagnostic]:
    """One finding for each condition of which no value can be true."""
    for node, parts in insides:
        for path, operator, values in _conditions(parts):
            region = graph.region if node.address.type in KEYS else ""
            if not values or any(_may_be(each, operator, region) for each in values):
                continue
            shown = ", ".join(repr(each) for each in values)
            where = f"of {region!r}" if region else "SERVICE.REGION.amazonaws.com"
            text = f"no request comes through {shown}: services are {where}"
            yield _finding(node, path, text)


register(Shared(CODE, tree.insides, check))


def _may_be(value: Json, operator: str, region: str) -> bool:
    """Whether a request may have this value; what is not known yet may be anything."""
    if not isinstance(value, str) or "${" in value:
        return True
    found = _SHAPE.fullmatch(value.lower())
    if "like" not in operator.lower():
        plain = found is not None and not set("*?") & set(value)
        return plain and region in {"", found["region"] if found else ""}
    if found is None:  # a star may stand for several parts
        return "*" in value
    return not region or fnmatchcase(region, found["region"])


def _conditions(
    parts: Iterable[tuple[Path, Mapping[str, Json]]],
) -> Iterator[tuple[Path, str, list[Json]]]:
    """Where a condition is, its operator, and its values."""
    for path, part in parts:
        for key, each in part.items():
            if str(key).lower() == _NAME:
                yield (*path, str(key)), str(path[-1]) if path else "", _listed(each)


def _listed(value: Json) -> list[Json]:
    return [*value] if isinstance(value, list | tuple) else [value]


def _finding(node: Node, path: Path, text: str) -> Diagnostic:
    at = node.origin.line_of(path) if node.origin else None
    return Diagnostic(CODE.code, text, at, CODE.fix, address=node.address)
