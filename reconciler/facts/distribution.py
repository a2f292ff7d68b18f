"""Which way of sharing a training among instances works with a framework, a version and a type.

Source: `schemas/distribution.json`, which names the SDK's lists and AWS's pages.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from reconciler.facts.files import read
from reconciler.facts.instances import family, has_gpu
from reconciler.facts.offers import takes


@dataclass(frozen=True, slots=True)
class Row:
    """One row of the table."""

    way: str
    framework: str
    processors: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    versions: tuple[str, ...] = ()
    since: str = ""
    launcher: str = ""
    open: bool = False

    def __str__(self) -> str:
        """The row as people read it."""
        where = ", ".join(sorted(self.types)) or " or ".join(sorted(self.processors))
        versions = self.versions
        which = f" {versions[0]} to {versions[-1]}" if versions else ""
        which = f" from {self.since} on" if self.since > "0" else which
        return f"{self.way}, {self.framework}{which}, on {where}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it works: ``why`` is empty, or says that it does not, or that nobody knows."""

    why: str = ""
    known: bool = True
    """Whether AWS says so; else it may work, and nobody knows."""
    rows: tuple[Row, ...] = ()
    """The rows that it is judged by."""

    @property
    def table(self) -> str:
        """What the table says instead, and as of when; nothing where it has no row."""
        said = "; ".join(str(row) for row in self.rows)
        return f"the table of {as_of()} has: {said}" if said else ""


def judge(way: str, framework: str, version: str, instance_type: str) -> Verdict:
    """Whether a `way` works.

    Args:
        way: ``torchrun``, ``dataParallel``, ``mpi``, … as in the table.
        framework: of the container: ``pytorch`` for Hugging Face above it.
        version: the whole version, no alias.
        instance_type: as ``ml.g5.xlarge``.
    """
    rows = [row for row in _rows() if (row.way, row.framework) == (way, framework)]
    if not rows:
        return Verdict(f"{framework} has no {way}")
    there = [(row, _runs_on(row, instance_type)) for row in rows]
    fitting = [row for row, runs in there if runs]
    if not fitting:
        unknown = any(runs is None for _, runs in there)
        text = "is not known to work" if unknown else "does not work"
        text = f"{way} {text} with {framework} on {instance_type}"
        return Verdict(text, known=not unknown, rows=tuple(rows))
    found = [row for row in fitting if _has(row, version)]
    if found:
        return Verdict(rows=tuple(found))
    newer = any(row.open and _numbers(version) > _numbers(row.versions[0]) for row in fitting)
    text = "is not known to work" if newer else "does not work"
    text = f"{way} {text} with {framework} {version} on {instance_type}"
    return Verdict(text, known=not newer, rows=tuple(fitting))


def ways(framework: str) -> list[str]:
    """The ways that a framework has."""
    return list(dict.fromkeys(row.way for row in _rows() if row.framework == framework))


def launcher(framework: str) -> str:
    """What starts AWS's model parallel library there: ``mpi`` or ``torchrun``."""
    rows = (row.launcher for row in _rows() if row.framework == framework and row.launcher)
    return next(rows, "torchrun")


def as_of() -> str:
    """The day of the table, as 2026-10-21."""
    found: str = _table()["asOf"]
    return found


def processor(instance_type: str) -> str:
    """``cpu``, ``gpu`` or ``trn`` (AWS's own chip); empty when unknown."""
    if family(instance_type).startswith("trn"):
        return "trn"
    return {True: "gpu", False: "cpu", None: ""}[has_gpu(instance_type)]


def _runs_on(row: Row, instance_type: str) -> bool | None:
    kind = processor(instance_type)
    if row.types:
        if instance_type.removeprefix("ml.") in row.types:
            return True
        strange = takes(instance_type, "training") is None and kind in {"", "gpu"}
        return None if strange or (row.open and kind == "gpu") else False
    return None if not kind else kind in row.processors


def _has(row: Row, version: str) -> bool:
    return version in row.versions or (bool(row.since) and _numbers(version) >= _numbers(row.since))


def _numbers(version: str) -> list[int]:
    return [int(it) for it in re.findall(r"\d+", version)]


@cache
def _rows() -> tuple[Row, ...]:
    return tuple(_row(each) for each in _table()["rows"])


def _row(found: Mapping[str, Any]) -> Row:
    return Row(
        found["way"],
        found["framework"],
        frozenset(found.get("processors", "").split()),
        frozenset(found.get("types", "").split()),
        tuple(found.get("versions", "").split()),
        found.get("since", ""),
        found.get("launcher", ""),
        found.get("open", False),
    )


@cache
def _table() -> dict[str, Any]:
    found: dict[str, Any] = read("distribution.json")
    return found
