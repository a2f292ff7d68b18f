"""Run as `python -m tests.conformance CASES [--json FILE] [--set NAME]`: one line for each set.

`--case` takes of `bugs` the cases whose names begin so.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from tests.conformance.result import Result
from tests.conformance.sets import load, names

PLACES = {"specs": "notebooks"}
"""Folders of sets that are not called like them."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the sets and report; the exit code is 1 when a case failed."""
    options = _options(arguments)
    report: dict[str, Any] = {}
    for name in options.set or names():
        folder = options.cases.resolve() / PLACES.get(name, name)
        if not folder.is_dir():
            _print(f"{name}: absent")
            report[name] = {"absent": True}
            continue
        results = list(_run(name, folder, options.case))
        counts: Counter[str] = Counter(result.outcome for result in results)
        _print(
            f"{name}: {counts['passed']} passed, {counts['failed']} failed,"
            f" {counts['skipped']} skipped" + (f", {counts['open']} open" * bool(counts["open"]))
        )
        report[name] = _summary(results, counts)
    if options.json:
        options.json.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    return 1 if any(it.get("failed") for it in report.values()) else 0


def _run(name: str, folder: Path, only: str) -> Iterator[Result]:
    """The results of a set; a set that breaks is a failure of its own and not of the run."""
    try:
        yield from load(name)(folder, only) if only else load(name)(folder)
    except Exception as error:  # noqa: BLE001 -- one broken set must not hide the others
        yield Result(f"{name} (the set itself)", "failed", f"{type(error).__name__}: {error}")


def _summary(results: list[Result], counts: Counter[str]) -> dict[str, Any]:
    skips = Counter(result.why for result in results if result.outcome == "skipped")
    return {
        "passed": counts["passed"],
        "failed": counts["failed"],
        "skipped": counts["skipped"],
        "open": [{"case": it.case, "why": it.why} for it in results if it.outcome == "open"],
        "failures": [{"case": it.case, "why": it.why} for it in results if it.outcome == "failed"],
        "skips": [{"case": it.case, "why": it.why} for it in results if it.outcome == "skipped"],
        "skipReasons": dict(sorted(skips.items())),
    }


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("cases", type=Path, help="folder with one folder for each set")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write a report of every case")
    parser.add_argument("--set", action="append", choices=names(), help="only this set")
    parser.add_argument("--case", default="", metavar="NAME", help="of `bugs`, those named so")
    options = parser.parse_args(arguments)
    if options.case and options.set != ["bugs"]:
        parser.error("--case goes with --set bugs")
    return options


def _print(line: str) -> None:
    sys.stdout.write(line + "\n")


if __name__ == "__main__":
    sys.exit(main())
