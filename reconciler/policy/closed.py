"""What needs a service that AWS closed to new accounts, or a version that ended.

The table is data, `facts.availability`; a platform adds to it with specs of kind Availability.
Whether an account is let in, no call says: the environment states it, or something of the
service is live. It is never chosen by itself, so the same specs compile alike in every account.
"""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from reconciler.facts.availability import Table, table
from reconciler.model.availability import Row, Standing, Status
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic, Severity, in_words
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Path
from reconciler.policy.api import Grounds, Ruled, register

CLOSED = Code(
    "CLOSED001",
    "service closed to new accounts",
    "A resource needs a service, a part of one or a version that AWS gives to nobody new, or that"
    " it will end. An account that uses it already goes on; AWS says of no account whether it"
    " does. It is an error until the environment states `services: {NAME: existing}`, and a"
    " warning where something of the service is live in the account or was used within 90 days.",
    "Use what the finding names instead. If this account uses the service, state it in the"
    " environment.",
)
ENDED = Code(
    "CLOSED002",
    "service or version that ended",
    "A resource needs a service or a version that AWS has shut down: nobody can make or change it.",
    "Use what the finding names instead.",
)
UNKNOWN = Code(
    "CLOSED003",
    "unknown service",
    "`services` of the environment names what is neither in the table of closed services nor in a"
    " spec of kind Availability, so it changes nothing.",
    "Correct the name; `docs/reference/availability.md` lists them.",
)


def closed(graph: Graph, grounds: Grounds) -> Iterator[Diagnostic]:
    """What needs a service that is closed, or will be closed or end."""
    for node, row, path in grounds.once(needed, graph):
        if row.standing(grounds.policy.today) is Standing.UPCOMING:
            yield _upcoming(node, row, path)
        elif row.standing(grounds.policy.today) is Standing.CLOSED:
            yield from _closed(node, row, path, table(grounds.policy.services), grounds)


def ended(graph: Graph, grounds: Grounds) -> Iterator[Diagnostic]:
    """What needs a service that is gone."""
    for node, row, path in grounds.once(needed, graph):
        if row.standing(grounds.policy.today) is Standing.ENDED:
            last = row.until or row.since
            text = f"{_what(node, path)} needs {row.title}, which ended on {last}"
            yield _finding(ENDED, node, path, text, f"use {row.replacement}", Severity.ERROR)


def unknown(_graph: Graph, grounds: Grounds) -> Iterator[Diagnostic]:
    """Names of services that no row has."""
    rows = table(grounds.policy.services).rows
    for name, at in grounds.policy.existing.items():
        if name not in rows:
            close = get_close_matches(name, rows, 1)
            meant = f"; did you mean {close[0]!r}?" if close else ""
            text = f"no closed service is called {name!r}{meant}"
            yield Diagnostic(UNKNOWN.code, text, at, UNKNOWN.fix)


register(Ruled(CLOSED, closed))
register(Ruled(ENDED, ended))
register(Ruled(UNKNOWN, unknown))


def needed(graph: Graph, grounds: Grounds) -> Iterator[tuple[Node, Row, Path]]:
    """Every need, once for each line: a member may stand in every step of a pipeline."""
    known = table(grounds.policy.services)
    for node in graph:
        seen = set()
        for row, path in known.needed(node.address.type, node.props):
            at = node.origin.line_of(path) if node.origin else path
            if (row.name, at) not in seen:
                seen.add((row.name, at))
                yield node, row, path


def _closed(
    node: Node, row: Row, path: Path, known: Table, grounds: Grounds
) -> Iterator[Diagnostic]:
    what = f"{_what(node, path)} needs {row.title}"
    ends = f", and ends after {row.until}" if row.until else ""
    if row.name in grounds.policy.existing:
        if row.status is Status.SUNSET:
            days = (row.until - grounds.policy.today).days if row.until else 0
            text = f"{what}, which ends after {row.until}, in {days} days"
            help_ = f"use {row.replacement} by then"
            yield _finding(CLOSED, node, path, text, help_, Severity.WARNING)
        return
    since = f"{what}, which takes nobody new since {row.since}{ends}"
    state = f"state `services: {{{row.name}: existing}}` in the environment"
    if row.name in grounds.used:
        text = f"{since}; this account uses it or did, so AWS may let it go on"
        help_ = f"{state} if it does, or use {row.replacement}"
        yield _finding(CLOSED, node, path, text, help_, Severity.WARNING)
        return
    asked = ", and nothing of it was found in this account" if grounds.asked else ""
    text = f"{since}{asked} (table of {known.as_of})"
    help_ = f"use {row.replacement}; if this account uses it already, {state}"
    yield _finding(CLOSED, node, path, text, help_, Severity.ERROR)


def _upcoming(node: Node, row: Row, path: Path) -> Diagnostic:
    how = "ends" if row.status is Status.SHUTDOWN else "will take nobody new"
    last = f", and ends after {row.until}" if row.until else ""
    text = f"{_what(node, path)} needs {row.title}, which {how} on {row.since}{last}"
    return _finding(CLOSED, node, path, text, f"use {row.replacement} by then", Severity.WARNING)


def _what(node: Node, path: Path) -> str:
    """The resource, and the member of it that needs the service."""
    at = node.origin.line_of(path) if node.origin else None
    said = in_words(".".join(path), at)
    return f"{said} of {str(node.address)!r}" if path else repr(str(node.address))


def _finding(  # noqa: PLR0913 - the pieces of a finding
    code: Code, node: Node, path: Path, text: str, help_: str, severity: Severity
) -> Diagnostic:
    at = node.origin.line_of(path) if node.origin else None
    return Diagnostic(code.code, text, at, help_, severity, node.address)
