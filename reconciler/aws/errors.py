"""What an AWS error means for the caller, named by the next action.

`Retry`: try again after a pause. `Denied`: fix permissions or credentials. `Rejected`: fix the
request. `Gone`: it does not exist. `Closed`: the service lets nobody new in. An error that is none
of the known ones is `Rejected`: its state is unknown, never "absent".
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    ConnectionError as BotoConnectionError,
    CredentialRetrievalError,
    HTTPClientError,
    MetadataRetrievalError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
    SSOError,
)

from reconciler.aws.wire import Broken
from reconciler.facts.availability import Table, table
from reconciler.model.availability import Row, Status
from reconciler.resources.api import Absent
from reconciler.secret.redact import redact

THROTTLED = frozenset(
    {
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
        "KMSThrottling",
        "KMSThrottlingException",
        "KmsThrottled",
        "KmsThrottlingException",
        "PriorRequestNotComplete",
        "ProvisionedThroughputExceededException",
        "RequestLimitExceeded",
        "RequestThrottled",
        "RequestThrottledException",
        "SlowDown",
        "Throttled",
        "ThrottledException",
        "Throttling",
        "ThrottlingException",
        "TooManyRequestsException",
        "TransactionInProgressException",
    }
)
"""Source: AWS_FACTS 0.1, without LimitExceededException, mostly a quota; and the exceptions
of botocore's models that say throttling, by their codes on the wire (SNS, SQS, Step Functions)."""

PASSING = frozenset(
    {
        "ConcurrentModification",
        "ConcurrentModificationException",
        "ConflictingOperationException",
        "InternalError",
        "InternalFailure",
        "InternalServerError",
        "InternalServerException",
        "OperationAborted",
        "RequestTimeout",
        "RequestTimeoutException",
        "ServiceUnavailable",
        "ServiceUnavailableException",
        "IDPCommunicationError",
        "KMSInternalException",
        "DependencyTimeoutException",
    }
)
"""Faults of AWS's own, and other writers in the way: the same request may succeed later."""

DENIED = frozenset(
    {
        "403",
        "AccessDenied",
        "AccessDeniedException",
        "AuthFailure",
        "AuthorizationError",
        "AuthorizationErrorException",
        "ExpiredToken",
        "ExpiredTokenException",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "MissingAuthenticationToken",
        "NotAuthorized",
        "OptInRequired",
        "SignatureDoesNotMatch",
        "UnauthorizedOperation",
        "UnrecognizedClientException",
        "IDPRejectedClaim",
        "InvalidIdentityToken",
        "InvalidToken",
        "RequestExpired",
        "TokenRefreshRequired",
    }
)
OVER = frozenset(
    {
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "TokenRefreshRequired",
    }
)
"""Codes of credentials whose time is over. Sources: "Common Errors" of the services' API references
(ExpiredTokenException), S3's list of error codes (ExpiredToken, TokenRefreshRequired), EC2's
(RequestExpired)."""
DOUBTED = frozenset(
    {
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidIdentityToken",
        "InvalidToken",
        "UnrecognizedClientException",
    }
)
"""Codes of credentials that AWS does not know. Where the same ones worked before, they are over."""
NAMELESS = "400"
"""What botocore makes of a refusal without a body, as HEAD has: credentials that are over may be
its reason. Source: S3 API reference, HeadBucket."""
INCOMPLETE = "IncompleteAnswer"
"""Our code for a success that is not whole. It is no knowledge: what it is about is unknown."""
SERVER_FAULT = 500
NOT_IMPLEMENTED = 501


class AwsError(Exception):
    """An answer of AWS that is not a result. `code` is AWS's own.

    `region` is where a bucket is, when S3 says so while it refuses the rest.
    """

    region = ""
    ended = False
    """A request that went on has ended with it: it is not under way any more."""

    def __init__(self, what: str, code: str, message: str) -> None:
        message = redact(message)
        super().__init__(f"{what}: {code}: {message}" if message else f"{what}: {code}")
        self.what = what
        self.code = code
        self.message = message

    def without(self, hidden: Iterable[str]) -> None:
        """Take values out of the message that AWS may have repeated in it."""
        self.message = redact(self.message, hidden)
        self.args = (redact(str(self), hidden),)


class Retry(AwsError):
    """The same request may succeed later. `throttled` says that AWS asked to slow down.

    `unclear` says that AWS may have carried the request out, `contradicts` that it said something
    else of the same thing.
    """

    throttled = False
    unclear = False
    contradicts = False


class Denied(AwsError):
    """Credentials or permissions are missing."""


class Expired(Denied):
    """The credentials worked and do so no longer, and could not be renewed."""


class Rejected(AwsError):
    """AWS will not do it as asked, or answered something unknown."""


class Gone(AwsError):
    """The resource does not exist."""


class Closed(AwsError):
    """The service takes no new accounts, or has ended; its code says something else.

    `row` is what our table says of it, where it knows the call.
    """

    row: Row | None = None

    @property
    def help(self) -> str:
        """The way out."""
        row = self.row
        ask = "ask AWS Support whether this account may use it"
        if row is None:
            return f"use another service, or {ask}; trying again does not help"
        if row.status is Status.REOPENED:
            return f"{row.title} is open to everybody since {row.since}: {ask}"
        state = f"`services: {{{row.name}: existing}}` says so in vain"
        return f"use {row.replacement}, or {ask}; until then {state}"


def incomplete(what: str, how: str) -> Retry:
    """The failure of a success that is not whole; a write may have been carried out."""
    failure = Retry(what, INCOMPLETE, f"the answer is not whole: {how}")
    failure.unclear = True
    return failure


def contradiction(what: str, how: str) -> Retry:
    """The failure of two answers about one thing of which only one can be true now."""
    failure = incomplete(what, how)
    failure.contradicts = True
    return failure


def over(failure: AwsError, service: str, worked: Collection[str]) -> AwsError:
    """The failure as what it is where the credentials are over; `worked` are services they did.

    What is over at the start is `Denied`: nobody has begun anything with it.
    """
    ended = bool(worked) if failure.code in OVER else service in worked and failure.code in DOUBTED
    if ended and isinstance(failure, Denied) and not isinstance(failure, Expired):
        return Expired(failure.what, failure.code, failure.message)
    return failure


def translate(
    error: Exception,
    what: str,
    *,
    absent: Iterable[Absent] = (),
    transient: Iterable[Absent] = (),
    services: Table | None = None,
) -> AwsError:
    """The class of an error. `what` is ``service.method`` and the resource, for people.

    `services` says what AWS closed, and in which words it refuses; our own table by default.
    """
    if isinstance(error, ClientError):
        failure = _answer(error, what, absent, transient, services or table())
        headers = error.response.get("ResponseMetadata", {}).get("HTTPHeaders", {})
        failure.region = headers.get("x-amz-bucket-region", "")
        return failure
    if isinstance(error, AwsError):
        return error
    if isinstance(error, Broken):
        return incomplete(what, str(error))
    if isinstance(error, NoCredentialsError | PartialCredentialsError):
        return Denied(what, "NoCredentials", str(error))
    if isinstance(error, CredentialRetrievalError | MetadataRetrievalError | SSOError):
        return Denied(what, type(error).__name__, str(error))
    if isinstance(error, HTTPClientError | BotoConnectionError):
        lost = Retry(what, type(error).__name__, str(error))
        lost.unclear = True
        return lost
    if isinstance(error, ParamValidationError | BotoCoreError):
        return Rejected(what, type(error).__name__, str(error))
    raise error


def _answer(
    error: ClientError,
    what: str,
    absent: Iterable[Absent],
    transient: Iterable[Absent],
    services: Table,
) -> AwsError:
    body = error.response.get("Error", {})
    code, message = str(body.get("Code", "Unknown")), str(body.get("Message", ""))
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
    if any(matcher.matches(code, message) for matcher in absent):
        return Gone(what, code, message)
    if code in THROTTLED:
        retry = Retry(what, code, message)
        retry.throttled = True
        return retry
    faulty = status >= SERVER_FAULT or code in PASSING
    if not faulty and (shut := _closed(what, code, message, services)):
        return shut
    if code in DENIED:
        return Denied(what, code, message)
    passing = code in PASSING or (status >= SERVER_FAULT and status != NOT_IMPLEMENTED)
    if passing or any(matcher.matches(code, message) for matcher in transient):
        retry = Retry(what, code, message)
        retry.unclear = status >= SERVER_FAULT
        return retry
    return Rejected(what, code, message)


def _closed(what: str, code: str, message: str, services: Table) -> Closed | None:
    """A refusal of an account that is not let in. Codes say nothing: the message decides."""
    service, _, method = what.partition(" ")[0].partition(".")
    refused, row = services.refused(service.partition("@")[0], method, message)
    if not refused:
        return None
    shut = Closed(what, code, message)
    shut.row = row
    return shut
