"""Rows of objects: CSV with a header, JSON lines, and Parquet where a library is installed."""

from __future__ import annotations

import csv
import importlib.util
import io
import json
from collections.abc import Iterable
from typing import Any

Row = dict[str, Any]


class UnreadableError(ValueError):
    """Objects whose rows cannot be read here."""


def read(objects: Iterable[bytes], form: str) -> list[Row]:
    """All rows, names of columns in lower case; a CSV's empty field is no value.

    Raises:
        UnreadableError: no way to read the format is there, or the bytes are not of it.
    """
    found: list[Row] = []
    for body in objects:
        found += [{key.lower(): item for key, item in row.items()} for row in _one(body, form)]
    return found


def write(rows: Iterable[Row], form: str) -> bytes:
    """Rows as one object.

    Raises:
        UnreadableError: no way to write the format is there.
    """
    rows = list(rows)
    if form == "json":
        return b"".join(json.dumps(row, default=str).encode() + b"\n" for row in rows)
    if form == "csv":
        names = list(dict.fromkeys(name for row in rows for name in row))
        text = io.StringIO()
        writer = csv.DictWriter(text, names, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
        return text.getvalue().encode()
    if form == "parquet":
        arrow, parquet = _parquet()
        out = io.BytesIO()
        parquet.write_table(arrow.Table.from_pylist(rows), out)
        return out.getvalue()
    raise UnreadableError(f"the sandbox does not write {form or 'an unnamed format'}")


def _one(body: bytes, form: str) -> list[Row]:
    try:
        if form == "json":
            return _objects(body)
        if form == "csv":
            reader = csv.DictReader(io.StringIO(body.decode()))
            return [{k: (v if v != "" else None) for k, v in row.items() if k} for row in reader]
        if form == "parquet":
            _, parquet = _parquet()
            found: list[Row] = parquet.read_table(io.BytesIO(body)).to_pylist()
            return found
    except (ValueError, OSError) as error:
        raise UnreadableError(f"the rows are no {form}: {error}") from error
    raise UnreadableError(f"the sandbox does not read {form or 'an unnamed format'}")


def _objects(body: bytes) -> list[Row]:
    found = [json.loads(line) for line in body.splitlines() if line.strip()]
    if not all(isinstance(each, dict) for each in found):
        raise ValueError("a line is no object")
    return found


def _parquet() -> tuple[Any, Any]:
    if importlib.util.find_spec("pyarrow") is None:
        raise UnreadableError("Parquet needs pyarrow, which is not installed here")
    arrow = importlib.import_module("pyarrow")
    return arrow, importlib.import_module("pyarrow.parquet")
