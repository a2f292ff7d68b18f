"""Which calls of SageMaker's a new account is refused, by what they ask for, and who is let in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from reconciler.facts.availability import table
from reconciler.sandbox.iam.newcomer import REFUSALS, refused
from reconciler.sandbox.state.world import WORLD

REGISTRY = "123456789012.dkr.ecr.eu-west-1.amazonaws.com"


def image(name: str) -> dict[str, Any]:
    return {"AppSpecification": {"ImageUri": f"{REGISTRY}/{name}"}}


# the operation, what it is given, and which part of SageMaker it needs
CASES: dict[str, tuple[str, dict[str, Any], str]] = {
    "a job of Clarify": (
        "CreateProcessingJob", image("sagemaker-clarify-processing:1.0"), "clarify"),
    "a job of Model Monitor": (
        "CreateProcessingJob", image("sagemaker-model-monitor-analyzer"), "model-monitor"),
    "a job of ours": ("CreateProcessingJob", image("sagemaker-scikit-learn:1.2-1"), ""),
    "a job without an image": ("CreateProcessingJob", {}, ""),
    "a hook": ("CreateTrainingJob", {"DebugHookConfig": {"S3OutputPath": "s3://b"}}, "debugger"),
    "a profiler": ("CreateTrainingJob", {"ProfilerConfig": {"S3OutputPath": "s3://b"}}, "profiler"),
    "a profiler that is off": (
        "CreateTrainingJob", {"ProfilerConfig": {"DisableProfiler": True}}, ""),
    "an explainer": ("CreateEndpointConfig", {"ExplainerConfig": {"A": 1}}, "clarify"),
    "a schedule": ("CreateMonitoringSchedule", {}, "model-monitor"),
    "a check of quality": ("QualityCheck", {}, "model-monitor"),
}  # fmt: skip


@pytest.fixture(autouse=True)
def new() -> Iterator[None]:
    WORLD.newcomer = True
    yield
    WORLD.newcomer, WORLD.uses = False, frozenset()


@pytest.mark.parametrize("what", CASES)
def test_a_new_account_is_refused_what_needs_a_part(what: str) -> None:
    operation, given, part = CASES[what]
    found = refused("sagemaker", operation, given)
    assert (found.part if found else "") == part
    WORLD.uses = frozenset({part})
    assert refused("sagemaker", operation, given) is None


def test_parts_are_called_as_in_the_table() -> None:
    named = {each.part for each in REFUSALS if each.service == "sagemaker"}
    assert named <= table().rows.keys()
