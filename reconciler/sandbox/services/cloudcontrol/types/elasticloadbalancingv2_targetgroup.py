"""AWS::ElasticLoadBalancingV2::TargetGroup: a function has to let the load balancers in before.

Source: ELB API reference, RegisterTargets; user guide, "Lambda functions as targets".
"""

from __future__ import annotations

from typing import Any

from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.services.cloudcontrol.store import all_records

LONGEST = 32
ELB = "elasticloadbalancing.amazonaws.com"


def admit(desired: dict[str, Any], others: dict[str, dict[str, Any]]) -> None:
    """Refuse a name that is too long or taken, and a function that lets nobody in.

    Raises:
        Broken: it is refused.
    """
    name = str(desired.get("Name") or "")
    if len(name) > LONGEST:
        text = f"Target group name '{name}' cannot be longer than '{LONGEST}' characters"
        raise Broken("InvalidRequest", text)
    if name and any(each.get("Name") == name for each in others.values()):
        raise Broken("AlreadyExists", f"A target group with the name '{name}' already exists")
    if desired.get("TargetType") == "lambda":
        for target in desired.get("Targets") or ():
            _let_in(str(target["Id"]))


def _let_in(function: str) -> None:
    name = function.rpartition(":function:")[2] or function
    for each in all_records("AWS::Lambda::Permission"):
        own = str(each.model.get("FunctionName")).rpartition(":function:")[2]
        if own == name and each.model.get("Principal") == ELB:
            return
    text = f"elasticloadbalancing principal does not have permission to invoke {function}"
    raise Broken("AccessDenied", text)
