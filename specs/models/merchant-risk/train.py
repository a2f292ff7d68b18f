"""Fits the risk of a merchant on its features; SageMaker runs it in an image with PyTorch."""

import argparse
import os
from pathlib import Path

import pandas as pd
import torch
from sklearn.metrics import average_precision_score

FEATURES = ["chargeback_rate_90d", "refund_rate_90d", "ticket_median_30d", "onboarded_days"]


def table() -> tuple[torch.Tensor, torch.Tensor]:
    """The latest features of each merchant, and whether one of its payments was disputed."""
    merchants = pd.read_parquet(os.environ["SM_CHANNEL_MERCHANTS"])
    latest = merchants.sort_values("event_time").groupby("merchant_id").last()
    files = sorted(Path(os.environ["SM_CHANNEL_LABELS"]).rglob("*.csv"))
    disputed = pd.concat(pd.read_csv(file) for file in files)["merchant_id"].unique()
    inputs = torch.tensor(latest[FEATURES].fillna(0).to_numpy(), dtype=torch.float32)
    return inputs, torch.tensor(latest.index.isin(disputed), dtype=torch.float32)


def main() -> None:
    """Fit, say how good it is, and write the model where SageMaker takes it from."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--epochs", type=int, default=30)
    parser.add_argument("--batch_size", type=int, default=512)
    parser.add_argument("--learning_rate", type=float, default=0.001)
    given, _ = parser.parse_known_args()
    inputs, labels = table()
    inputs = (inputs - inputs.mean(0)) / (inputs.std(0) + 1e-6)
    held = torch.arange(len(labels)) % 5 == 0
    kept = (~held).nonzero().squeeze(1)
    model = torch.nn.Sequential(torch.nn.Linear(4, 16), torch.nn.ReLU(), torch.nn.Linear(16, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=given.learning_rate)
    loss_of = torch.nn.BCEWithLogitsLoss()
    for _ in range(given.epochs):
        for batch in kept[torch.randperm(len(kept))].split(given.batch_size):
            loss = loss_of(model(inputs[batch]).squeeze(1), labels[batch])
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
        print(f"train_loss={loss.item():.5f}")
    scores = torch.sigmoid(model(inputs[held])).squeeze(1).detach()
    print(f"val_pr_auc={average_precision_score(labels[held], scores):.4f}")
    torch.jit.script(model).save(f"{os.environ['SM_MODEL_DIR']}/model.pt")


if __name__ == "__main__":
    main()
