"""Requests that an endpoint has captured, and the answers that it gave, as one table.

Lines that cannot be read are counted by what is wrong with them. More of them than `maximumBad`
end the analysis: nothing is said of data most of which nobody has seen.
Source: SageMaker developer guide, "Capture data from real-time endpoint".
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from .faults import DataError
from .payload import PayloadError, load, rows
from .places import Window, chosen, files, moment, read
from .table import Table, of_rows

EVENT, INFERENCE, TIME, ROW = "eventId", "inferenceId", "inferenceTime", "row"
OWN = ("_" + EVENT, "_" + INFERENCE, "_" + TIME, "_" + ROW)
"""Columns beside those of requests and answers."""


class Layout:
    """What is declared of requests and answers; never taken from the data."""

    def __init__(
        self,
        inputs: Sequence[str],
        outputs: Sequence[str],
        input_path: str = "",
        output_path: str = "",
    ) -> None:
        self.inputs, self.outputs = list(inputs), list(outputs)
        self.input_path, self.output_path = input_path, output_path


def captured(
    path: str,
    layout: Layout,
    window: Window | None,
    most_bad: float,
    cap: int = 0,
) -> tuple[Table, dict[str, Any]]:
    """The requests of a window, and what was seen: lines, bad ones by fault, rows.

    Args:
        path: a file, or the folder that the captured files are copied to.
        layout: the names of values, and where they are.
        window: which requests are asked for, by the time of the inference; nothing for all.
        most_bad: the share of lines that may be bad.
        cap: how many rows are kept at most, chosen by a hash of the event's id, so that another
            run chooses the same; 0 for all.

    Raises:
        DataError: there is nothing at the path, or too many lines are bad.
    """
    found: list[tuple[str, list[dict[str, Any]]]] = []
    bad: Counter[str] = Counter()
    lines = outside = 0
    for name in chosen(files(path), window):
        for line in read(name).split(b"\n"):
            if not line.strip():
                continue
            lines += 1
            try:
                event, made = _record(line, layout, window)
            except PayloadError as error:
                bad[str(error)] += 1
                continue
            if made is None:
                outside += 1
            else:
                found.append((event, made))
    _refuse(bad, lines, most_bad)
    every = sum(len(made) for _, made in found)
    kept = _capped(found, cap) if cap and every > cap else found
    records = [row for _, made in kept for row in made]
    seen = {
        "lines": lines,
        "bad": dict(sorted(bad.items())),
        "outside": outside,
        "rows": every,
        "kept": len(records),
    }
    return of_rows(records), seen


def _refuse(bad: Counter[str], lines: int, most: float) -> None:
    count = sum(bad.values())
    if count and count / lines > most:
        worst = ", ".join(f"{number}: {why}" for why, number in bad.most_common(3))
        raise DataError(f"{count} of {lines} captured lines cannot be read ({worst})")


def _record(
    line: bytes, layout: Layout, window: Window | None
) -> tuple[str, list[dict[str, Any]] | None]:
    """The id of an event and its rows; no rows where it is not of the window."""
    try:
        record = load(line.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise PayloadError("it is not UTF-8") from error
    data, about = _member(record, "captureData"), _member(record, "eventMetadata")
    event = about.get(EVENT)
    if not isinstance(event, str) or not event:
        raise PayloadError("it has no event id")
    when = about.get(TIME)
    if window is not None and not window.has(_moment(when)):
        return event, None
    inputs = _part(data, "endpointInput", layout.inputs, layout.input_path)
    outputs = _part(data, "endpointOutput", layout.outputs, layout.output_path)
    if layout.outputs and len(inputs) != len(outputs):
        raise PayloadError("it has not as many answers as rows")
    own = {"_" + EVENT: event, "_" + INFERENCE: about.get(INFERENCE) or None, "_" + TIME: when}
    answers = outputs if layout.outputs else [{}] * len(inputs)
    return event, [
        {**row, **answer, **own, "_" + ROW: index}
        for index, (row, answer) in enumerate(zip(inputs, answers))
    ]


def _moment(text: Any) -> Any:
    try:
        return moment(text)
    except (TypeError, ValueError, AttributeError) as error:
        raise PayloadError("it has no inference time") from error


def _member(value: Any, name: str) -> Mapping[str, Any]:
    found = value.get(name) if isinstance(value, dict) else None
    if not isinstance(found, dict):
        raise PayloadError(f"it has no {name!r}")
    return found


def _part(data: Mapping[str, Any], name: str, names: list[str], path: str) -> list[dict[str, Any]]:
    if name == "endpointOutput" and not names:
        return []
    return [_named(row, names) for row in rows(_member(data, name), path)]


def _named(row: Any, names: list[str]) -> dict[str, Any]:
    """Values by name; a row may give its own names, declared ones or others."""
    if isinstance(row, dict):
        if any(isinstance(each, (list, dict)) for each in row.values()):
            raise PayloadError("a row is nested")
        return row
    if not names:
        return {f"_{index}": value for index, value in enumerate(row)}
    if len(row) != len(names):
        raise PayloadError("a row has not as many values as are declared")
    return dict(zip(names, row))


def _capped(
    found: list[tuple[str, list[dict[str, Any]]]], cap: int
) -> list[tuple[str, list[dict[str, Any]]]]:
    """Whole events in the order of their hashes, as long as there is room; then as they came."""
    order = sorted(range(len(found)), key=lambda at: hashlib.sha256(found[at][0].encode()).digest())
    kept, room = set(), cap
    for at in order:
        if len(found[at][1]) <= room:
            kept.add(at)
            room -= len(found[at][1])
    return [each for at, each in enumerate(found) if at in kept]
