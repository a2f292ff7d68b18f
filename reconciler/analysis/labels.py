"""What really happened, as it becomes known later: labels, joined with what was predicted.

They are joined by the inference id where the request had one, else by the event id, which is Model
Monitor's own rule. Of several labels the last one counts. What has no label yet is not judged, and
the share that has one is part of the outcome.
Source: SageMaker developer guide, "Ingest ground truth labels and merge them with predictions".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .capture import EVENT, INFERENCE, ROW
from .faults import DataError
from .payload import PayloadError, load, rows
from .places import files, read
from .table import Table


class Labels:
    """Labels by the id of what they are of; several for an event of several rows."""

    def __init__(self) -> None:
        self.by_id: dict[str, list[Any]] = {}
        self.bad = 0
        self.lines = 0
        self.repeated = 0

    def add(self, key: str, values: list[Any]) -> None:
        """The last one counts."""
        self.repeated += key in self.by_id
        self.by_id[key] = values


def ground_truth(path: str, most_bad: float) -> Labels:
    """Labels in the form that Model Monitor takes: JSON Lines.

    Raises:
        DataError: there is nothing at the path, or too many lines are bad.
    """
    found = Labels()
    for name in files(path):
        for line in read(name).split(b"\n"):
            if not line.strip():
                continue
            found.lines += 1
            try:
                record = load(line.decode("utf-8"))
                key = record["eventMetadata"][EVENT]
                values = [value for row in rows(record["groundTruthData"], "") for value in row]
            except (PayloadError, KeyError, TypeError, UnicodeDecodeError):
                found.bad += 1
                continue
            if isinstance(key, str) and values:
                found.add(key, values)
            else:
                found.bad += 1
    if found.bad and found.bad / found.lines > most_bad:
        raise DataError(f"{found.bad} of {found.lines} lines of labels cannot be read")
    return found


def in_table(table: Table, key: str, label: str) -> Labels:
    """Labels of a table, by the column with the id.

    Raises:
        DataError: it lacks one of the columns.
    """
    for name in (key, label):
        if name not in table.columns:
            raise DataError(f"the labels have no column {name!r}")
    found = Labels()
    for identity, value in zip(table.texts(key), table.columns[label]):
        found.lines += 1
        if identity is None:
            found.bad += 1
        elif table.text(value) is not None:
            found.add(identity, [value])
    return found


def join(table: Table, labels: Labels, column: str, key: str = "") -> tuple[Table, dict[str, Any]]:
    """The rows that have a label, in `column`, and how many there are of each.

    Args:
        table: what was predicted.
        labels: what is known of it.
        column: the name of the column that labels come into.
        key: the column with ids; "" for the ids of captured requests.
    """
    counts: dict[str, int] = {}
    ids = _ids(table, key)
    for each in ids:
        if each is not None:
            counts[each] = counts.get(each, 0) + 1
    places = table.columns.get("_" + ROW) or [0] * table.rows
    values: list[Any] = []
    keep: list[bool] = []
    for identity, place in zip(ids, places):
        known = labels.by_id.get(identity) if identity is not None else None
        fits = known is not None and len(known) == (counts[identity] if identity else 0)
        values.append(known[place if len(known) > 1 else 0] if fits and known else None)
        keep.append(bool(fits))
    joined = table.joined({column: values}).only(keep)
    share = joined.rows / table.rows if table.rows else 0.0
    used = {each for each, kept in zip(ids, keep) if kept}
    return joined, {
        "predicted": table.rows,
        "joined": joined.rows,
        "coverage": share,
        "labels": len(labels.by_id),
        "unmatched": len(labels.by_id.keys() - used),
        "repeated": labels.repeated,
        "bad": labels.bad,
    }


def _ids(table: Table, key: str) -> list[str | None]:
    columns: Mapping[str, list[Any]] = table.columns
    if key:
        if key not in columns:
            raise DataError(f"there is no column {key!r} to join labels by")
        return table.texts(key)
    if "_" + EVENT not in columns:
        raise DataError("the data has no event ids: say the column with 'id'")
    inference = columns.get("_" + INFERENCE) or [None] * table.rows
    return [own or event for own, event in zip(inference, columns["_" + EVENT])]
