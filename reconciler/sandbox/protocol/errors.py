"""The errors our services raise, in a form that moto serialises in each service's protocol."""

from __future__ import annotations

from moto.core.exceptions import ServiceException


class Refused(ServiceException):
    """An AWS error with a code and a message; SageMaker's and the tagging API's alike."""

    def __init__(self, code: str, message: str) -> None:
        """`code` is the wire code, for instance ValidationException."""
        super().__init__(code, message)


# moto looks the error shapes up by the module that defines the exception class
Refused.__module__ = "moto.sagemaker.exceptions"


def invalid(message: str) -> Refused:
    """A ValidationException, SageMaker's answer to most refusals."""
    return Refused("ValidationException", message)
