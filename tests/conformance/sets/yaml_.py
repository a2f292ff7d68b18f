"""YAML and JSON files of other projects: read as they mean, or refused with a finding.

`INDEX.csv` says what is expected of each file. A file that Moorline refuses on
purpose passes, but only with one of the codes of `BY_DESIGN`; a syntax error
(YAML001, YAML020) never counts as a design.
"""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Iterator
from pathlib import Path

from reconciler.model.diagnostic import Diagnostic
from reconciler.model.document import Parsed
from reconciler.model.value import Json
from reconciler.specs.source import parse
from tests.conformance.result import Result

SECONDS = 2.0
BY_DESIGN = {
    "YAML004": "duplicate keys",
    "YAML006": "values that contain themselves",
    "YAML007": "many repeated values",
    "YAML008": "merge keys",
    "YAML009": "tags",
    "YAML010": "keys that are not text",
    "YAML011": "numbers that JSON cannot hold",
    "YAML012": "integers past 64 bits",
    "YAML019": "anchors set twice",
    "YAML024": "anchors with strange names",
}


def run(folder: Path) -> Iterator[Result]:
    """One result for each row of the index."""
    with (folder / "INDEX.csv").open(encoding="utf-8", newline="") as index:
        for row in csv.DictReader(index):
            yield _case(folder / row["file"], row["file"], _expected(row["set"], row["file"], row))


def _expected(set_: str, file: str, row: dict[str, str]) -> str:
    """The index took the first letter of a name as the verdict, so `number_…` became an error.

    In JSONTestSuite only `n_…` must be refused; `number_…` are transform cases.
    """
    if set_ == "json-test-suite" and Path(file).name.startswith("number_"):
        return "transform"
    return row["expect"]


def _case(path: Path, case: str, expected: str) -> Result:
    if not path.is_file():
        return Result(case, "skipped", "the file is not there")
    raw = path.read_bytes()
    start = time.perf_counter()
    try:
        parsed = parse(raw, case)
    except Exception as error:  # noqa: BLE001 any exception is a failure of the case
        return Result(case, "failed", f"raised {type(error).__name__}: {error}")
    seconds = time.perf_counter() - start
    if seconds > SECONDS:
        return Result(case, "failed", f"took {seconds:.1f} s")
    errors = [diagnostic for diagnostic in parsed.diagnostics if diagnostic.is_error]
    if expected == "error":
        return Result(case, "passed") if errors else Result(case, "failed", "was accepted")
    if expected == "valid":
        return _valid(path, case, parsed, errors)
    if errors or parsed.documents or parsed.diagnostics:
        return Result(case, "passed")
    return Result(case, "failed", "neither a value nor a finding")


def _valid(path: Path, case: str, parsed: Parsed, errors: list[Diagnostic]) -> Result:
    if errors:
        codes = sorted({diagnostic.code for diagnostic in errors})
        if set(codes) <= set(BY_DESIGN):
            return Result(case, "passed", f"refused by design: {', '.join(codes)}")
        first = next(item for item in errors if item.code not in BY_DESIGN)
        return Result(case, "failed", f"{first.code} {first.message} ({first.at})")
    beside = path.with_suffix(".json")
    if path.suffix == ".json" or not beside.is_file():
        return Result(case, "passed")
    wanted = list(_stream(beside.read_text(encoding="utf-8")))
    got = [document.data for document in parsed.documents]
    if _same(got, wanted):
        return Result(case, "passed")
    return Result(case, "failed", f"got {str(got)[:120]}, wanted {str(wanted)[:120]}")


def _stream(text: str) -> Iterator[Json]:
    """JSON documents one after another."""
    decoder, at = json.JSONDecoder(), 0
    while (at := at + len(text[at:]) - len(text[at:].lstrip())) < len(text):
        value, at = decoder.raw_decode(text, at)
        yield value


def _same(one: Json, other: Json) -> bool:
    """Equality that tells 1 from true; 1 and 1.0 are one number in JSON."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)
