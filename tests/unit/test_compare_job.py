"""The job that compares a model with the version in production."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest

from reconciler.jobs import compare
from reconciler.jobs.compare import CompareError

ARN = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/fraud/"


def version(number: int, stage: str = "") -> dict[str, Any]:
    life = {"ModelLifeCycle": {"Stage": stage, "StageStatus": "Active"}} if stage else {}
    return {"ModelPackageArn": f"{ARN}{number}", "ModelPackageVersion": number, **life}


class Aws:
    """A group of versions in two pages, and what the one in production was registered with."""

    def __init__(self, *versions: dict[str, Any], metrics: dict[str, Any] | None = None) -> None:
        self.versions = versions
        self.metrics = metrics
        self.asked: list[Any] = []

    def __call__(self, _service: str) -> Aws:
        return self

    def get_paginator(self, _name: str) -> Aws:
        return self

    def paginate(self, **given: str) -> list[dict[str, Any]]:
        self.asked.append(given)
        half = len(self.versions) // 2
        return [{"ModelPackageSummaryList": [*it]}
                for it in (self.versions[:half], self.versions[half:])]  # fmt: skip

    def describe_model_package(self, **given: str) -> dict[str, Any]:
        self.asked.append(given)
        if self.metrics is None:
            return {}
        return {"ModelMetrics": {"ModelQuality": {"Statistics": {"S3Uri": "s3://b/old/e.json"}}}}

    def get_object(self, **given: str) -> dict[str, Any]:
        assert given == {"Bucket": "b", "Key": "old/e.json"}
        return {"Body": io.BytesIO(json.dumps({"metrics": self.metrics}).encode())}


def compared(folder: Path, aws: Aws, new: dict[str, float], *goals: str) -> Any:
    evaluation, to = folder / "evaluation.json", folder / "out" / "comparison.json"
    evaluation.write_text(json.dumps({"metrics": {k: {"value": v} for k, v in new.items()}}))
    words = ["--group", "fraud", "--evaluation", str(evaluation), "--to", str(to)]
    compare.main([*words, *(it for goal in goals for it in ("--metric", goal))], aws)
    return json.loads(to.read_text())


@pytest.mark.parametrize(
    ("new", "old", "goal", "good"),
    [
        (0.95, 0.94, "maximize", True),
        (0.94, 0.94, "maximize", True),
        (0.93, 0.94, "maximize", False),
        (0.11, 0.12, "minimize", True),
        (0.13, 0.12, "minimize", False),
    ],
)
def test_a_model_is_as_good_or_it_is_not(
    tmp_path: Path, new: float, old: float, goal: str, good: bool
) -> None:
    aws = Aws(version(3), version(2, "Production"), metrics={"m": {"value": old}})
    found = compared(tmp_path, aws, {"m": new}, f"m={goal}")
    assert found["production"] == f"{ARN}2"
    assert (found["metrics"]["m"]["margin"] >= 0) is good
    assert found["metrics"]["m"]["production"] == old


@pytest.mark.scenario("T29")
def test_versions_are_asked_for_by_their_group_and_to_the_last_page(tmp_path: Path) -> None:
    many = [version(number) for number in range(229, 0, -1)]
    aws = Aws(*many, version(230, "Production"), metrics={"auc": {"value": 0.9}})
    found = compared(tmp_path, aws, {"auc": 0.8}, "auc=maximize")
    assert aws.asked[0] == {"ModelPackageGroupName": "fraud"}
    assert found["production"] == f"{ARN}230"


def test_where_none_is_in_production_there_is_nothing_to_be_worse_than(tmp_path: Path) -> None:
    found = compared(tmp_path, Aws(version(1), version(2, "Staging")), {"auc": 0.2}, "auc=maximize")
    assert found == {"production": None, "metrics": {"auc": {"value": 0.2, "margin": 0.0}}}


@pytest.mark.parametrize(
    ("aws", "new", "why"),
    [
        (Aws(version(1, "Production"), version(2, "Production")), {"auc": 1.0}, "several versions"),
        (Aws(version(1, "production")), {"auc": 1.0}, "registered without metrics"),
        (Aws(version(1, "Production"), metrics={"f1": {"value": 1}}), {"auc": 1.0}, "no value of"),
        (Aws(), {"f1": 1.0}, "the new model has no value of 'auc'"),
        (Aws(), {"auc": float("nan")}, "no value of"),
        (Aws(), {"auc": True}, "no value of"),
    ],
)
def test_what_cannot_be_compared_is_an_error_and_never_a_pass(
    tmp_path: Path, aws: Aws, new: dict[str, float], why: str
) -> None:
    with pytest.raises(CompareError, match=why):
        compared(tmp_path, aws, new, "auc=maximize")
