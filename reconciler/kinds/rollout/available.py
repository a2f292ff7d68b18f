"""What an environment that has to stay available asks of a rollout's network: two zones.

AWS is asked where the subnets are, and only in such an environment. What the rest of the graph has
to do is a rule's (`policy.available`).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.kinds.api import Lookup, Scope
from reconciler.kinds.rollout.spec import Rollout

ZONES = 2
CODE = "AVAIL002"


def _lookup(spec: Rollout) -> Lookup | None:
    if spec.network is None:
        return None
    return Lookup("subnets", (("ids", ",".join(spec.network.subnets)),))


def lookups(spec: Rollout, scope: Scope) -> Iterator[Lookup]:
    """The question where the subnets are."""
    if scope.available and (asked := _lookup(spec)):
        yield asked


def report(spec: Rollout, scope: Scope) -> None:
    """Say that they are in one zone, as far as AWS was asked."""
    asked = _lookup(spec) if scope.available else None
    if asked is None or spec.network is None or scope.facts is None:
        return
    found = scope.fact(asked) or {}
    have = {each["zone"] for each in found.values()}
    if len(found) == len(set(spec.network.subnets)) and len(have) < ZONES:
        scope.problem(
            ("network", "subnets"),
            f"this environment has to stay available, and its subnets are in one zone: {min(have)}",
            help=f"name subnets in {ZONES} availability zones at least",
            code=CODE,
        )
