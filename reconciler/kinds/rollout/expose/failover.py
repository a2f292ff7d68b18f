"""One region's record under a name that several regions answer for, and what watches it.

Route 53 cannot stand in front of an endpoint of SageMaker, which answers to its own host only; it
stands in front of what Moorline puts before it. Each region's environment has its own record, told
by its set identifier, and its own health check: neither plan reads or writes the other's.

A load balancer says itself whether it is healthy, since its groups ask `GET /health`. An API does
not, so Route 53 asks it. Sources: Route 53 developer guide, "How Amazon Route 53 chooses records
when health checking is configured"; API reference, AliasTarget (EvaluateTargetHealth).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.facts.partitions import partition_of
from reconciler.kinds.api import Scope
from reconciler.kinds.rollout.expose.api import API, hosted
from reconciler.kinds.rollout.expose.balancer import BALANCER
from reconciler.kinds.rollout.expose.spec import Domain, Expose, Failover
from reconciler.kinds.terms.text import text
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path, Ref

CHECK, RECORD = "AWS::Route53::HealthCheck", "AWS::Route53::RecordSet"
AT: Path = ("expose", "failover")
EVERY, FAILURES = 30, 3
"""Seconds between two questions of one checker, and answers that have to fail in a row."""
_ORDER = {"first": "PRIMARY", "second": "SECONDARY"}


def build(expose: Expose, domain: Domain, failover: Failover, scope: Scope) -> Iterator[Node]:
    """The record of this region, and its health check where nothing else tells."""
    policy: dict[str, Json] = (
        {"Failover": _ORDER[failover.order]} if failover.order else {"Weight": failover.parts}
    )
    if expose.api is not None:
        yield _check(scope)
        own = hosted(domain)
        target = {
            "DNSName": Ref(own, "RegionalDomainName"),
            "HostedZoneId": Ref(own, "RegionalHostedZoneId"),
        }
        policy["HealthCheckId"] = Ref(scope.address(CHECK), "HealthCheckId")
    else:
        balancer = scope.address(BALANCER)
        target = {
            "DNSName": Ref(balancer, "DNSName"),
            "HostedZoneId": Ref(balancer, "CanonicalHostedZoneID"),
        }
    address = scope.address(RECORD)
    yield scope.node(
        address,
        {
            "HostedZoneId": failover.zone,
            "Name": domain.name,
            "Type": "A",
            "SetIdentifier": address.name,
            "AliasTarget": {**target, "EvaluateTargetHealth": True},
            **policy,
        },
        lines={
            (): AT,
            ("Name",): ("expose", "domain", "name"),
            ("HostedZoneId",): (*AT, "zone"),
            ("Weight",): (*AT, "parts"),
            ("Failover",): (*AT, "order"),
        },
    )


def _check(scope: Scope) -> Node:
    """Route 53 asks from outside whether the endpoint behind the API serves."""
    suffix = partition_of(scope.place.region).suffix
    host = text(Ref(scope.address(API), "ApiId"), f".execute-api.{scope.place.region}.{suffix}")
    return scope.node(
        scope.address(CHECK),
        {
            "HealthCheckConfig": {
                "Type": "HTTPS",
                "FullyQualifiedDomainName": host,
                "Port": 443,
                "ResourcePath": "/health",
                "EnableSNI": True,
                "RequestInterval": EVERY,
                "FailureThreshold": FAILURES,
                "Inverted": False,
            }
        },
        lines={(): AT},
    )
