"""What a kind says of a spec: faults between its fields, and what it reads and writes."""

from __future__ import annotations

from typing import NamedTuple

from reconciler.model.diagnostic import Severity
from reconciler.model.value import Path


class Problem(NamedTuple):
    """A fault between fields: the path inside `spec`, what is wrong, and what to do.

    `on_key` says that the fault is in the key at the path, not in its value.
    """

    path: Path
    message: str
    help: str = ""
    code: str = "SPEC020"
    severity: Severity = Severity.ERROR
    on_key: bool = False


class Flow(NamedTuple):
    """Data or a model that goes from another spec to this one, or with `writes` the other way."""

    path: Path
    """Inside `spec`: where it says so."""
    kind: str
    name: str
    where: str = ""
    """The path in the other one, where that is a place that holds many things; "" for all of it."""
    writes: bool = False
