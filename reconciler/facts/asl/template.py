"""Payload templates: Parameters, ResultSelector, ItemSelector, Assign.

Source: Amazon States Language, "Payload Template": a member ``name.$`` is a path or an intrinsic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.facts.asl import QueryError, intrinsics, path


def value(
    text: str, data: Any, context: Any = None, variables: Mapping[str, Any] | None = None
) -> Any:  # noqa: ANN401
    """What the text of a ``name.$`` member gives.

    Raises:
        QueryError: a path or intrinsic that gives nothing.
    """
    if intrinsics.is_call(text):
        return intrinsics.evaluate(text, data, context, variables)
    return path.find(text, data, context, variables)


def filled(
    template: Any,
    data: Any,
    context: Any = None,
    variables: Mapping[str, Any] | None = None,
) -> Any:  # noqa: ANN401
    """A template with what its paths and intrinsics give.

    Raises:
        QueryError: one of them gives nothing.
    """
    if isinstance(template, Mapping):
        found = {}
        for key, each in template.items():
            if key.endswith(".$"):
                if not isinstance(each, str):
                    raise QueryError("States.Runtime", f"the value of {key!r} is no path")
                found[key[:-2]] = value(each, data, context, variables)
            else:
                found[key] = filled(each, data, context, variables)
        return found
    if isinstance(template, list):
        return [filled(each, data, context, variables) for each in template]
    return template


def queries(template: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:  # noqa: ANN401
    """Each ``name.$`` member of a template: where it is, and its value."""
    if isinstance(template, Mapping):
        for key, each in template.items():
            if key.endswith(".$"):
                yield (*at, key), each
            else:
                yield from queries(each, (*at, key))
    elif isinstance(template, list):
        for number, each in enumerate(template):
            yield from queries(each, (*at, str(number)))
