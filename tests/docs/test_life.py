"""The example's whole life as the delivered roles, with lag and AWS's rates."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from sweeps import only_long

ROOT = Path(__file__).parents[2]


@only_long
@pytest.mark.parametrize("lag", [1, 5])
def test_the_example_lives_while_aws_lags_and_throttles(lag: int, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "docs.life", "--lag", str(lag), "--log", str(tmp_path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-5000:] + done.stderr[-5000:]
