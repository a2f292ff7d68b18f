"""Small platforms on which public tools, and Moorline once, did something wrong.

A case is a folder with specs and environments, perhaps answers of AWS that its `hook.py` changes
and edits that its `hand.py` makes. What is right is in `meanings`, in our own words. A case that
is not known there is applied and has to be at rest.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.conformance.meanings import MEANINGS, SKIPPED, converges
from tests.conformance.result import Result
from tests.conformance.scene import opened

ENVIRONMENT = Path("environments/local.yaml")


def run(folder: Path, only: str = "") -> Iterator[Result]:
    """One result for each folder that is a case, whose name begins with `only`."""
    for case in sorted(path for path in folder.iterdir() if path.is_dir()):
        if not case.name.startswith("_") and case.name.startswith(only):
            yield _case(case)


def _case(case: Path) -> Result:
    kind = case.name.partition("-")[0]
    if why := SKIPPED.get(kind, ""):
        return Result(case.name, "skipped", why)
    meaning = MEANINGS.get(kind)
    if meaning is None and not (case / ENVIRONMENT).is_file():
        return Result(case.name, "skipped", "it has no environment 'local' and is not known here")
    try:
        with opened(case) as scene:
            wrong = (meaning or converges)(scene)
    except subprocess.TimeoutExpired as error:
        wrong = str(error)
    return Result(case.name, "failed", wrong) if wrong else Result(case.name, "passed")
