"""Paths, intrinsics and templates: each can be read, and those that say where to write are plain."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.facts.asl import intrinsics, path
from reconciler.facts.asl.checks import Fault
from reconciler.facts.asl.template import queries
from reconciler.facts.asl.tree import language, states

ORDER = 30
READING = ("InputPath", "OutputPath", "SecondsPath", "TimestampPath", "ItemsPath",
           "TimeoutSecondsPath", "HeartbeatSecondsPath", "MaxConcurrencyPath",
           "ToleratedFailureCountPath", "ToleratedFailurePercentagePath")  # fmt: skip
EITHER = ("ErrorPath", "CausePath")
TEMPLATES = ("Parameters", "ResultSelector", "ItemSelector", "Assign", "Credentials")
NULL = ("InputPath", "OutputPath", "ResultPath")


def find(definition: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults of JSONPath states; JSONata is AWS's to read."""
    for at, state in states(definition):
        if language(definition, at) == "JSONata":
            continue
        for name in READING:
            if name in state and not (name in NULL and state[name] is None):
                yield from _read((*at, name), state[name])
        for name in EITHER:
            if name in state:
                yield from _either((*at, name), state[name])
        yield from _written(at, state)
        for number, each in enumerate(state.get("Catch") or ()):
            if isinstance(each, Mapping):
                yield from _written((*at, "Catch", str(number)), each)
        for name in TEMPLATES:
            for where, value in queries(state.get(name), (*at, name)):
                yield from _either(where, value)
        yield from _rules((*at, "Choices"), state.get("Choices") or [])
        for name in ("ItemReader", "ResultWriter", "ItemBatcher"):
            for where, value in queries(state.get(name), (*at, name)):
                yield from _either(where, value)


def _written(at: tuple[str, ...], state: Mapping[str, Any]) -> Iterator[Fault]:
    if state.get("ResultPath") is None:
        return
    value = state["ResultPath"]
    faults = [*_read((*at, "ResultPath"), value)]
    yield from faults
    if not faults and not path.parse(value).reference:
        yield Fault((*at, "ResultPath"), f"{value!r} does not say one place of the input")


def _rules(at: tuple[str, ...], rules: Any) -> Iterator[Fault]:  # noqa: ANN401
    for number, rule in enumerate(rules if isinstance(rules, list) else []):
        where = (*at, str(number))
        if not isinstance(rule, Mapping):
            continue
        for name, value in rule.items():
            if name == "Variable" or (name.endswith("Path") and name != "StringMatches"):
                yield from _read((*where, name), value)
        for name in ("And", "Or"):
            yield from _rules((*where, name), rule.get(name) or [])
        if isinstance(rule.get("Not"), Mapping):
            yield from _rules((*where, "Not"), [rule["Not"]])


def _read(at: tuple[str, ...], value: Any) -> Iterator[Fault]:  # noqa: ANN401
    if not isinstance(value, str):
        yield Fault(at, "it is a path, so a text")
        return
    try:
        path.parse(value)
    except (ValueError, IndexError) as mistake:
        yield Fault(at, str(mistake))


def _either(at: tuple[str, ...], value: Any) -> Iterator[Fault]:  # noqa: ANN401
    if not isinstance(value, str) or not intrinsics.is_call(value):
        yield from _read(at, value)
        return
    try:
        intrinsics.parse(value)
    except (ValueError, IndexError) as mistake:
        yield Fault(at, str(mistake))
