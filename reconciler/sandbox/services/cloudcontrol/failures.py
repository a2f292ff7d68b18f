"""What Cloud Control answers that is no success: exceptions at once, and codes of events."""

from __future__ import annotations

from reconciler.sandbox.protocol import wire


class Failure(Exception):
    """An exception of the service, as the answer to a call."""

    def __init__(self, code: str, message: str, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status

    def answer(self) -> wire.Answer:
        """In the form of AWS JSON 1.0."""
        status, headers, body = wire.error("json", self.code, self.message, self.status)
        return status, headers | {"content-type": "application/x-amz-json-1.0"}, body


class Broken(Exception):
    """A handler's failure, with its HandlerErrorCode; `found` is what the error names."""

    def __init__(self, code: str, message: str, found: str = "") -> None:
        super().__init__(message)
        self.code, self.message, self.found = code, message, found


EXCEPTIONS = {
    "NotUpdatable": "NotUpdatableException",
    "InvalidRequest": "InvalidRequestException",
    "AccessDenied": "AccessDeniedException",
    "UnauthorizedTaggingOperation": "AccessDeniedException",
    "InvalidCredentials": "InvalidCredentialsException",
    "AlreadyExists": "AlreadyExistsException",
    "NotFound": "ResourceNotFoundException",
    "ResourceConflict": "ResourceConflictException",
    "Throttling": "ThrottlingException",
    "ServiceLimitExceeded": "ServiceLimitExceededException",
    "NotStabilized": "NotStabilizedException",
    "GeneralServiceException": "GeneralServiceException",
    "ServiceInternalError": "ServiceInternalErrorException",
    "ServiceTimeout": "HandlerFailureException",
    "NetworkFailure": "NetworkFailureException",
    "InternalFailure": "HandlerInternalFailureException",
}
"""What a handler's code becomes where the handler runs inside the call.

AccessDenied has no exception in the service model; people report AccessDeniedException.
"""


def at_once(broken: Broken) -> Failure:
    """The exception of a handler that ran inside the call."""
    return Failure(EXCEPTIONS.get(broken.code, broken.code), broken.message)


def invalid(message: str) -> Failure:
    """A ValidationException: the service model does not list it, AWS sends it."""
    return Failure("ValidationException", message)


def not_found(type_: str, identifier: str) -> Broken:
    """The handler finds nothing of that name."""
    text = f"Resource of type '{type_}' with identifier '{identifier}' was not found."
    return Broken("NotFound", text)
