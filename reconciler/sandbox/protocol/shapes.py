"""What botocore's service models say about a request, checked as AWS checks it on the server.

Client-side validation covers required members and types only; patterns, enums and lengths are
the server's. Patterns that Python's `re` cannot compile (Unicode classes) are not checked.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.errors import invalid
from reconciler.sandbox.protocol.sessions import core

if TYPE_CHECKING:
    from collections.abc import Iterator

    from botocore.model import ServiceModel, Shape


@cache
def model(service: str) -> ServiceModel:
    """The model that botocore has of a service."""
    return core().get_service_model(service)


def check(service: str, operation: str, params: dict[str, Any]) -> None:
    """Raise ValidationException when a value breaks its shape's pattern, enum or limits."""
    shape = model(service).operation_model(operation).input_shape
    problems = list(_problems(shape, params, "")) if shape is not None else []
    if problems:
        plural = "s" if len(problems) > 1 else ""
        count = f"{len(problems)} validation error{plural} detected: "
        raise invalid(count + "; ".join(problems))


def members(service: str, shape: str) -> frozenset[str]:
    """The member names of a structure."""
    found: Any = model(service).shape_for(shape)
    return frozenset(found.members)


def errors(service: str, operation: str) -> frozenset[str]:
    """The codes of the errors that an operation declares."""
    found: Any = model(service).operation_model(operation).error_shapes
    return frozenset(shape.error_code or shape.name for shape in found)


def _problems(shape: Any, value: Any, path: str) -> Iterator[str]:  # noqa: ANN401  (any JSON value)
    kind = shape.type_name
    if kind == "structure":
        for name, member in shape.members.items():
            if value.get(name) is not None:
                yield from _problems(member, value[name], f"{path}.{name[:1].lower()}{name[1:]}")
    elif kind == "list":
        yield from _limits(shape, len(value), value, path, "length")
        for number, item in enumerate(value, 1):
            yield from _problems(shape.member, item, f"{path}.{number}.member")
    elif kind == "map":
        yield from _limits(shape, len(value), value, path, "length")
        for key, item in value.items():
            yield from _problems(shape.key, key, f"{path}.{key}.key")
            yield from _problems(shape.value, item, f"{path}.{key}.value")
    elif kind == "string":
        yield from _string_problems(shape, value, path)
    elif kind in {"integer", "long", "float", "double"}:
        yield from _limits(shape, value, value, path, "value")


def _string_problems(shape: Shape, value: str, path: str) -> Iterator[str]:
    enum = getattr(shape, "enum", ())
    if enum and value not in enum:
        yield _problem(value, path, f"satisfy enum value set: [{', '.join(enum)}]")
    yield from _limits(shape, len(value), value, path, "length")
    pattern = shape.metadata.get("pattern")
    compiled = _compiled(pattern) if pattern else None
    if compiled is not None and not compiled.fullmatch(value):
        yield _problem(value, path, f"satisfy regular expression pattern: {pattern}")


def _limits(
    shape: Shape,
    size: float,
    value: Any,  # noqa: ANN401
    path: str,
    what: str,
) -> Iterator[str]:
    low, high = shape.metadata.get("min"), shape.metadata.get("max")
    if low is not None and size < low:
        yield _problem(value, path, f"have {what} greater than or equal to {low}")
    if high is not None and size > high:
        yield _problem(value, path, f"have {what} less than or equal to {high}")


def _problem(value: object, path: str, rule: str) -> str:
    shown = str(value)[:200]
    where = path.lstrip(".")
    return f"Value '{shown}' at '{where}' failed to satisfy constraint: Member must {rule}"


@cache
def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern)
    except re.error:
        return None
