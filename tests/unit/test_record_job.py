"""The job that records an execution in a managed MLflow."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from reconciler.jobs import record
from reconciler.jobs.record import RecordError

ARN = "arn:aws:sagemaker:eu-west-1:123456789012:mlflow-tracking-server/acme"
JOB = {
    "HyperParameters": {
        "rounds": "60",
        "kind": '"plain"',
        "sagemaker_program": '"train.py"',
        "_tuning_objective_metric": "auc",
    },
    "FinalMetricDataList": [{"MetricName": "validation:auc", "Value": 0.91}],
    "AlgorithmSpecification": {"TrainingImage": "image:1"},
}


class Server:
    """An MLflow that keeps what it is told; `fails` says what it refuses."""

    def __init__(self, *, there: bool = False, fails: str = "") -> None:
        self.there, self.fails = there, fails
        self.told: list[tuple[str, Mapping[str, Any]]] = []

    def __call__(self, path: str, body: Mapping[str, Any]) -> Mapping[str, Any]:
        self.told.append((path, body))
        if path == self.fails:
            raise RecordError("503 down")
        if path == "experiments/create":
            if self.there:
                raise RecordError("400 it exists", "RESOURCE_ALREADY_EXISTS")
            return {"experiment_id": "7"}
        if path == "experiments/get-by-name":
            return {"experiment": {"experiment_id": "8"}}
        return {"run": {"info": {"run_id": "r1"}}}


class Aws:
    def __call__(self, _service: str) -> Aws:
        return self

    def describe_training_job(self, **given: str) -> dict[str, Any]:
        assert given == {"TrainingJobName": "job-1"}
        return JOB


def recorded(folder: Path, server: Server) -> None:
    evaluation = folder / "evaluation.json"
    evaluation.write_text(json.dumps({"metrics": {"auc": {"value": 0.9}, "odd": {}}}))
    words = ["--mlflow", ARN, "--experiment", "acme-churn", "--job", "job-1", "--execution", "e1",
             "--evaluation", str(evaluation), "--tag", "commit=4f2c9e1",
             "--tag", "data.train=FeatureGroup/customer v2 2026-10-01"]  # fmt: skip
    record.main(words, Aws(), lambda arn: {ARN: server}[arn], 1000.0)


def test_values_metrics_data_and_versions_are_recorded(tmp_path: Path, capsys: Any) -> None:
    server = Server()
    recorded(tmp_path, server)
    told = dict(server.told)
    assert [path for path, _ in server.told] == [
        "experiments/create", "runs/create", "runs/log-batch", "runs/update",
    ]  # fmt: skip
    tags = {it["key"]: it["value"] for it in told["runs/create"]["tags"]}
    assert tags == {
        "commit": "4f2c9e1",
        "data.train": "FeatureGroup/customer v2 2026-10-01",
        "execution": "e1",
        "training_job": "job-1",
        "image": "image:1",
    }
    batch = told["runs/log-batch"]
    assert {it["key"]: it["value"] for it in batch["params"]} == {"rounds": "60", "kind": "plain"}
    found = {it["key"]: it["value"] for it in batch["metrics"]}
    assert found == {"validation.auc": 0.91, "evaluation.auc": 0.9}
    assert told["runs/update"] == {"run_id": "r1", "status": "FINISHED", "end_time": 1_000_000}
    assert "recorded as run r1" in capsys.readouterr().out


def test_an_experiment_that_is_there_is_used(tmp_path: Path) -> None:
    server = Server(there=True)
    recorded(tmp_path, server)
    assert dict(server.told)["runs/create"]["experiment_id"] == "8"


@pytest.mark.scenario("T56")
@pytest.mark.parametrize("fails", ["experiments/create", "runs/create", "runs/log-batch"])
def test_no_execution_fails_because_of_it(tmp_path: Path, fails: str, capsys: Any) -> None:
    recorded(tmp_path, Server(fails=fails))
    assert "nothing is recorded" in capsys.readouterr().out


def test_many_values_come_in_batches() -> None:
    parameters = {f"p{number}": "1" for number in range(230)}
    sent = [*record.batches(parameters, {"m": 1.0}, 5)]
    assert [len(each["params"]) for each in sent] == [100, 100, 30]
    assert [len(each["metrics"]) for each in sent] == [1, 0, 0]


def test_the_address_is_that_of_the_region() -> None:
    assert record.host(ARN) == "https://eu-west-1.experiments.sagemaker.aws"
    with pytest.raises(RecordError, match="aws-cn"):
        record.host(ARN.replace(":aws:", ":aws-cn:"))
