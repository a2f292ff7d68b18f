"""What the codes of Cloud Control mean, in exceptions and in events of requests: one table.

A handler's error is an exception where it runs inside a call, and an event of a request that has
failed where it does not. "Failed" says nothing of what exists. Sources: CloudFormation CLI user
guide, "Resource type handler error codes"; botocore's model of `cloudcontrol`. What is not in the
table is a doubt.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from reconciler.aws.errors import AwsError, Denied, Gone, Rejected, Retry
from reconciler.model.value import Json


class Meaning(StrEnum):
    """What to do next."""

    AGAIN = "again"
    """Nothing came of it: ask once more, after a look where it would make something."""
    WAIT = "wait"
    """Somebody's patience ended, and AWS may go on: keep reading."""
    BUSY = "busy"
    """Another request is under way for it."""
    SAME = "same"
    """The token belongs to a request that is known."""
    GONE = "gone"
    EXISTS = "exists"
    DENIED = "denied"
    REFUSED = "refused"
    DOUBT = "doubt"
    """It may or may not have been done."""


MEANINGS: Mapping[str, Meaning] = {
    "AccessDenied": Meaning.DENIED,
    "AlreadyExists": Meaning.EXISTS,
    "ClientTokenConflict": Meaning.SAME,
    "ConcurrentModification": Meaning.BUSY,
    "ConcurrentOperation": Meaning.BUSY,
    "GeneralService": Meaning.DOUBT,
    "HandlerFailure": Meaning.DOUBT,
    "HandlerInternalFailure": Meaning.DOUBT,
    "InternalFailure": Meaning.DOUBT,
    "InvalidCredentials": Meaning.DENIED,
    "InvalidRequest": Meaning.REFUSED,
    "InvalidTypeConfiguration": Meaning.REFUSED,
    "NetworkFailure": Meaning.AGAIN,
    "NonCompliant": Meaning.REFUSED,
    "NotFound": Meaning.GONE,
    "NotStabilized": Meaning.WAIT,
    "NotUpdatable": Meaning.REFUSED,
    "PrivateType": Meaning.REFUSED,
    "RequestTokenNotFound": Meaning.DOUBT,
    "ResourceConflict": Meaning.AGAIN,
    "ResourceNotFound": Meaning.GONE,
    "ServiceInternalError": Meaning.AGAIN,
    "ServiceLimitExceeded": Meaning.REFUSED,
    "ServiceTimeout": Meaning.WAIT,
    "Throttling": Meaning.AGAIN,
    "TypeNotFound": Meaning.REFUSED,
    "UnauthorizedTaggingOperation": Meaning.DENIED,
    "UnsupportedAction": Meaning.REFUSED,
    "UnsupportedTarget": Meaning.REFUSED,
    "Validation": Meaning.REFUSED,
}


def meaning(code: str) -> Meaning:
    """What a code means, with or without its usual ending."""
    return MEANINGS.get(code.removesuffix("Exception"), Meaning.DOUBT)


def failed(code: str, message: str, what: str, *, deletes: bool) -> AwsError:
    """The error of a request that has failed. Its class is what the rest of an apply goes by."""
    match meaning(code):
        case Meaning.GONE if deletes:
            return Gone(what, code, message)
        case Meaning.DENIED:
            return Denied(what, code, message)
        case Meaning.AGAIN | Meaning.WAIT:
            retry = Retry(what, code, message)
            retry.throttled = code == "Throttling"
            retry.unclear = code != "Throttling"
            return retry
        case _:
            return Rejected(what, code, message)


def told(message: Json, hooks: Json, token: str) -> str:
    """What AWS says of a failure, hooks included; where it says nothing, how to look it up."""
    said = [str(message)] if message else []
    for hook in hooks if isinstance(hooks, list | tuple) else ():
        if hook.get("HookStatus") in {"HOOK_FAILED", "HOOK_COMPLETE_FAILED"}:
            name, mode = hook.get("HookTypeName", "a hook"), hook.get("FailureMode", "FAIL")
            said.append(f"{name} ({mode}): {hook.get('HookStatusMessage') or 'it says no reason'}")
    look = f"`aws cloudcontrol get-resource-request-status --request-token {token}`"
    return "; ".join([*said, f"request {token}"]) if said else f"AWS says no reason; see {look}"
