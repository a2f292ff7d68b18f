"""How far off a model is that predicts numbers. Pure."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

NAMES = ("mae", "meanError", "medianAbsoluteError", "mse", "r2", "rmse")
LOWER = ("mae", "medianAbsoluteError", "mse", "rmse")


def figures(truth: Any, predicted: Any) -> dict[str, float | None]:
    """All figures; nothing where a number is too large to be squared, or nothing varies."""
    if not truth.size:
        return {}
    with np.errstate(over="ignore", invalid="ignore"):
        off = predicted - truth
        square = float(np.mean(off * off))
        spread = float(np.sum((truth - np.mean(truth)) ** 2))
        found: dict[str, float | None] = {
            "mae": float(np.mean(np.abs(off))),
            "meanError": float(np.mean(off)),
            "medianAbsoluteError": float(np.median(np.abs(off))),
            "mse": square,
            "rmse": math.sqrt(square) if math.isfinite(square) else math.inf,
            "r2": 1 - float(np.sum(off * off)) / spread if spread else None,
        }
    return {
        name: value if value is not None and math.isfinite(value) else None
        for name, value in found.items()
    }
