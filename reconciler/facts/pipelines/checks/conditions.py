"""Conditions: what types there are, and what each of them takes.

Source: the SageMaker Python SDK, `workflow.conditions`, which writes what the service takes:
``Not`` has a ``Condition``, ``In`` has ``QueryValue`` and ``Values``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from reconciler.facts.asl.checks import Fault
from reconciler.facts.pipelines import CONDITION, is_reference, steps
from reconciler.model.value import Json

ORDER = 1
COMPARED = frozenset({"Type", "LeftValue", "RightValue"})
TYPES: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(
        (
            "Equals",
            "GreaterThan",
            "GreaterThanOrEqualTo",
            "LessThan",
            "LessThanOrEqualTo",
        ),
        COMPARED,
    ),
    "In": frozenset({"Type", "QueryValue", "Values"}),
    "Not": frozenset({"Type", "Condition"}),
    "Or": frozenset({"Type", "Conditions"}),
}


def find(definition: Mapping[str, Json]) -> Iterator[Fault]:
    """Faults of conditions."""
    for step in steps(definition):
        if step.type == CONDITION:
            found, at = step.arguments.get("Conditions"), (*step.at, "Arguments", "Conditions")
            yield from _all(found, at)


def _all(found: Json, at: tuple[str, ...]) -> Iterator[Fault]:
    if not isinstance(found, list | tuple) or not found:
        yield Fault(at, "there is a list of conditions, one at least")
        return
    for index, each in enumerate(found):
        yield from _one(each, (*at, str(index)))


def _one(found: Json, at: tuple[str, ...]) -> Iterator[Fault]:
    kind = str(found.get("Type")) if isinstance(found, Mapping) else ""
    if kind not in TYPES:
        close = get_close_matches(kind, TYPES, 1)
        meant = f"; did you mean {close[0]!r}?" if close else f": {', '.join(TYPES)}"
        yield Fault((*at, "Type"), f"there is no condition {kind!r}{meant}")
        return
    for key in sorted(found.keys() ^ TYPES[kind]):
        text = f"{kind} has no {key!r}" if key in found else f"{kind} lacks {key!r}"
        yield Fault((*at, key), f"{text}: it has {', '.join(sorted(TYPES[kind]))}")
        return
    for key in ("LeftValue", "RightValue", "QueryValue"):
        if key in found and not _compared(found[key]):
            yield Fault((*at, key), "it is a text, a number, true, false or a reference")
    if kind == "Not":
        yield from _one(found["Condition"], (*at, "Condition"))
    elif kind == "Or":
        yield from _all(found["Conditions"], (*at, "Conditions"))
    elif kind == "In":
        values = found["Values"]
        if not isinstance(values, list | tuple) or not values or not all(map(_compared, values)):
            yield Fault((*at, "Values"), "it is a list of values, one at least")


def _compared(value: Json) -> bool:
    return isinstance(value, str | int | float) or is_reference(value)
