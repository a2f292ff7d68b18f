"""What the expressions of a definition are: parameters, variables, results of steps, functions.

Sources: SageMaker developer guide, "Pipelines: step properties", "Pipeline parameters"; SageMaker
Pipelines definition schema (`Get`, `Std:Join`, `Std:JsonGet`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

GET, JOIN, JSON_GET = "Get", "Std:Join", "Std:JsonGet"
_PART = re.compile(r"\.?([A-Za-z0-9_\-: ]+)|\[(\d+)\]|\[(['\"])(.*?)\3\]")
TYPES = ("String", "Integer", "Float", "Boolean")


class UnresolvedError(Exception):
    """An expression that has no value, and why."""


class Scope:
    """What expressions of one execution are looked up in."""

    def __init__(
        self,
        parameters: Mapping[str, Any],
        execution: Mapping[str, Any],
        steps: Mapping[str, Any],
        file: Callable[[Mapping[str, Any]], Any],
    ) -> None:
        """`steps` has the properties of each that has ended; `file` reads what JsonGet names."""
        self._roots = {"Parameters": parameters, "Execution": execution, "Steps": steps}
        self._file = file

    def value(self, given: Any) -> Any:  # noqa: ANN401  (any JSON value)
        """A value with all its expressions replaced.

        Raises:
            UnresolvedError: one of them has no value.
        """
        if isinstance(given, list):
            return [self.value(each) for each in given]
        if not isinstance(given, dict):
            return given
        if [*given] == [GET]:
            return self._get(str(given[GET]))
        if [*given] == [JOIN]:
            on, values = given[JOIN].get("On", ""), given[JOIN].get("Values") or ()
            return str(self.value(on)).join(text(self.value(each)) for each in values)
        if [*given] == [JSON_GET]:
            return self._json(given[JSON_GET])
        return {key: self.value(each) for key, each in given.items()}

    def _get(self, path: str) -> Any:  # noqa: ANN401  (any JSON value)
        root, _, rest = path.partition(".")
        if root not in self._roots:
            raise UnresolvedError(f"Unable to resolve {path}")
        try:
            return find(self._roots[root], rest)
        except LookupError:
            raise UnresolvedError(f"Unable to resolve {path}: it has no value") from None

    def _json(self, given: Mapping[str, Any]) -> Any:  # noqa: ANN401  (any JSON value)
        path = str(given.get("Path", ""))
        document = self._file(given)
        try:
            return find(document, path.removeprefix("$").removeprefix("."))
        except LookupError:
            raise UnresolvedError(f"Unable to resolve JsonGet: the file has no {path}") from None


def find(root: Any, path: str) -> Any:  # noqa: ANN401  (any JSON value)
    """What is at a path: members, numbers, and names of items in brackets.

    Raises:
        LookupError: there is nothing.
    """
    found, at = root, 0
    while at < len(path):
        part = _PART.match(path, at)
        if part is None:
            raise LookupError(path)
        at = part.end()
        if part[1] is not None:
            found = _member(found, part[1])
        elif part[2] is not None:
            found = found[int(part[2])] if isinstance(found, list) else _member(found, part[2])
        else:
            found = _named(found, part[4])
    return found


def _member(found: Any, name: str) -> Any:  # noqa: ANN401  (any JSON value)
    if isinstance(found, dict) and name in found:
        return found[name]
    if isinstance(found, list) and name.isdigit() and int(name) < len(found):
        return found[int(name)]
    raise LookupError(name)


def _named(found: Any, name: str) -> Any:  # noqa: ANN401  (any JSON value)
    """A member, or the item of a list that is called so: an output, a metric, a channel."""
    if isinstance(found, dict):
        return _member(found, name)
    for each in found if isinstance(found, list) else ():
        called = each if isinstance(each, dict) else {}
        if any(key.endswith("Name") and value == name for key, value in called.items()):
            return each
    raise LookupError(name)


def text(value: Any) -> str:  # noqa: ANN401  (any JSON value)
    """A value within a text."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def typed(kind: str, value: Any) -> Any:  # noqa: ANN401  (any JSON value)
    """The value of a parameter by its type; executions get texts.

    Raises:
        ValueError: it is no value of the type.
    """
    if kind == "Integer":
        if isinstance(value, bool) or (isinstance(value, float) and value != int(value)):
            raise ValueError(value)
        return int(value)
    if kind == "Float":
        return float(value)
    if kind == "Boolean":
        known = {"true": True, "false": False}
        found = value if isinstance(value, bool) else known.get(str(value).lower())
        if found is None:
            raise ValueError(value)
        return found
    return value if isinstance(value, str) else text(value)


def needs(given: Any) -> Iterator[str]:  # noqa: ANN401  (any JSON value)
    """The steps whose results a value uses."""
    if isinstance(given, list):
        for each in given:
            yield from needs(each)
    elif isinstance(given, dict):
        if isinstance(given.get(GET), str) and given[GET].startswith("Steps."):
            part = _PART.match(given[GET], len("Steps"))
            if part is not None:
                yield str(part[1] or part[4])
        for each in given.values():
            yield from needs(each)
