"""The sets, found by module name: `oracle.py` and `yaml_.py` are the sets `oracle` and `yaml`.

A set is a module with `run(folder: Path) -> Iterator[Result]`; its cases are in
the folder of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import TypeAlias

from tests.conformance.result import Result

Run: TypeAlias = Callable[..., Iterator[Result]]


def names() -> list[str]:
    """The sets there are, sorted."""
    return sorted(it.name.rstrip("_") for it in iter_modules(__path__) if it.name[0] != "_")


def load(name: str) -> Run:
    """The `run` of a set.

    Raises:
        KeyError: there is no set of this name.
    """
    modules = {it.name.rstrip("_"): it.name for it in iter_modules(__path__)}
    run: Run = import_module(f"{__name__}.{modules[name]}").run
    return run
