"""What IAM says of a call: each question that it asks, answered from the sandbox's policies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.access.caller import demanded
from reconciler.access.calls import asked
from reconciler.access.decide import decide
from reconciler.access.model import Decision, Guard, Policies, Why
from reconciler.sandbox.iam import there

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.access.model import Asked
    from reconciler.access.request import Call
    from reconciler.sandbox.iam.principals import Principal

THERE = there.There()


def refused(call: Call, who: Principal) -> Iterator[tuple[Asked, Decision]]:
    """Each question of a call that is not answered with yes."""
    for each in (*asked(call, THERE), *demanded(call, THERE)):
        found = decision(each, who)
        if not found.allowed:
            yield each, found


def decision(each: Asked, who: Principal) -> Decision:
    """AWS's answer to one question, from the policies that the sandbox has."""
    guard = Guard.RESOURCE
    resource = None
    if each.action.lower().startswith("sts:assumerole"):
        resource, guard = there.trust(each.resource), Guard.TRUST
    elif each.resource != "*":
        resource, guard = there.policy(each.resource)
    if guard is Guard.KEY and resource is None:
        guard = Guard.RESOURCE
    return decide(each, Policies(who.policies, who.boundary, resource, guard, who.session))


def message(each: Asked, found: Decision) -> str:
    """As AWS words it (IAM User Guide, "Troubleshoot access denied error messages")."""
    why = {
        Why.DENIED: f"with an explicit deny in {', '.join(found.by) or 'a policy'}",
        Why.NOT_IDENTITY: f"because no identity-based policy allows the {each.action} action",
        Why.NOT_RESOURCE: f"because no resource-based policy allows the {each.action} action",
        Why.NOT_SESSION: f"because no session policy allows the {each.action} action",
        Why.NOT_BOUNDARY: f"because no permissions boundary allows the {each.action} action",
    }[found.why]
    return (
        f"User: {each.principal} is not authorized to perform: {each.action} on resource:"
        f" {each.resource} {why}"
    )
