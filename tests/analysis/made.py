"""Tables, and commands that are run on them."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np

from reconciler.analysis.command import main
from reconciler.analysis.reference import Method, profile
from reconciler.analysis.table import Table

METHOD = Method(10, 1e-4, {"psi": "e", "js": 2}, 1000)
NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def table(**columns: Sequence[Any]) -> Table:
    return Table({name: list(values) for name, values in columns.items()})


def reference(method: Method = METHOD, **columns: Sequence[Any]) -> dict[str, Any]:
    return profile(table(**columns), method, {})


def known(values: Any, method: Method = METHOD) -> dict[str, Any]:
    """What a reference keeps of numbers."""
    column: dict[str, Any] = reference(method, x=list(values))["columns"]["x"]
    return column


def write(path: Path, columns: Mapping[str, Sequence[Any]]) -> str:
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        writer.writerows(zip(*columns.values(), strict=True))
    return str(path)


def run(folder: Path, verb: str, *options: str, client: Any = None, **config: Any) -> Any:
    """The exit code of a command, and what it wrote of a report."""
    output = folder / verb
    said = json.dumps({"output": str(output), **config})
    code = main([verb, "--json", said, *options], client=lambda: client, now=lambda: NOW)
    report = output / "report.json"
    return code, json.loads(report.read_text()) if report.exists() else None


def random(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)
