"""The errors of AWS in the function: as `aws.errors` has them, by the same names.

What may pass ends this look and fails the invocation, so that the state machine tries again.
"""

from __future__ import annotations

from collections.abc import Iterable

from reconciler.resources.answers import Absent

DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnrecognizedClientException"})
OVER = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
PASSING = frozenset(
    {
        "ConcurrentModificationException",
        "InternalFailure",
        "InternalServerError",
        "InternalServiceFault",
        "RequestLimitExceeded",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
    }
)
SERVER_FAULT = 500
INCOMPLETE = "IncompleteAnswer"


class AwsError(Exception):
    """An answer of AWS that is not a result. `code` is AWS's own."""

    def __init__(self, what: str, code: str, message: str) -> None:
        super().__init__(f"{what}: {code}: {message}" if message else f"{what}: {code}")
        self.what = what
        self.code = code
        self.message = message


class Retry(AwsError):
    """The same request may succeed later."""


class Denied(AwsError):
    """Permissions are missing."""


class Expired(Denied):
    """The credentials are over."""


class Rejected(AwsError):
    """AWS will not do it as asked, or answered something unknown."""


class Gone(AwsError):
    """The resource does not exist."""


def incomplete(what: str, how: str) -> Retry:
    """The failure of a success that is not whole."""
    return Retry(what, INCOMPLETE, f"the answer is not whole: {how}")


def error(what: str, code: str, message: str, status: int, absent: Iterable[Absent]) -> AwsError:
    """What an error of AWS means."""
    if any(each.matches(code, message) for each in absent):
        return Gone(what, code, message)
    if code in OVER:
        return Expired(what, code, message)
    if code in DENIED:
        return Denied(what, code, message)
    if code in PASSING or status >= SERVER_FAULT:
        return Retry(what, code, message)
    return Rejected(what, code, message)
