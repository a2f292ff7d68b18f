"""What a check refuses is what the sandbox refuses as SageMaker does, and nothing else is."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.sandbox.services.sagemaker.jobs import refusing

from .test_training_rules import BAD, Case, body

CHECKED_BY_SAGEMAKER = (
    "maxWait below maxRuntime",
    "a range upside down",
    "a range of one point",
    "a choice of one, and one twice",
    "a logarithm of nothing",
    "reverse logarithmic up to 1",
    "hyperband with early stopping",
    "hyperband without epochs",
    "hyperband with epochs upside down",
    "epochs without hyperband",
    "a grid of numbers",
    "a grid with another number of jobs",
    "a grid with more points than jobs",
    "a hyperparameter fixed and tuned",
    "a search of a minute",
)
"""Faults that SageMaker finds when a job is made; others it finds while it runs, or never."""
BY_NAME = {case.says: case for case in BAD}


def refusal(case: Case) -> str:
    """Why the sandbox refuses the job that a spec compiles to."""
    arguments: dict[str, Any] = body(case.spec)["Steps"][0]["Arguments"]
    if "HyperParameterTuningJobConfig" in arguments:
        return refusing.tuning(arguments)
    return refusing.training(arguments)


@pytest.mark.parametrize("name", CHECKED_BY_SAGEMAKER)
def test_what_is_refused_here_is_refused_there(name: str) -> None:
    assert refusal(BY_NAME[name])


RIGHT = [case for case in BAD if not any(each.startswith("E") for each in case.faults)]


@pytest.mark.parametrize("case", RIGHT, ids=[case.says for case in RIGHT])
def test_what_passes_here_is_taken_there(case: Case) -> None:
    assert refusal(case) == ""


@pytest.mark.parametrize(
    ("type_", "refused"),
    [
        ("ml.m5.large", False),
        ("ml.c7g.large", True),
        ("ml.m5d.large", True),
        ("ml.z9.large", False),
    ],
)
def test_a_type_that_training_does_not_have(type_: str, refused: bool) -> None:
    assert bool(refusing.training({"ResourceConfig": {"InstanceType": type_}})) == refused


def test_more_jobs_than_a_strategy_has() -> None:
    for strategy, jobs, refused in (("Random", 10_000, False), ("Random", 10_001, True),
                                    ("Bayesian", 750, False), ("Bayesian", 751, True)):  # fmt: skip
        limits = {"MaxNumberOfTrainingJobs": jobs, "MaxParallelTrainingJobs": 1}
        config = {"Strategy": strategy, "ResourceLimits": limits}
        job = {"HyperParameterTuningJobConfig": config, "TrainingJobDefinition": {"RoleArn": "r"}}
        assert bool(refusing.tuning(job)) == refused
