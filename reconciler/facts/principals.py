"""Which service principals say for whose account, and for which resource, they act.

A policy that demands `aws:SourceAccount` of a principal that does not send it locks the service
out. So the account is demanded where AWS documents that it is sent, and nowhere else; a role
cannot be passed to a service from another account in any case.
Source: `schemas/principals.json`, which names AWS's page for each.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

from reconciler.facts.files import read
from reconciler.facts.partitions import partition_of

PRINCIPAL = (
    r"^[a-z0-9-]+(\.[a-z0-9-]+)*\.(amazonaws\.(com(\.cn)?|eu)|c2s\.ic\.gov|sc2s\.sgov\.gov"
    r"|cloud\.adc-e\.uk|csp\.hci\.ic\.gov)$"
)
"""The principals of services in all partitions."""


def vouched(service: str, account: str, *, taking: bool = False) -> dict[str, Any]:
    """The condition of a policy statement for a service: none where it could lock it out.

    Args:
        service: A service principal, `cloudwatch.amazonaws.com`.
        account: The account for which the service has to act.
        taking: Whether it takes a role; else it comes to a bucket, topic or key.
    """
    if not says(service, taking=taking):
        return {}
    return {"Condition": {"StringEquals": {"aws:SourceAccount": account}}}


def audience(region: str) -> str:
    """Whom tokens for IAM are made out to in a region, unless somebody says otherwise.

    Source: IAM user guide, "Create an OpenID Connect (OIDC) identity provider in IAM"; Amazon Web
    Services in China, IAM, Feature differences.
    """
    partition = partition_of(region)
    if partition.name == "aws-cn":
        return f"sts.{region}.{partition.suffix}"
    return "sts.amazonaws.com"


def says(service: str, *, taking: bool = False) -> bool:
    """Whether AWS documents that a service sends the keys, when it takes a role or otherwise."""
    known = _principals().get(service.removesuffix(".cn"), {})
    return bool(known.get("role" if taking else "resource"))


def apart(services: Iterable[str]) -> tuple[list[str], list[str]]:
    """Services that come to a resource: those that say for whom, and those that may not."""
    named = sorted(set(services))
    return [it for it in named if says(it)], [it for it in named if not says(it)]


@cache
def _principals() -> dict[str, Any]:
    found: dict[str, Any] = read("principals.json")["principals"]
    return found
