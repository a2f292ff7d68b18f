"""Receipts for people: a table of applies, and one apply in full. From receipts' JSON alone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.value import Json
from reconciler.render.vocabulary.ink import Ink, cells, harmless
from reconciler.render.vocabulary.words import SIGNS, count

__all__ = ["counts", "full", "row", "table"]

_HEAD = ("id", "when", "who", "commit", "result", "steps")
_STYLES = {"done": "green", "failed": "alarm", "skipped": "yellow"}
_SHORT = 7


def counts(receipt: Mapping[str, Json]) -> dict[str, int]:
    """Steps by how they ended."""
    return dict(sorted(Counter(step["result"] for step in receipt["steps"]).items()))


def row(receipt: Mapping[str, Json]) -> dict[str, Json]:
    """The line of an apply for machines."""
    plain = ("id", "started", "ended", "who", "commit", "changed", "result", "resumes", "reverts")
    return {**{key: receipt[key] for key in plain}, "steps": counts(receipt)}


def table(receipts: Sequence[Mapping[str, Json]], *, color: bool) -> str:
    """One line for each apply, newest first as given."""
    ink = Ink(color)
    rows = [_cells(each) for each in receipts]
    widths = [max(cells(line[at]) for line in [_HEAD, *rows]) for at in range(len(_HEAD))]
    lines = [ink(_line(_HEAD, widths), "bold"), *(_line(line, widths) for line in rows)]
    return "\n".join(lines)


def _line(texts: Sequence[str], widths: Sequence[int]) -> str:
    padded = (text + " " * (width - cells(text)) for text, width in zip(texts, widths, strict=True))
    return "  ".join(padded).rstrip()


def _cells(receipt: Mapping[str, Json]) -> tuple[str, ...]:
    said = ", ".join(f"{number} {how}" for how, number in counts(receipt).items())
    texts = (receipt["id"], receipt["started"], receipt["who"], _commit(receipt))
    return (*map(harmless, texts), harmless(receipt["result"]), said)


def _commit(receipt: Mapping[str, Json]) -> str:
    short = receipt["commit"][:_SHORT]
    return f"{short}+" if short and receipt["changed"] else short


def full(receipt: Mapping[str, Json], *, color: bool) -> str:
    """One apply: who, when and from what, its steps with their calls, and what it left."""
    ink = Ink(color)
    lines = [ink(harmless(receipt["id"]), "bold"), *_facts(receipt, ink), ""]
    calls: dict[str, list[Mapping[str, Json]]] = {}
    for call in receipt["calls"]:
        calls.setdefault(call["step"], []).append(call)
    for step in receipt["steps"]:
        lines += _step(step, calls.get(step["id"], []), ink)
    left = count(len(receipt["resources"]), "resource")
    return "\n".join([*lines, "", f"{count(len(receipt['calls']), 'call')}. It left {left}."])


def _facts(receipt: Mapping[str, Json], ink: Ink) -> Iterator[str]:
    commit = receipt["commit"]
    commit += " and changes that are in no commit" if commit and receipt["changed"] else ""
    place = " · ".join(receipt[key] for key in ("environment", "account", "region"))
    for name, text in (
        ("where", place),
        ("who", receipt["who"]),
        ("when", f"{receipt['started']} to {receipt['ended']}"),
        ("commit", commit),
        ("plan", receipt["plan"]),
        ("resumes", receipt["resumes"]),
        ("reverts to", receipt["reverts"]),
        ("result", receipt["result"]),
    ):
        if text:
            yield f"  {ink(f'{name:<10}', 'dim')} {harmless(text)}"


def _step(step: Mapping[str, Json], calls: Sequence[Mapping[str, Json]], ink: Ink) -> Iterator[str]:
    sign = next((sign for action, sign in SIGNS.items() if action == step["action"]), None)
    mark = ink(f"{sign.symbol if sign else ' '} {step['action']:<8}", sign.style if sign else "")
    how = ink(harmless(step["result"]), _STYLES.get(step["result"], ""))
    code = f" {harmless(step['code'])}" if step["code"] else ""
    cause = f": {harmless(step['cause'])}" if step["cause"] else ""
    where = f"{harmless(step['type'])} {ink(harmless(step['name']), 'bold')}"
    yield f"  {mark} {where}   {how}{code}{cause}"
    for call in calls:
        error = f"  {ink(harmless(call['error']), 'alarm')}" if call["error"] else ""
        tries = f", {call['attempts']} tries" if call["attempts"] > 1 else ""
        said = harmless(f"{call['service']}.{call['method']}")
        spent = ink(f"{call['seconds']:.2f} s{tries}", "dim")
        yield f"      {said}  {spent}{error}"
