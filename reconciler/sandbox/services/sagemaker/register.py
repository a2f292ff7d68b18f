"""Puts our operations in the place of moto's on its SageMaker response class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import camelcase_to_underscores
from moto.sagemaker.models import SageMakerModelBackend
from moto.sagemaker.responses import SageMakerResponse

from reconciler.sandbox.found import declared
from reconciler.sandbox.protocol import shapes
from reconciler.sandbox.services.sagemaker import endpoint, tags, tokens
from reconciler.sandbox.services.sagemaker.jobs import life
from reconciler.sandbox.services.sagemaker.store import Call
from reconciler.sandbox.state import agenda

if TYPE_CHECKING:
    from collections.abc import Callable

PACKAGE = "reconciler.sandbox.services.sagemaker"


def install() -> None:
    """Replace moto's methods; moto looks them up on the class at every call."""
    for name, operation in operations().items():
        setattr(SageMakerResponse, camelcase_to_underscores(name), _method(name, operation))
    for name, (ours, operation) in instead().items():
        theirs = getattr(SageMakerResponse, camelcase_to_underscores(name))
        method = _either(ours, _method(name, operation), theirs)
        setattr(SageMakerResponse, camelcase_to_underscores(name), method)
    agenda.SOURCES += [life.upcoming, endpoint.upcoming]
    backend: Any = SageMakerModelBackend
    backend.iter_tagged_resources = tags.tagged
    backend.tag_resource = _tag
    backend.untag_resource = _untag


def operations() -> dict[str, Any]:
    """Every operation that a file here has, by name."""
    return {name: each for found in declared("OPERATIONS", PACKAGE) for name, each in found.items()}


def instead() -> dict[str, Any]:
    """The operations of moto that a file here takes some requests of, by name."""
    return {name: each for found in declared("INSTEAD", PACKAGE) for name, each in found.items()}


def _either(
    ours: Callable[[dict[str, Any]], bool],
    method: Callable[[SageMakerResponse], ActionResult],
    theirs: Callable[[SageMakerResponse], Any],
) -> Callable[[SageMakerResponse], Any]:
    return lambda self: method(self) if ours(_plain(self.params)) else theirs(self)


def _method(
    name: str, operation: Callable[[Call], dict[str, Any] | None]
) -> Callable[[SageMakerResponse], ActionResult]:
    def method(self: SageMakerResponse) -> ActionResult:
        params = _plain(self.params)
        shapes.check("sagemaker", name, params)
        answer = tokens.once(name, Call(self.sagemaker_backend, params), operation)
        return EmptyResult() if answer is None else ActionResult(answer)

    return method


def _plain(value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    """The parsed parameters as plain dicts and lists, without members that are null."""
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items() if item is not None}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def _tag(self: SageMakerModelBackend, arn: str, new: dict[str, str]) -> None:
    tags.put(self, arn, tags.of(self, arn) | new)


def _untag(self: SageMakerModelBackend, arn: str, keys: list[str]) -> None:
    tags.put(self, arn, {k: v for k, v in tags.of(self, arn).items() if k not in keys})
