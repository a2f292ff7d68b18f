"""What a captured request or answer holds: rows of values.

A payload is text or bytes in Base64, which hide CSV, JSON or JSON Lines by their content type.
Sources: SageMaker developer guide, "Capture data from real-time endpoint" (encodings), "Common
data formats for inference".
"""

from __future__ import annotations

import base64
import binascii
import csv
import io
import json
from collections.abc import Mapping, Sequence
from typing import Any

_LINES = ("jsonlines", "jsonl", "ndjson")
_DEPTH = 100


class PayloadError(ValueError):
    """A payload that cannot be read; the text is the kind of fault, which is counted."""


def rows(part: Mapping[str, Any], path: str) -> list[Any]:
    """The rows of a payload: lists of values, or values by name.

    Args:
        part: ``endpointInput`` or ``endpointOutput`` of a captured record.
        path: where the rows of a JSON payload are: names with points between them, and ``*`` for
            all members of a list. "" looks for a list under ``instances``, ``predictions`` or
            ``outputs``, and takes the payload for one row if there is none.

    Raises:
        PayloadError: nothing can be made of it.
    """
    encoding = str(part.get("encoding", "")).upper()
    kind = str(part.get("observedContentType", "")).lower()
    text = part.get("data")
    if encoding == "JSON" and not isinstance(text, str):
        return _found(text, path)  # some containers' payloads are kept as they are
    if not isinstance(text, str):
        raise PayloadError("it has no data")
    if encoding == "BASE64":
        text = _unpacked(text)
        encoding = "CSV" if "csv" in kind else "JSON" if "json" in kind else _guess(text)
    if encoding == "CSV":
        return _csv(text)
    if encoding == "JSON":
        return _json(text, path, kind)
    raise PayloadError(f"its encoding is {encoding or 'not said'}")


def _unpacked(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, ValueError) as error:
        if isinstance(error, UnicodeDecodeError):
            raise PayloadError("it is binary") from error
        raise PayloadError("it is no Base64") from error


def _guess(text: str) -> str:
    return "JSON" if text.lstrip()[:1] in {"{", "["} else "CSV"


def _csv(text: str) -> list[Any]:
    try:
        return [row for row in csv.reader(io.StringIO(text, newline="")) if row]
    except csv.Error as error:
        raise PayloadError("it is no CSV") from error


def _json(text: str, path: str, kind: str) -> list[Any]:
    lines = [line for line in text.splitlines() if line.strip()]
    if len(lines) > 1 and any(each in kind for each in _LINES):
        return [row for line in lines for row in _found(load(line), path)]
    return _found(load(text), path)


def load(text: str) -> Any:
    """JSON of which nobody knows how deep it is.

    Raises:
        PayloadError: it is none, or too deep.
    """
    try:
        return json.loads(text)
    except RecursionError as error:
        raise PayloadError("it is nested too deeply") from error
    except ValueError as error:
        raise PayloadError("it is no JSON") from error


def _found(value: Any, path: str) -> list[Any]:
    if path:
        return [_row(each) for each in _at(value, path.split("."))]
    if isinstance(value, dict):
        for name in ("instances", "predictions", "outputs"):
            if isinstance(value.get(name), list):
                return [_row(each) for each in value[name]]
        return [value]
    if isinstance(value, list):
        rows_ = value if value and isinstance(value[0], (list, dict)) else [value]
        return [_row(each) for each in rows_]
    return [_row(value)]


def _at(value: Any, names: Sequence[str]) -> list[Any]:
    if not names:
        return value if isinstance(value, list) else [value]
    name, rest = names[0], names[1:]
    if name == "*":
        if not isinstance(value, list):
            raise PayloadError("it has no list where the path says so")
        found = [_at(each, rest) if rest else [each] for each in value]
        # The last part of a path is the row itself, so that ``instances.*.features`` are rows.
        return [each if rest else each[0] for each in found]
    if not isinstance(value, dict) or name not in value:
        raise PayloadError(f"it has no {name!r}")
    return _at(value[name], rest)


def _row(value: Any) -> Any:
    """A mapping, or a list of single values."""
    if isinstance(value, dict):
        return value
    row = value if isinstance(value, list) else [value]
    while len(row) == 1 and isinstance(row[0], list):
        row = row[0]
    if any(isinstance(each, (list, dict)) for each in row):
        raise PayloadError("a row is nested")
    return row
