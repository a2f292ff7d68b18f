"""Fits boosted trees on card transactions; SageMaker runs it in the scikit-learn image.

It says after each few rounds how good the trees are, so that a search can stop a job that will not
win, and keeps what it has, so that an interrupted job goes on. The jobs of a search have one place
for what they keep, so each has a folder by its own name.
"""

import argparse
import os
import shutil
from pathlib import Path
from typing import Any

import joblib
import numpy as np
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.metrics import roc_auc_score

STEP = 10


def table(channel: str) -> Any:  # noqa: ANN401 - an array of numpy
    """All rows of a channel, the label first."""
    folder = Path(os.environ[f"SM_CHANNEL_{channel.upper()}"])
    files = sorted(folder.rglob("*.csv"))
    return np.vstack([np.loadtxt(file, delimiter=",", ndmin=2) for file in files])


def kept(file: Path) -> "tuple[GradientBoostingClassifier | None, int]":
    """The trees of a job that was interrupted, and how many rounds they have."""
    if not file.is_file():
        return None, 0
    found = joblib.load(file)
    return found["trees"], found["rounds"]


def say(trees: GradientBoostingClassifier, rows: Any) -> None:  # noqa: ANN401 - an array of numpy
    """Print how good the trees are, which the search reads."""
    scores = trees.predict_proba(rows[:, 1:])[:, 1]
    print(f"validation:auc={roc_auc_score(rows[:, 0], scores):.5f};", flush=True)


def main() -> None:
    """Fit, say how good it is, and write the model where SageMaker takes it from."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--max_depth", type=int, default=4)
    parser.add_argument("--learning_rate", type=float, default=0.1)
    parser.add_argument("--subsample", type=float, default=0.8)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--checkpoints", type=Path, default=Path("/opt/ml/checkpoints"))
    given, _ = parser.parse_known_args()
    checkpoint = given.checkpoints / os.environ["TRAINING_JOB_NAME"] / "trees.joblib"
    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    train, validation = table("train"), table("validation")
    trees, done = kept(checkpoint)
    if trees is None:
        trees = GradientBoostingClassifier(
            max_depth=given.max_depth,
            learning_rate=given.learning_rate,
            subsample=given.subsample,
            random_state=given.seed,
            warm_start=True,
        )
    else:
        say(trees, validation)
    for rounds in range(done + STEP, given.rounds + STEP, STEP):
        trees.set_params(n_estimators=min(rounds, given.rounds))
        trees.fit(train[:, 1:], train[:, 0])
        say(trees, validation)
        joblib.dump({"trees": trees, "rounds": rounds}, checkpoint)
    model = Path(os.environ["SM_MODEL_DIR"])
    joblib.dump(trees, model / "model.joblib")
    (model / "code").mkdir(parents=True, exist_ok=True)
    shutil.copy(Path(__file__).with_name("serve.py"), model / "code" / "serve.py")


if __name__ == "__main__":
    main()
