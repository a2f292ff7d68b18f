"""Whether the caller may do what a handler does: its permissions, by the sandbox's IAM.

Without a RoleArn a handler works with the rights of the caller. Source: user guide, "Specifying
credentials for Cloud Control API". Each action is asked about no resource in particular where
the handler's call cannot be known from here.
"""

from __future__ import annotations

from reconciler.sandbox.protocol.requests import Sent
from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.services.cloudcontrol.schema import Kind


def check(kind: Kind, verb: str, sent: Sent) -> None:
    """Make sure that the caller may do what the handler does.

    Raises:
        Broken: AccessDenied.
    """
    if verb == "read" and not kind.habits.readable:
        raise Broken("AccessDenied", f"{kind.name}: the read handler is not authorized")
