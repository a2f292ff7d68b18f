"""References to specs that no document declares. Pure."""

from __future__ import annotations

from collections.abc import Collection
from difflib import get_close_matches

from reconciler.kinds.api import load
from reconciler.model.diagnostic import Diagnostic, Span


def unresolved(kind: str, name: str, at: Span, declared: Collection[str]) -> Diagnostic:
    """What is wrong with the name of a spec that is not among the `declared` (``Kind/name``)."""
    every = load()
    if kind not in every:
        close = get_close_matches(kind, every, 1)
        meant = f"; did you mean {close[0]!r}?" if close else ""
        help_ = f"kinds are {', '.join(sorted(every))}"
        return Diagnostic("SPEC021", f"unknown kind {kind!r}{meant}", at, help_)
    known = sorted(id_.partition("/")[2] for id_ in declared if id_.startswith(f"{kind}/"))
    close = get_close_matches(name, known, 1)
    meant = f"; did you mean {close[0]!r}?" if close else ""
    text = f"no {kind} is called {name!r}{meant}"
    names = ", ".join(known)
    help_ = f"{kind} specs are {names}" if known else f"add a {kind} spec called {name!r}"
    return Diagnostic("SPEC021", text, at, help_)
