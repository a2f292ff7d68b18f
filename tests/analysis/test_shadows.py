"""Answers of a shadow beside those of the production variant, by the requests that were captured.

`docs/shadow.md` shows the same two configurations.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from .made import random, run

CAPTURED = {"format": "capture", "inputs": ["amount"], "outputs": ["score"]}


def captured(folder: Path, scores: Any) -> str:
    """One file, as SageMaker writes it below the name of a variant."""
    lines = []
    for number, score in enumerate(scores):
        body = {
            name: {"observedContentType": "text/csv", "mode": mode, "data": text, "encoding": "CSV"}
            for name, mode, text in (
                ("endpointInput", "INPUT", "12.5"),
                ("endpointOutput", "OUTPUT", f"{score:.6f}"),
            )
        }
        about = {"eventId": f"e{number}", "inferenceTime": "2026-11-30T10:15:00Z"}
        lines.append(json.dumps({"captureData": body, "eventMetadata": about, "eventVersion": "0"}))
    folder.mkdir(parents=True)
    (folder / "15-00.jsonl").write_text("\n".join(lines))
    return str(folder)


@pytest.mark.parametrize(("moved", "status"), [(0.0, "OK"), (0.15, "VIOLATED")])
def test_the_answers_of_both_variants_are_compared(
    tmp_path: Path, moved: float, status: str
) -> None:
    one, other = random(1).beta(2, 8, 2000), random(2).beta(2, 8, 2000)
    production = captured(tmp_path / "primary" / "2026" / "11" / "30" / "10", one)
    shadow = captured(
        tmp_path / "shadow" / "2026" / "11" / "30" / "10", np.clip(other + moved, 0, 1)
    )
    code, _ = run(tmp_path, "profile", data={"path": production, **CAPTURED})
    assert code == 0
    reference = str(tmp_path / "profile" / "reference.json")
    _, told = run(tmp_path, "compare", reference=reference, data={"path": shadow, **CAPTURED})
    assert told["status"] == status
    assert {each["feature"] for each in told["drift"]} >= {"score"}
