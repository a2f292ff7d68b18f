"""AWS::ElasticLoadBalancingV2::LoadBalancer: names and subnets, as CreateLoadBalancer says."""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.state.handlers import Habits

HABITS = Habits(
    made={
        "DNSName": "^internal-[a-z]{8}-[0-9]{9}\\.elb\\.amazonaws\\.com$",
        "CanonicalHostedZoneID": "^Z[0-9A-Z]{13}$",
    }
)
LONGEST, LEAST = 32, 2


def admit(desired: dict[str, Any], others: dict[str, dict[str, Any]]) -> None:
    """Refuse a name that is too long or taken, and fewer than two subnets.

    Raises:
        Broken: it is refused.
    """
    name = str(desired.get("Name") or "")
    if len(name) > LONGEST or name.startswith("internal-"):
        text = f"The load balancer name '{name}' cannot be longer than '{LONGEST}' characters"
        raise Broken("InvalidRequest", text)
    if name and any(each.get("Name") == name for each in others.values()):
        raise Broken("AlreadyExists", f"A load balancer with the name '{name}' already exists")
    subnets = [*(desired.get("Subnets") or ()), *(desired.get("SubnetMappings") or ())]
    if desired.get("Type", "application") == "application" and len(subnets) < LEAST:
        text = "At least two subnets in two different Availability Zones must be specified"
        raise Broken("InvalidRequest", text)
