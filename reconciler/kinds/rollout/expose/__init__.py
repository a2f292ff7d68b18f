"""What stands in front of an endpoint: an HTTP API or a load balancer, and a name for both.

A Rollout has it under `expose`; the kind calls what is here, and nothing else knows of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Lookup, Problem, Role, Scope
from reconciler.kinds.rollout.expose import api, balancer, failover, front
from reconciler.kinds.rollout.expose.check import balanced, check
from reconciler.kinds.rollout.expose.spec import Domain, Expose
from reconciler.kinds.terms import private
from reconciler.model.graph import Node
from reconciler.model.value import Json

__all__ = ["Expose", "build", "lookups", "problems", "tags"]


_CANNOT = {
    "async": "answers come into S3, and nobody waits for them at an address",
    "batch": "there is no endpoint while no job runs",
    "components": "a request has to name its component, and one address stands for one model",
}
"""Modes of `serve` that nothing here can stand in front of, and why."""


def problems(
    expose: Expose | None, mode: str, serving: str, *, moves: bool, tested: Mapping[str, str]
) -> Iterator[Problem]:
    """What is wrong with it in itself, or in front of this mode; see `check`."""
    if expose is None:
        return
    if why := _CANNOT.get(mode):
        yield Problem(("expose",), f"{why} ({mode})", "remove it", "EXPOSE006")
        return
    if tested and expose.balancer is not None:
        yield from balanced(expose.balancer, tested)
    yield from check(expose, serving, moves=moves)


def lookups(expose: Expose | None) -> Iterator[Lookup]:
    """Where the subnets of a load balancer are."""
    if expose is not None and expose.balancer is not None:
        yield private.lookup(expose.balancer.network)


def tags(expose: Expose | None) -> list[Json]:
    """What the endpoint's own tags say of a load balancer: whoever moves weights looks for it."""
    if expose is None or expose.balancer is None:
        return []
    return [{"Key": balancer.FRONT_TAG, "Value": "balancer"}]


def allow_driver(expose: Expose | None, scope: Scope, role: Role) -> None:
    """Let a function that drives find the rule of a load balancer, and change that one alone.

    An ARN of a rule has ids of AWS, so it is told by its tag. Neither finding nor reading takes a
    resource. Source: Service Authorization Reference, ELB V2 and Resource Groups Tagging.
    """
    if expose is None or expose.balancer is None:
        return
    scope.grant(role, ("elasticloadbalancing:DescribeRules", "tag:GetResources"), on=("*",))
    own = {f"aws:ResourceTag/{balancer.SPLIT_TAG}": scope.address(front.ENDPOINT).name}
    rules = scope.arn("elasticloadbalancing", "listener-rule/app/*")
    scope.grant(role, ("elasticloadbalancing:ModifyRule",), on=(rules,), when={"StringEquals": own})


def _certified(domain: Domain, scope: Scope) -> None:
    """Say that a certificate is where neither an API nor a load balancer takes one from."""
    _, _, _, region, account, _ = domain.certificate.split(":", 5)
    place = scope.place
    if (region, account) != (place.region, place.account):
        text = f"the certificate is in {region} of {account}, and this environment is elsewhere"
        help_ = f"use one of {place.region} in {place.account}: each environment has its own"
        scope.problem(("expose", "domain", "certificate"), text, help=help_)


def build(
    expose: Expose | None, serving: str, tested: Mapping[str, str], scope: Scope
) -> Iterator[Node]:
    """All that stands in front of the endpoint; `tested` has the shares of a test's variants."""
    if expose is None:
        return
    if expose.domain is not None:
        _certified(expose.domain, scope)
    if expose.api is not None:
        yield from api.build(expose.api, expose.domain, scope)
    if expose.balancer is not None:
        private.report(expose.balancer.network, scope, (*balancer.AT, "network"))
        shares = balancer.shares_of(expose.balancer, serving, tested)
        yield from balancer.build(
            expose.balancer, expose.domain, shares, scope, tested=bool(tested)
        )
    if expose.failover is not None and expose.domain is not None:
        yield from failover.build(expose, expose.domain, expose.failover, scope)
