"""Files below a folder, in an order that is the same everywhere; and hours in their paths."""

from __future__ import annotations

import gzip
import os
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta, timezone

from .faults import DataError

ROOT = "MOORLINE_ANALYSIS_ROOT"
_CONTAINER = "/opt/ml/"
_HOUR = timedelta(hours=1)
_SKIPPED = ("_SUCCESS", ".crc")


def here(path: str) -> str:
    """Where a path of a container lies: at a desk, `MOORLINE_ANALYSIS_ROOT` stands for its root."""
    root = os.environ.get(ROOT, "")
    return os.path.join(root, path.lstrip("/")) if root and path.startswith(_CONTAINER) else path


def files(path: str) -> list[str]:
    """A file itself, or all below a folder; what begins with a dot is none.

    Raises:
        DataError: there is nothing at that path.
    """
    path = here(path)
    if os.path.isfile(path):
        return [path]
    if not os.path.isdir(path):
        raise DataError(f"there is no {path!r}")
    found = []
    for folder, inner, names in os.walk(path):
        inner[:] = sorted(each for each in inner if not each.startswith("."))
        for name in sorted(names):
            if not name.startswith(".") and not name.endswith(_SKIPPED):
                found += [os.path.join(folder, name)]
    return sorted(found)


def read(path: str) -> bytes:
    """The bytes of a file, unpacked if it is called ``.gz``.

    Raises:
        DataError: they cannot be read.
    """
    try:
        if path.endswith(".gz"):
            with gzip.open(path, "rb") as packed:
                return packed.read()
        with open(path, "rb") as file:
            return file.read()
    except (OSError, EOFError) as error:
        raise DataError(f"{path!r} cannot be read: {error}") from error


def decoded(data: bytes, path: str, encoding: str) -> str:
    """A text, without the mark that some systems put before it.

    Raises:
        DataError: the bytes are no such text.
    """
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        raise DataError(
            f"{path!r} is not {encoding} at byte {error.start}: say its 'encoding'"
        ) from error
    return text[1:] if text.startswith("\ufeff") else text


def moment(text: str) -> datetime:
    """A time by ISO 8601; without a zone it is UTC's.

    Raises:
        ValueError: it is none.
    """
    said = f"{text[:-1]}+00:00" if text.endswith(("Z", "z")) else text
    found = datetime.fromisoformat(said)
    return found.replace(tzinfo=timezone.utc) if found.tzinfo is None else found


class Window:
    """From `start` until before `end`."""

    def __init__(self, start: datetime, end: datetime) -> None:
        self.start, self.end = start, end

    def has(self, when: datetime) -> bool:
        return self.start <= when < self.end

    def may_have(self, path: str) -> bool:
        """Whether a captured file can hold requests of it; by the hour in its path, if it has one.

        SageMaker writes ``…/yyyy/mm/dd/hh/NAME.jsonl`` by the hour in which it writes, which may be
        the one after a request. Source: SageMaker developer guide, "Capture data from real-time
        endpoint".
        """
        hour = _hour(path.replace(os.sep, "/").split("/")[-5:-1])
        if hour is None:
            return True
        return hour < self.end + _HOUR and hour + _HOUR > self.start

    def said(self) -> dict[str, str]:
        return {"start": self.start.isoformat(), "end": self.end.isoformat()}


def _hour(parts: Sequence[str]) -> datetime | None:
    if [len(each) for each in parts] != [4, 2, 2, 2] or not all(map(str.isdigit, parts)):
        return None
    year, month, day, hour = map(int, parts)
    try:
        return datetime(year, month, day, hour, tzinfo=timezone.utc)
    except ValueError:
        return None


def chosen(paths: Sequence[str], window: Window | None) -> Iterator[str]:
    """The files that can hold what is asked for."""
    return (each for each in paths if window is None or window.may_have(each))
