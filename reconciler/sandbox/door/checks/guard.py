"""Whether IAM lets a call in: asked of roles and users that the sandbox knows, for every call.

The decision is `reconciler.access`'s. What it does not know, it refuses: a sandbox that lets
everything through shows nothing.
"""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, NamedTuple

from reconciler.access.calls import Call, UnknownCallError
from reconciler.sandbox.iam import federated, handed, principals, sessions, there
from reconciler.sandbox.iam.decision import message, refused
from reconciler.sandbox.protocol.given import given
from reconciler.sandbox.protocol.requests import bucket_of
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.sandbox.door.asked import Asked
    from reconciler.sandbox.iam.principals import Principal
    from reconciler.sandbox.protocol import wire
    from reconciler.sandbox.protocol.requests import Sent

LOG = logging.getLogger("moorline.sandbox")
ORDER = 30
FREE = {("sts", "GetCallerIdentity")}
WITH_TOKEN = ("sts", "AssumeRoleWithWebIdentity")
JSON_CODE, XML_CODE = "AccessDeniedException", "AccessDenied"
JSON_ENDED, XML_ENDED = "ExpiredTokenException", "ExpiredToken"
XML = {"s3", "sns", "iam", "sts", "cloudwatch", "cloudformation", "elbv2", "autoscaling"}
"""Services that say AccessDenied; those that speak JSON say AccessDeniedException."""


class Refusal(NamedTuple):
    """An error of AWS."""

    code: str
    message: str
    status: int = 403


def answer(asked: Asked, onward: Callable[[], wire.Answer]) -> wire.Answer:
    """IAM's error, without a body where a request has none."""
    sent = asked.sent
    if sent is None or not (found := refusal(asked.service, asked.operation, sent)):
        return onward()
    status, headers, body = asked.refused(*found)
    body = "" if sent.method == "HEAD" else body
    return status, headers | hints(asked.service, sent), body


def refusal(service: str, operation: str, sent: Sent) -> Refusal | None:
    """The error for a call that IAM refuses, nothing for one that may go on."""
    if sessions.over(sent.access_key):
        return _ended(service)
    if (service, operation) in FREE:
        return None
    if service == "iam" and WORLD.iam_lag:
        _remember(operation, sent)
    if (service, operation) == WITH_TOKEN:
        return _with_token(sent)
    who = principals.of(sent.access_key)
    if who is None:
        return _no_such_role(service, operation, sent)
    if WORLD.iam != "enforced":
        return None
    try:
        call = _call(service, operation, sent, who)
    except ValueError:
        return None  # no request of this operation: the service says so itself
    return _asked(call, who)


def _asked(call: Call, who: Principal) -> Refusal | None:
    """What IAM says of a call, and then the service of a role that it is handed."""
    service, operation = call.service, call.operation
    try:
        found = next(refused(call, who), None)
    except UnknownCallError as unknown:
        return Refusal(_code(service), f"{_may_not(who, service, operation)}: {unknown}")
    except ValueError as malformed:  # a policy that AWS would not have taken allows nothing
        return Refusal(_code(service), f"{_may_not(who, service, operation)}: {malformed}")
    if found:
        return Refusal(_code(service), message(*found))
    unfit = handed.refusal(call)
    return Refusal(*unfit) if unfit else None


def hints(service: str, sent: Sent) -> dict[str, str]:
    """Headers that a refusal has: S3 says where a bucket is, also to whom it is shut."""
    region = there.region(bucket_of(sent)[0]) if service == "s3" else ""
    return {"x-amz-bucket-region": region} if region else {}


def _call(service: str, operation: str, sent: Sent, who: Principal) -> Call:
    parameters = given(service, operation, sent)
    return Call(service, operation, parameters, sent.region, who.account, who.arn)


def _with_token(sent: Sent) -> Refusal | None:
    """Nobody signs such a call: the token says who it is."""
    try:
        found = federated.refusal(given(*WITH_TOKEN, sent))
    except ValueError:
        return None  # no request of this operation: the service says so itself
    return Refusal(*found) if found else None


def _no_such_role(service: str, operation: str, sent: Sent) -> Refusal | None:
    """An administrator may do everything, but not take a role that is not there."""
    if service != "sts" or operation != "AssumeRole":
        return None
    arn = str(given(service, operation, sent).get("RoleArn", ""))
    if there.trust(arn) is not None:
        return None
    return Refusal(
        XML_CODE,
        f"User: arn:aws:iam::{_account(sent)}:user/{sent.access_key or 'root'} is not authorized to"
        f" perform: sts:AssumeRole on resource: {arn}",
    )


def _remember(operation: str, sent: Sent) -> None:
    name = given("iam", operation, sent).get("RoleName")
    if name and not operation.startswith(("Get", "List")):
        who = principals.of(sent.access_key)
        account = who.account if who else _account(sent)
        found = principals.role_of(name, account)
        principals.remember(found.arn if found else f"arn:aws:iam::{account}:role/{name}")


def _ended(service: str) -> Refusal:
    """What is said of credentials whose time is over.

    Source: "Common Errors" of the services, S3's error codes.
    """
    if service == "s3":
        return Refusal(XML_ENDED, sessions.S3_TEXT, 400)
    return Refusal(XML_ENDED if service in XML else JSON_ENDED, sessions.TEXT)


def _account(sent: Sent) -> str:
    """An administrator's account: the sandbox's, but for whoever names another to moto."""
    default = os.environ.get("MOTO_ACCOUNT_ID", "123456789012")
    return sent.headers.get("x-moto-account-id", default)


def _code(service: str) -> str:
    return XML_CODE if service in XML else JSON_CODE


def _may_not(who: Principal, service: str, operation: str) -> str:
    return f"User: {who.arn} is not authorized to perform: {service}:{operation}"
