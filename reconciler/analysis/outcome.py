"""The words for what came of an analysis, and what many of them say as one."""

from __future__ import annotations

from collections.abc import Iterable

OK = "OK"
VIOLATED = "VIOLATED"
NO_DATA = "NO_DATA"
"""There is nothing in the window; that is no drift, and nothing is known to be well."""
INSUFFICIENT = "INSUFFICIENT"
"""There is something, and too little to say whether it has changed."""
FAILED = "FAILED"
"""Nothing is known: the data or the configuration cannot be used."""


def together(found: Iterable[str]) -> str:
    """What many judgements say as one.

    A broken rule counts, and what could not be judged takes nothing away from what could.
    """
    kept = {*found}
    return next((each for each in (FAILED, VIOLATED, OK, INSUFFICIENT) if each in kept), NO_DATA)
