"""Says how good the model is on transactions that it has not seen."""

import argparse
import io
import json
import tarfile
from pathlib import Path

import joblib
import numpy as np
from sklearn.metrics import recall_score, roc_auc_score

ALERT = 0.3
"""The probability from which a transaction is held."""


def main() -> None:
    """Load the model and the rows, and write the metrics."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--input", type=Path, default=Path("/opt/ml/processing/input"))
    parser.add_argument("--output", type=Path, default=Path("/opt/ml/processing/output"))
    given = parser.parse_args()
    with tarfile.open(given.input / "model" / "model.tar.gz") as archive:
        inside = next(it for it in archive if it.name.rpartition("/")[2] == "model.joblib")
        model = joblib.load(io.BytesIO(archive.extractfile(inside).read()))
    files = sorted((given.input / "data").rglob("*.csv"))
    rows = np.vstack([np.loadtxt(file, delimiter=",", ndmin=2) for file in files])
    truth, scores = rows[:, 0], model.predict_proba(rows[:, 1:])[:, 1]
    found = {
        "auc": roc_auc_score(truth, scores),
        "recall": recall_score(truth, scores >= ALERT),
    }
    folder = given.output / "evaluation"
    folder.mkdir(parents=True, exist_ok=True)
    metrics = {name: {"value": round(float(value), 6)} for name, value in found.items()}
    (folder / "evaluation.json").write_text(json.dumps({"metrics": metrics}, indent=1))
    print(json.dumps(metrics))


if __name__ == "__main__":
    main()
