"""What is documented of SageMaker's built-in algorithms: instances, metrics, hyperparameters.

Source: `schemas/algorithms.json`, which names AWS's pages and their days. An algorithm that is not
in it has no answer.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from reconciler.facts.files import read

_INTERVAL = re.compile(r"([\[(])([^,]*),([^\])]*)([\])]?)")


@dataclass(frozen=True, slots=True)
class Tunable:
    """A hyperparameter that AWS says can be tuned."""

    type: str
    """``integer``, ``continuous`` or ``categorical``."""
    suggested: str
    """The range that AWS suggests, in words; nothing for a categorical one."""
    valid: str
    """What the algorithm takes, as an interval: ``[0,1]``, ``(0,``; nothing when unknown."""

    def takes(self, value: float) -> bool:
        """Whether the algorithm takes a value, as far as known."""
        form = _INTERVAL.fullmatch(self.valid)
        if form is None:
            return True
        opens, least, most, closes = form.groups()
        above = not least or value > float(least) or (opens == "[" and value == float(least))
        below = not most or value < float(most) or (closes == "]" and value == float(most))
        return above and below


@dataclass(frozen=True, slots=True)
class Algorithm:
    """A built-in algorithm."""

    name: str
    as_of: str
    """The day of what is said here."""
    processors: frozenset[str]
    """``cpu`` and ``gpu``, or one of them."""
    several: bool
    """Whether it shares its work among instances by itself."""
    checkpoints: bool
    """Whether it keeps checkpoints."""
    epochs: bool
    """Whether AWS lists it among those that report their metric after each epoch."""
    metrics: Mapping[str, str]
    """The metrics that it reports, and whether to ``maximize`` or ``minimize`` each."""
    tunable: Mapping[str, Tunable]
    aliases: Mapping[str, str]
    """Other names of hyperparameters."""

    def called(self, hyperparameter: str) -> str:
        """The name that a hyperparameter has here, whichever of its names is given."""
        return self.aliases.get(hyperparameter, hyperparameter)


def algorithm(name: str) -> Algorithm | None:
    """What is known of an algorithm; nothing when unknown."""
    return _algorithms().get(name)


def gpus() -> frozenset[str]:
    """The families of GPU instances that AWS says built-in algorithms train on."""
    return frozenset(_table()["gpu"].split())


@cache
def _algorithms() -> dict[str, Algorithm]:
    return {name: _read(name, row) for name, row in _table()["algorithms"].items()}


def _read(name: str, row: Mapping[str, Any]) -> Algorithm:
    ways = ("maximize", "minimize")
    valid = row.get("valid", {})
    return Algorithm(
        name=name,
        as_of=row.get("asOf", _table()["asOf"]),
        processors=frozenset(row["processors"].split()),
        several=row["several"],
        checkpoints=row["checkpoints"],
        epochs=row["epochs"],
        metrics={metric: way for way in ways for metric in row.get(way, "").split()},
        tunable={key: _tunable(it, valid.get(key, "")) for key, it in row["tunable"].items()}
        if "tunable" in row
        else {},
        aliases=row.get("aliases", {}),
    )


def _tunable(said: str, valid: str) -> Tunable:
    type_, *ends = said.split()
    return Tunable(type_, " to ".join(ends), valid)


@cache
def _table() -> dict[str, Any]:
    found: dict[str, Any] = read("algorithms.json")
    return found
