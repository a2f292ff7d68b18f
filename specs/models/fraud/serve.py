"""Answers with the probability of fraud; the scikit-learn image serves the model with it."""

from pathlib import Path
from typing import Any

import joblib


def model_fn(model_dir: str) -> Any:  # noqa: ANN401 - the trees that were fitted
    """The model, once for each worker."""
    return joblib.load(Path(model_dir) / "model.joblib")


def predict_fn(rows: Any, model: Any) -> Any:  # noqa: ANN401 - arrays of numpy
    """The probability of fraud of each row."""
    return model.predict_proba(rows.reshape(1, -1) if rows.ndim == 1 else rows)[:, 1]
