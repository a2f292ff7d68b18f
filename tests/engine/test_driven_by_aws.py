"""`drive: aws`: an apply starts a rollout, and a function in AWS drives it, by the same table."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sweeps import LONG

from reconciler.aws.strays import made
from reconciler.compile import compiler
from reconciler.jobs import DRIVER, driver, package
from reconciler.rollout import marks
from reconciler.sandbox.door.faults import Faults
from reconciler.sandbox.inprocess import sandbox

from . import canary
from .canary import NAME, World
from .platform import Platform, join, spec, steps

MARKS = "moorline:rollout"
ARTIFACTS = spec("DataSource", "artifacts", "{s3: {}}")
FAULTS = Faults()
SCALE = (
    "  autoscale: {atLeast: 4, atMost: 9, targets: [{metric: InvocationsPerInstance, value: 9}]}\n"
)


def text(image: int = 1) -> str:
    return join(ARTIFACTS, canary.text(image, more=f"  drive: aws\n{SCALE}"))


@pytest.fixture
def world() -> Iterator[World]:
    """An endpoint with version 1, ten requests a second, and a machine beside it."""
    with sandbox() as aws:
        aws.faults = FAULTS
        platform = Platform(aws, assets="{source: artifacts}")
        platform.text = text()
        platform.converge()
        assert steps(platform.plan()) == []
        aws.traffic(NAME, 10)
        yield World(platform, aws)


def runs(world: World) -> list[dict[str, Any]]:
    states = world.platform.client("stepfunctions")
    (machine,) = states.list_state_machines()["stateMachines"]
    found = states.list_executions(stateMachineArn=machine["stateMachineArn"])["executions"]
    return list(found)


def said(world: World) -> list[dict[str, Any]]:
    """What the function has answered in the longest run, look by look."""
    states = world.platform.client("stepfunctions")
    told = []
    for each in runs(world):
        events = states.get_execution_history(executionArn=each["executionArn"], maxResults=1000)
        outputs = [
            event["taskSucceededEventDetails"]["output"]
            for event in events["events"]
            if event.get("taskSucceededEventDetails", {}).get("resourceType") == "lambda"
        ]
        told.append([json.loads(each)["Payload"] for each in outputs])
    return max(told, key=len)


def held(world: World) -> bool:
    """Whether the autoscaler takes no instances away now."""
    scaler = world.platform.client("application-autoscaling")
    (found,) = scaler.describe_scalable_targets(ServiceNamespace="sagemaker")["ScalableTargets"]
    return bool(found["SuspendedState"]["DynamicScalingInSuspended"])


def pass_time(world: World, minutes: int) -> None:
    """Minute after minute, until the marks say that the rollout is over."""
    for _ in range(minutes):
        world.aws.clock.advance(60)
        world.platform.client("sts").get_caller_identity()
        found = marks.read(world.tags)
        if found is not None and found.ended:
            break


def test_where_no_rollout_runs_a_run_is_over_at_once(world: World) -> None:
    assert runs(world) == []
    world.sagemaker.update_endpoint_weights_and_capacities(
        EndpointName=NAME,
        DesiredWeightsAndCapacities=[{"VariantName": "primary", "DesiredWeight": 1.0}],
    )
    pass_time(world, 3)
    assert {each["status"] for each in runs(world)} == {"SUCCEEDED"}
    assert {each["state"] for each in said(world)} == {"over"}


@pytest.mark.skipif(not LONG, reason="every two minutes a process: `make test-long`")
def test_a_healthy_version_goes_all_the_way(world: World) -> None:
    assert world.apply(text(2)).failures == {}
    assert world.weights == {"primary": 100, "candidate": 0}
    pass_time(world, 50)
    assert world.marks.ended.startswith("completed")
    assert (world.config, world.weights) == (world.marks.target, {"primary": 1.0})
    assert "FAILED" not in {each["status"] for each in runs(world)}
    acts = [each["act"] for each in said(world)]
    assert acts.count("finish") == 1
    left = steps(world.plan(text(2)))  # what the version before was made of
    assert {action for action, _ in left} == {"delete"}


def test_a_bad_version_is_rolled_back(world: World) -> None:
    world.aws.behave(f"{NAME}/candidate", errors=0.4)
    assert world.apply(text(2)).failures == {}
    assert held(world)
    pass_time(world, 40)
    assert not held(world)
    assert world.marks.ended.startswith(("aborted", "rolled-back"))
    assert (world.config, world.counts) == (world.marks.base, {"primary": 4})
    assert max(each["step"] for each in said(world)) == 1


def test_what_nobody_asked_for_fails_the_run_and_moves_nothing(world: World) -> None:
    assert world.apply(text(2)).failures == {}
    place = compiler.place_of(world.platform.request().view)
    assert made(world.platform.session, place, "Rollout/scorer").machine
    arn = world.endpoint["EndpointArn"]
    spoilt = [{"Key": key, "Value": "x"} for key in world.tags if key.startswith(MARKS)]
    world.sagemaker.add_tags(ResourceArn=arn, Tags=spoilt)
    pass_time(world, 1)
    assert [each["status"] for each in runs(world)] == ["FAILED"]
    assert world.weights == {"primary": 100, "candidate": 0}
    (letter,) = letters(world)
    assert (letter["error"], letter["step"]) == ("Moorline.Stopped", "look")


def letters(world: World) -> list[dict[str, Any]]:
    queues = world.platform.client("sqs")
    (url,) = [each for each in queues.list_queues()["QueueUrls"] if "driver" in each]
    found = queues.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    return [json.loads(each["Body"]) for each in found]


def test_the_zip_is_whole_and_the_same_everywhere(tmp_path: Path) -> None:
    assert package(DRIVER) == package(DRIVER)
    assert sum(map(len, driver().values())) < 400_000
    archive = tmp_path / "code.zip"
    archive.write_bytes(package(DRIVER))
    program = (
        f"import sys; sys.path.insert(0, {str(archive)!r});"
        "import reconciler.aws.function.handler as found;"
        "names = [n for n, m in sys.modules.items() if n.split('.')[0] == 'reconciler'];"
        f"print(all({str(archive)!r} in sys.modules[n].__file__ for n in names), len(names))"
    )
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-B", "-c", program],
        capture_output=True, text=True, check=True, env={}, cwd=tmp_path,
    )  # fmt: skip
    whole, number = run.stdout.split()
    assert (whole, int(number) >= 30) == ("True", True)
