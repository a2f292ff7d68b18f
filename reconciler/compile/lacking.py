"""A spec that asks another one for what that cannot give. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from reconciler.kinds.api import Lacking, LackingError, Lookup
from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.model.value import Path

CIRCLE = Lacking("takes it from where this looks for it", "say it in one of them")


def finding(
    error: LackingError, uses: Iterable[tuple[Path, str, str]], at: Callable[[Path], Span]
) -> Diagnostic:
    """The fault, where the spec names the other one; where it does so first if it does often."""
    named = (path for path, kind, name in uses if (kind, name) == error.target)
    return Diagnostic("SPEC030", str(error), at(next(named, ())), error.help)


def none(lookups: Iterable[Lookup]) -> Iterator[Lookup]:
    """Questions to AWS, none more where that shows: building the spec will say so."""
    try:
        yield from lookups
    except LackingError:
        return


def broken(kind: str, error: Exception, at: Callable[[Path], Span]) -> Diagnostic:
    """A kind that fails where it should have said what is wrong."""
    text = f"{kind} could not be compiled: {type(error).__name__}: {error}"
    help_ = "this is a fault of Moorline; please report it with this spec"
    return Diagnostic("GRAPH006", text, at(()), help_)
