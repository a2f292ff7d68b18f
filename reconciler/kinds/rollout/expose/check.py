"""Combinations that AWS refuses, or that would leave a model open or a failover without effect."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Problem, days, percent
from reconciler.kinds.rollout.expose.balancer import CANDIDATE
from reconciler.kinds.rollout.expose.spec import RETENTION, Balancer, Expose
from reconciler.kinds.terms import private
from reconciler.model.value import Path

AT: Path = ("expose",)
_ALL, _GROUPS = 100, 5
"""Target groups of one rule. Source: ELB API reference, CreateRule (quotas)."""


def check(expose: Expose, serving: str, *, moves: bool) -> Iterator[Problem]:
    """Faults between the fields.

    `serving` is the variant at rest; `moves` says that a rollout makes a variant `candidate`
    beside it, which is gone when it has ended.
    """
    if (expose.api is None) == (expose.balancer is None):
        yield Problem(AT, "one thing stands in front of an endpoint", "give 'api' or 'balancer'")
        return
    if expose.api is not None:
        kept = days(expose.api.access_logs.expire_after)
        if kept not in RETENTION:
            near = min(RETENTION, key=lambda each: abs(each - kept))
            at = (*AT, "api", "accessLogs", "expireAfter")
            yield Problem(at, f"CloudWatch keeps no log for {kept} days", f"use {near}d")
    if expose.balancer is not None:
        yield from _balancer(expose.balancer, expose, serving, moves=moves)
    failover = expose.failover
    if failover is None:
        return
    if expose.domain is None:
        text = "several regions answer for a name, and here is none"
        yield Problem((*AT, "failover"), text, "add 'domain', the same one in each region")
    if (failover.order is None) == (failover.parts is None):
        help_ = "give 'order' (first, second) or 'parts'"
        yield Problem((*AT, "failover"), "a region has a place or a part", help_)


def balanced(balancer: Balancer, tested: Mapping[str, str]) -> Iterator[Problem]:
    """What of a test cannot be divided by a load balancer; `tested` has its shares."""
    at = (*AT, "balancer")
    if balancer.shares:
        yield Problem((*at, "shares"), "a test has the shares of its variants", "remove it")
    if len(tested) > _GROUPS:
        text = f"a rule has {_GROUPS} target groups at most, and the test {len(tested)} variants"
        yield Problem(at, text, f"test {_GROUPS} or fewer at a time")
    for name, share in tested.items():
        if isinstance(percent(share), float):
            text = f"a load balancer divides by whole per cent, and {name!r} has {share}"
            yield Problem(at, text, "give the variants of the test whole per cent")


def _balancer(
    balancer: Balancer, expose: Expose, serving: str, *, moves: bool
) -> Iterator[Problem]:
    at = (*AT, "balancer")
    yield from private.check(balancer.network, (*at, "network"))
    if not balancer.network.clients:
        help_ = "name security groups or blocks of addresses in 'clients'"
        yield Problem((*at, "network"), "nobody may reach it", help_)
    if balancer.public and expose.domain is None:
        text = "requests from the internet would come without encryption"
        yield Problem((*at, "public"), text, "add 'domain', which has a certificate")
    shares = balancer.shares
    if not shares:
        return
    parts = {name: percent(share) for name, share in shares.items()}
    if any(isinstance(part, float) for part in parts.values()):
        yield Problem((*at, "shares"), "a share is whole per cent here", "use 70% and 30%")
        return
    if sum(parts.values()) != _ALL:
        text = f"the shares add up to {sum(parts.values())}%"
        yield Problem((*at, "shares"), text, "let them add up to 100%")
    if serving not in shares:
        text = f"the variant that serves, {serving!r}, is not among them"
        yield Problem((*at, "shares"), text, f"add {serving!r}")
    if moves and CANDIDATE not in shares:
        text = f"a rollout tries a new version as {CANDIDATE!r}, which is not among them"
        yield Problem((*at, "shares"), text, f"add '{CANDIDATE}: 0%'")
    if moves and parts.get(CANDIDATE):
        text = f"there is no {CANDIDATE!r} while no rollout runs"
        yield Problem((*at, "shares", CANDIDATE), text, "write 0%, or leave 'shares' out")
