"""Makes the tables that the fraud model learns from; SageMaker runs it as the prepare phase.

The example has no card data, so transactions are made up, and always the same ones: what makes
fraud likely is known here, and the model has to find it. Rows are CSV without a header, the label
first.
"""

import argparse
import csv
from pathlib import Path
from typing import Any

import numpy as np

FOREIGN, CHIP = 0.12, 0.8
"""Shares of cards abroad, and of payments by chip."""
NIGHT, FAR = 5, 60.0
"""The hour at which the night ends, and kilometres from home that are many."""
SHARES = {"train": 0.6, "validation": 0.2, "test": 0.2}


def transactions(rows: int, seed: int) -> Any:  # noqa: ANN401 - an array of numpy
    """Whether each is fraud, then amount, card age, velocity, distance, hour, foreign, chip."""
    made = np.random.default_rng(seed)
    amount = made.lognormal(3.4, 1.0, rows)
    age = made.gamma(2.0, 400.0, rows)
    velocity = made.poisson(1.2, rows).astype(float)
    distance = made.exponential(40.0, rows)
    hour = made.integers(0, 24, rows).astype(float)
    foreign = (made.random(rows) < FOREIGN).astype(float)
    chip = (made.random(rows) < CHIP).astype(float)
    night = (hour < NIGHT).astype(float)
    odds = (
        -3.9
        + 1.1 * velocity
        + 0.9 * np.log1p(amount / 60.0) * (1.0 + foreign)
        + 2.2 * foreign * (1.0 - chip)
        + 1.6 * night * (distance > FAR)
        - 0.0012 * age
    )
    fraud = (made.random(rows) < 1.0 / (1.0 + np.exp(-3.2 * odds))).astype(float)
    return np.column_stack([fraud, amount, age, velocity, distance, hour, foreign, chip])


def main() -> None:
    """Make the transactions and split them; which goes where is chance, and always the same."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--output", default="/opt/ml/processing/output")
    given = parser.parse_args()
    table = transactions(given.rows, given.seed)
    begin = 0
    for name, share in SHARES.items():
        end = begin + round(share * len(table))
        folder = Path(given.output) / name
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "part-0.csv").open("w", newline="") as file:
            rows = csv.writer(file)
            rows.writerows([f"{value:.6g}" for value in row] for row in table[begin:end])
        print(f"{name}: {end - begin} rows, {int(table[begin:end, 0].sum())} of them fraud")
        begin = end


if __name__ == "__main__":
    main()
