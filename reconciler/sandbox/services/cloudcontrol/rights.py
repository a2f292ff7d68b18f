"""Whether the caller may do what a handler does: its permissions, by the sandbox's IAM.

Without a RoleArn a handler works with the rights of the caller. Source: user guide, "Specifying
credentials for Cloud Control API". What is asked, and about what, is `access.handlers`'s.
"""

from __future__ import annotations

from reconciler.access.handlers import SERVICE, VERBS, handled
from reconciler.access.request import Call
from reconciler.sandbox.iam import principals
from reconciler.sandbox.iam.decision import THERE, decision, message
from reconciler.sandbox.protocol.given import given
from reconciler.sandbox.protocol.requests import Sent
from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.services.cloudcontrol.schema import Kind
from reconciler.sandbox.state.world import WORLD

OPERATIONS = {verbs[-1]: operation for operation, verbs in VERBS.items()}


def check(kind: Kind, verb: str, sent: Sent) -> None:
    """Make sure that the caller may do what the handler does.

    Raises:
        Broken: AccessDenied.
    """
    if verb == "read" and not kind.habits.readable:
        raise Broken("AccessDenied", f"{kind.name}: the read handler is not authorized")
    who = principals.of(sent.access_key) if WORLD.iam == "enforced" else None
    if who is None:
        return
    operation = OPERATIONS[verb]
    params = given(SERVICE, operation, sent)
    call = Call(SERVICE, operation, params, sent.region, who.account, who.arn)
    for each in handled(call, THERE):
        found = decision(each, who)
        if not found.allowed:
            raise Broken("AccessDenied", message(each, found))
