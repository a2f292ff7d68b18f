"""Versions of models for people: tables of versions, of a judgement, and what a decision does.

From the JSON of the commands alone.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.value import Json
from reconciler.render.vocabulary.ink import Ink, cells, harmless
from reconciler.render.vocabulary.words import count

__all__ = ["decision", "lineage", "table", "verdict"]

Row = Mapping[str, Json]
_SIGNS = {"passed": ("✓", "green"), "failed": ("✗", "red"), "unknown": ("?", "yellow")}
_HEAD = ("version", "status", "approval", "by", "until", "stage", "serves")
_DAY = 10
_PARTS = 2
"""Of a long address in S3, the last so many are shown."""


def verdict(found: Row, *, color: bool) -> str:
    """One line for each rule, where what keeps it from passing was read, and what follows."""
    ink = Ink(color)
    rows: list[Row] = [*found["rows"]]
    heads = ("rule", "wanted", "found")
    cells_ = [tuple(_short(harmless(str(row[key]))) for key in heads) for row in rows]
    widths = [max(cells(line[at]) for line in [heads, *cells_]) for at in range(2)]
    lines = [ink(f"    {_line(heads, [*widths, 0])}", "bold")]
    for row, texts in zip(rows, cells_, strict=True):
        sign, style = _SIGNS[str(row["outcome"])]
        lines.append(f"  {ink(sign, style)} {_line(texts, [*widths, 0])}")
        if row["outcome"] != "passed" and row["source"]:
            lines.append(ink(f"      read from {harmless(str(row['source']))}", "dim"))
    counts = [
        f"{sum(row['outcome'] == name for row in rows)} {name}"
        for name in _SIGNS
        if any(row["outcome"] == name for row in rows)
    ]
    lines += ["", f"  {', '.join(counts)} · evidence {str(found['evidence'])[:16]}"]
    return "\n".join(lines)


def _short(text: str) -> str:
    """A text with the end of its address in S3; the whole of it is in the JSON."""
    before, scheme, address = text.partition("s3://")
    parts = address.split("/")
    if not scheme or len(parts) <= _PARTS + 1:
        return text
    return f"{before}…/{'/'.join(parts[-_PARTS:])}"


def _line(texts: Sequence[str], widths: Sequence[int]) -> str:
    padded = (
        text + " " * max(0, width - cells(text)) for text, width in zip(texts, widths, strict=True)
    )
    return "  ".join(padded).rstrip()


def decision(found: Row, *, color: bool) -> str:
    """What a decision would do, or why it may not be, with its evidence."""
    ink = Ink(color)
    title = f"{found['action']} version {found['version']} of {found['registry']}"
    where = f"{found['group']}, {found['environment']}"
    lines = [f"{ink(harmless(title), 'bold')} ({harmless(where)})", ""]
    if found.get("verdict") and found["verdict"]["rows"]:
        lines += [verdict(found["verdict"], color=color), ""]
    for each in found["changes"]:
        said = f"{each['what']}  {each['before'] or 'none'} → {each['after']}"
        why = f"  ({each['why']})" if each["why"] else ""
        lines.append(f"  {ink('~', 'yellow')} version {each['version']}  {harmless(said + why)}")
    lines += [f"  pin {harmless(each)}" for each in found.get("pins") or ()]
    lines += [f"  {ink('✗', 'red')} {harmless(each)}" for each in found["refused"]]
    lines += [f"  · {harmless(each)}" for each in found["notes"]]
    if found["changes"] and not found["refused"]:
        lines += ["", f"  by {harmless(str(found['by']))} · {count(len(found['changes']), 'call')}"]
    return "\n".join(lines)


def table(rows: Sequence[Row], *, color: bool, more: int = 0) -> str:
    """One line for each version, newest first, with its figures below where they are known."""
    ink = Ink(color)
    if not rows:
        return "no versions"
    lines = [_cells(each) for each in rows]
    widths = [max(cells(line[at]) for line in [_HEAD, *lines]) for at in range(len(_HEAD))]
    out = [ink(_line(_HEAD, widths), "bold")]
    for row, texts in zip(rows, lines, strict=True):
        out.append(_line(texts, widths))
        out += [f"    {ink(said, 'dim')}" for said in _figures(row)]
    if more:
        out.append(f"… and {count(more, 'older version')}, with --all")
    return "\n".join(out)


def _cells(row: Row) -> tuple[str, ...]:
    until = str(row["until"])[:_DAY]
    over = " (over)" if row["over"] else ""
    texts = (
        str(row["version"]),
        row["status"],
        row["approval"],
        row["by"],
        f"{until}{over}",
        row["stage"],
        ", ".join(row["serves"]) if row["serves"] is not None else "unknown",
    )
    return tuple(harmless(str(text)) for text in texts)


def _figures(row: Row) -> Iterator[str]:
    metrics = row.get("metrics")
    if metrics:
        yield harmless(", ".join(f"{name} {value:.6g}" for name, value in sorted(metrics.items())))
    if row.get("unknown"):
        yield harmless(f"metrics unknown: {row['unknown']}")


def lineage(hops: Sequence[Row], *, color: bool) -> str:
    """Where a version comes from, hop by hop; one that is missing says so."""
    ink = Ink(color)
    width = max((cells(str(each["what"])) for each in hops), default=0)
    lines = [ink("comes from", "bold")]
    for each in hops:
        what = str(each["what"])
        sign, style = ("·", "dim") if each["found"] else ("?", "yellow")
        said = each["found"] or f"missing: {each['why']}"
        pad = " " * (width - cells(what))
        lines.append(f"  {ink(sign, style)} {harmless(what)}{pad}  {harmless(str(said))}")
    return "\n".join(lines)
