"""AWS::ElasticLoadBalancingV2::TargetGroup: a function has to let the load balancers in before.

Source: ELB API reference, RegisterTargets; user guide, "Lambda functions as targets".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from reconciler.sandbox.services.cloudcontrol.failures import Broken

LONGEST = 32
ELB = "elasticloadbalancing.amazonaws.com"


def admit(desired: dict[str, Any], others: dict[str, dict[str, Any]]) -> None:
    """Refuse a name that is too long or taken.

    Raises:
        Broken: it is refused.
    """
    name = str(desired.get("Name") or "")
    if len(name) > LONGEST:
        text = f"Target group name '{name}' cannot be longer than '{LONGEST}' characters"
        raise Broken("InvalidRequest", text)
    if name and any(each.get("Name") == name for each in others.values()):
        raise Broken("AlreadyExists", f"A target group with the name '{name}' already exists")


def meets(desired: dict[str, Any], of: Callable[[str], Iterable[dict[str, Any]]]) -> None:
    """Refuse a function that does not let the load balancers in.

    Raises:
        Broken: it is refused.
    """
    if desired.get("TargetType") != "lambda":
        return
    for target in desired.get("Targets") or ():
        name = _name(target["Id"])
        let_in = (it for it in of("AWS::Lambda::Permission") if it.get("Principal") == ELB)
        if not any(_name(each.get("FunctionName")) == name for each in let_in):
            text = f"elasticloadbalancing principal does not have permission to invoke {name}"
            raise Broken("AccessDenied", text)


def spare(model: dict[str, Any], of: Callable[[str], Iterable[dict[str, Any]]]) -> None:
    """Refuse to delete what a listener or a rule names, with whatever weight.

    Source: ELB API reference, DeleteTargetGroup (ResourceInUse).

    Raises:
        Broken: it is in use.
    """
    arn = model["TargetGroupArn"]
    kinds = ("Listener", "DefaultActions"), ("ListenerRule", "Actions")
    for noun, member in kinds:
        for each in of(f"AWS::ElasticLoadBalancingV2::{noun}"):
            if any(arn in _groups(action) for action in each.get(member) or ()):
                text = f"Target group '{arn}' is currently in use by a listener or a rule"
                raise Broken("ResourceConflict", text)


def _groups(action: dict[str, Any]) -> list[Any]:
    many = (action.get("ForwardConfig") or {}).get("TargetGroups") or ()
    return [action.get("TargetGroupArn"), *(each.get("TargetGroupArn") for each in many)]


def _name(function: object) -> str:
    return str(function).rpartition(":function:")[2]
