"""The definition that a Training compiles to equals what the SageMaker SDK writes for its steps.

`make oracle` installs the SDK in a place of its own and runs this; without it these are skipped.
What differs and means the same is in `SAME`, each with its reason; anything else is a fault.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from reconciler.facts.pipelines.checks import faults
from tests.kinds.test_pipeline_arguments import NAMES, definition

Json = Any
SDK = os.environ.get("MOORLINE_SDK", "")
"""An interpreter that can import `sagemaker`."""
pytestmark = pytest.mark.skipif(not SDK, reason="the SageMaker SDK is not here: make oracle")
LIMIT = 1800


def _renamed(step: Json) -> None:
    """`ModelStep` puts what it does behind the name that it is given."""
    if step["Type"] == "RegisterModel":
        step["Name"] = step["Name"].removesuffix("-RegisterModel")


def _resources(step: Json) -> None:
    """A search takes its instances by either name, and the SDK uses the newer one."""
    job = step["Arguments"].get("TrainingJobDefinition") or {}
    if "HyperParameterTuningResourceConfig" in job:
        job["ResourceConfig"] = job.pop("HyperParameterTuningResourceConfig")


DEFAULTS: dict[str, Json] = {
    "AppManaged": False,
    "EnableInterContainerTrafficEncryption": False,
    "EnableManagedSpotTraining": False,
    "EnableNetworkIsolation": False,
    "Bias": {},
    "Environment": {},
    "Explainability": {},
    "HyperParameters": {},
    "SkipModelValidation": "None",
    "StaticHyperParameters": {},
    "Tags": [],
}
"""What SageMaker takes an absent member for: we say some of them, the SDK others."""


def _defaults(value: Json) -> None:
    for name, item in [*value.items()] if isinstance(value, dict) else [*enumerate(value)]:
        if name in DEFAULTS and item == DEFAULTS[name]:
            del value[name]
        elif isinstance(item, dict | list):
            _defaults(item)


def _closed(step: Json) -> None:
    """The profiler takes no new accounts: we say nothing of it, the SDK that it is off."""
    if step["Arguments"].get("ProfilerConfig") == {"DisableProfiler": True}:
        del step["Arguments"]["ProfilerConfig"]


SAME: tuple[Callable[[Json], None], ...] = (_renamed, _resources, _defaults, _closed)


def settled(found: Json) -> Json:
    """A definition in which what means the same is written the same."""
    for step in _steps(found["Steps"]):
        for each in SAME:
            each(step)
    if found.get("PipelineExperimentConfig") is None:  # nothing is logged, which the SDK says
        found.pop("PipelineExperimentConfig", None)
    found["Parameters"] = [
        {key: value for key, value in each.items() if value is not None}
        for each in found["Parameters"]
    ]
    return found


def _steps(found: Json) -> Iterator[Json]:
    for step in found:
        yield step
        if step["Type"] == "Condition":
            yield from _steps([*step["Arguments"]["IfSteps"], *step["Arguments"]["ElseSteps"]])


@cache
def rebuilt() -> dict[str, Json]:
    """What the SDK writes, by the name of a Training; all in one process, for it is slow."""
    given = json.dumps([definition(name) for name in NAMES])
    script = Path(__file__).with_name("rebuild.py")
    done = subprocess.run(
        [SDK, str(script)], input=given, capture_output=True, text=True, timeout=LIMIT, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(zip(NAMES, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_what_the_sdk_writes(name: str) -> None:
    assert settled(definition(name)) == settled(json.loads(json.dumps(rebuilt()[name])))


@pytest.mark.parametrize("name", NAMES)
def test_what_the_sdk_writes_is_right_by_our_grammar(name: str) -> None:
    assert [each.text for each in faults(rebuilt()[name])] == []
