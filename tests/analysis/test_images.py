"""The runtime with the numpy and scipy of AWS's image `1.2-1`: the same outcomes as with today's.

`make readers` puts them aside. Source: aws/sagemaker-scikit-learn-container, requirements.txt of
the images `1.2-1` (numpy 1.24.1) and `1.2-1-1` (scipy 1.9.3).
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reconciler.analysis.command import main
from reconciler.jobs import RUNTIME, package

from .made import random, write

OLD = Path(__file__).parents[2] / ".venv" / "formats" / "analysis"
START = """
import json, sys
sys.path[:0] = sys.argv[1:3]
import numpy
assert numpy.__version__.startswith("1."), numpy.__version__
from moorline_analysis.command import main
sys.exit(max(main(each) for each in json.loads(sys.argv[3])))
"""
QUESTIONS: dict[str, dict[str, Any]] = {
    "profile": {},
    "compare": {},
    "evaluate": {"question": {"problem": "binary", "label": "y", "score": "p", "threshold": 0.5,
                              "limits": {"auc": {"atLeast": 0.9}}}},
    "bias": {"question": {"label": "y", "score": "p", "threshold": 0.5, "draws": 50,
                          "facets": [{"column": "k", "favoured": "a"}]}},
}  # fmt: skip


def numbers(value: Any, path: str = "") -> dict[str, Any]:
    """All that a report says, by where."""
    if isinstance(value, dict):
        inner = [numbers(each, f"{path}.{name}") for name, each in value.items() if name != "made"]
    elif isinstance(value, list):
        inner = [numbers(each, f"{path}[{at}]") for at, each in enumerate(value)]
    else:
        return {path: value}
    return {name: each for part in inner for name, each in part.items()}


@pytest.mark.skipif(not OLD.exists(), reason="`make readers` puts an older numpy aside")
def test_an_older_numpy_says_the_same(tmp_path: Path) -> None:
    r = random(6)
    program = tmp_path / "runtime.zip"
    program.write_bytes(package(RUNTIME))
    truth = (r.random(800) < 0.4).astype(int)
    then = write(tmp_path / "a.csv", {
        "x": r.normal(0, 1, 800), "k": r.choice(["a", "b"], 800), "y": truth,
        "p": np.clip(0.3 * truth + 0.7 * r.random(800), 0, 1),
    })  # fmt: skip
    asked = {which: arguments(tmp_path / which, then) for which in ("old", "new")}
    done = subprocess.run(
        [sys.executable, "-c", START, str(OLD), str(program), json.dumps(asked["old"])],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
    for each in asked["new"]:
        assert main(each) == 0
    for verb in QUESTIONS:
        old, new = (
            numbers(json.loads((tmp_path / which / verb / "report.json").read_text()))
            for which in ("old", "new")
        )
        assert old == pytest.approx(new, rel=1e-9)


def arguments(folder: Path, data: str) -> list[list[str]]:
    """What is asked of one of the two."""
    found = []
    for verb, more in QUESTIONS.items():
        said: dict[str, Any] = {"data": {"path": data}, "output": str(folder / verb), **more}
        if verb == "compare":
            said["reference"] = str(folder / "profile" / "reference.json")
        found.append([verb, "--json", json.dumps(said)])
    return found
