"""Data as the configuration names it: CSV, JSON Lines, Parquet, or captured requests."""

from __future__ import annotations

import codecs
import csv
import io
from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from .capture import Layout, captured
from .faults import ConfigError, DataError
from .payload import PayloadError, load
from .places import Window, chosen, decoded, files, moment, read
from .settings import Settings
from .table import MISSING, Table, of_rows

FORMATS = ("csv", "jsonLines", "parquet", "capture")
MOST_BAD = 0.01
"""The share of rows or lines that may be unreadable, by default."""


def window_of(settings: Settings) -> Window | None:
    """The window that a configuration asks for.

    Raises:
        ConfigError: its ends are no times, or the wrong way round.
    """
    if not settings.has("window"):
        return None
    said = settings.inner("window")
    start, end = _moment(said, "start"), _moment(said, "end")
    said.finish()
    if start >= end:
        raise ConfigError(said.path, "ends before it begins")
    return Window(start, end)


def _moment(said: Settings, name: str) -> datetime:
    try:
        return moment(said.text(name))
    except ValueError as error:
        raise ConfigError(said.at(name), f"is no time by ISO 8601: {error}") from error


def data_of(said: Settings, window: Window | None = None) -> tuple[Table, dict[str, Any]]:
    """The table that a section of the configuration names, and what was seen on the way.

    Raises:
        ConfigError: the section is wrong.
        DataError: the data is.
    """
    path, form = said.text("path"), said.word("format", FORMATS, "csv")
    most = said.number("maximumBad", MOST_BAD, 0, 1)
    missing = said.texts("missing", list(MISSING))
    encoding = said.text("encoding", "utf-8")
    try:
        codecs.lookup(encoding)
    except LookupError as error:
        raise ConfigError(said.at("encoding"), f"{encoding!r} is none") from error
    if form == "capture":
        layout = Layout(
            said.texts("inputs", []),
            said.texts("outputs", []),
            said.text("inputPath", ""),
            said.text("outputPath", ""),
        )
        cap = said.count("maximumRows", 0)
        both = {*layout.inputs} & {*layout.outputs}
        if both:
            raise ConfigError(said.at("outputs"), f"has {min(both)!r}, as 'inputs' has")
        said.finish()
        table, seen = captured(path, layout, window, most, cap)
        return Table(table.columns, missing), seen
    columns = said.texts("columns", [])
    if form == "csv":
        header = said.truth("header", default=not columns)
        delimiter = said.text("delimiter", ",")
        said.finish()
        if len(delimiter) != 1:
            raise ConfigError(said.at("delimiter"), "has to be one character")
        if not header and not columns:
            raise ConfigError(said.at("columns"), "is needed where there is no header")
        dialect = _Dialect(header, columns, delimiter, encoding)
        return _csv(path, dialect, missing, most)
    said.finish()
    if form == "parquet":
        return _parquet(path, columns, missing)
    return _lines(path, columns, missing, most)


class _Dialect:
    """How CSV is written."""

    def __init__(self, header: bool, columns: list[str], delimiter: str, encoding: str) -> None:
        self.header, self.columns = header, columns
        self.delimiter, self.encoding = delimiter, encoding


def _csv(  # noqa: C901 - one loop over files and rows
    path: str, dialect: _Dialect, missing: Sequence[str], most: float
) -> tuple[Table, dict[str, Any]]:
    names = list(dialect.columns)
    columns: list[list[Any]] = [[] for _ in names]
    bad: Counter[str] = Counter()
    lines = 0
    for each in files(path):
        text = decoded(read(each), each, dialect.encoding)
        if not text.strip():
            continue
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=dialect.delimiter)
        try:
            if dialect.header:
                found = [name.strip() for name in next(reader)]
                if not names:
                    names, columns = _named(found, each), [[] for _ in found]
                elif found != names:
                    raise DataError(f"{each!r} has other columns than are expected: {found}")
            for row in reader:
                if not row:
                    continue
                lines += 1
                if len(row) != len(names):
                    bad["it has not as many values as there are columns"] += 1
                    continue
                for column, value in zip(columns, row):
                    column.append(value)
        except csv.Error as error:
            raise DataError(f"{each!r} is no CSV: {error}") from error
    return _told(Table(dict(zip(names, columns)), missing), lines, bad, most)


def _named(found: list[str], path: str) -> list[str]:
    twice = [name for name, count in Counter(found).items() if count > 1]
    if twice or "" in found:
        raise DataError(f"{path!r} has columns without a name of their own: {twice or ['']}")
    return found


def _told(table: Table, lines: int, bad: Counter[str], most: float) -> tuple[Table, dict[str, Any]]:
    count = sum(bad.values())
    if count and count / lines > most:
        worst = ", ".join(f"{number}: {why}" for why, number in bad.most_common(3))
        raise DataError(f"{count} of {lines} rows cannot be read ({worst})")
    return table, {
        "lines": lines,
        "bad": dict(sorted(bad.items())),
        "outside": 0,
        "rows": table.rows,
        "kept": table.rows,
    }


def _lines(
    path: str, names: Sequence[str], missing: Sequence[str], most: float
) -> tuple[Table, dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    bad: Counter[str] = Counter()
    lines = 0
    for each in chosen(files(path), None):
        for line in read(each).split(b"\n"):
            if not line.strip():
                continue
            lines += 1
            try:
                row = load(line.decode("utf-8"))
            except UnicodeDecodeError:
                bad["it is not UTF-8"] += 1
                continue
            except PayloadError as error:
                bad[str(error)] += 1
                continue
            if isinstance(row, list) and len(row) == len(names):
                row = dict(zip(names, row))
            if not isinstance(row, dict):
                bad["it is no record"] += 1
            elif any(isinstance(value, (list, dict)) for value in row.values()):
                bad["it is nested"] += 1
            else:
                rows.append(row)
    return _told(of_rows(rows, missing, names), lines, bad, most)


def _parquet(
    path: str, names: Sequence[str], missing: Sequence[str]
) -> tuple[Table, dict[str, Any]]:
    try:
        from pyarrow import ArrowException, parquet
    except ImportError as error:
        raise DataError("Parquet needs pyarrow, which is not installed here") from error
    columns: dict[str, list[Any]] = {}
    for each in files(path):
        try:
            found = parquet.read_table(each, columns=list(names) or None)
        except (ArrowException, OSError) as error:
            raise DataError(f"{each!r} is no Parquet: {error}") from error
        if columns and list(columns) != found.column_names:
            raise DataError(f"{each!r} has other columns than are expected: {found.column_names}")
        for name in found.column_names:
            columns.setdefault(name, []).extend(_plain(found.column(name).to_pylist()))
    return _told(Table(columns, missing), 0, Counter(), 1.0)


def _plain(values: list[Any]) -> list[Any]:
    """Values as other formats have them: what is no text, number or truth is a text."""
    return [
        each if each is None or isinstance(each, (str, int, float, bool)) else str(each)
        for each in values
    ]
