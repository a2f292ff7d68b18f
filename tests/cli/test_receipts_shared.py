"""Receipts of a team: a bucket that several processes share, plan files, what owners move."""

from __future__ import annotations

import json
import subprocess
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from pathlib import Path
from typing import Any

import pytest
from sweeps import only_long

from reconciler.sandbox import lifecycle

from .folder import Folder
from .mistakes import environment, spec
from .result import LIMIT, Result as Said, checked

KEPT = "acme-receipts"
BODY = '  platform: acme\n  sandbox: true\n  account: "123456789012"\n  region: eu-west-1\n'
SHARED = f"{BODY}  receipts: {{bucket: {KEPT}}}\n  protection: {{allow: [traffic]}}\n"
SCORER = """
  model:
    image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1
    artifact: s3://team-models/models/1.tar.gz
  serve: {realtime: {instanceType: ml.c7g.xlarge, instances: 2}}
"""
NAME = "acme-local-scorer"
COUNT = ["ProductionVariants", "primary", "DesiredInstanceCount"]


def made(path: Path, body: str = SHARED) -> Folder:
    """A bucket and an endpoint, and a bucket for receipts; nothing is applied."""
    folder = Folder(path)
    folder.write("specs/ledger.yaml", spec("DataSource", "ledger", "  s3: {}\n"))
    folder.write("specs/scorer.yaml", spec("Rollout", "scorer", SCORER))
    folder.write("environments/local.yaml", environment("local", body))
    location = {"LocationConstraint": "eu-west-1"}
    for bucket in (KEPT, "team-models"):
        folder.client("s3").create_bucket(Bucket=bucket, CreateBucketConfiguration=location)
    folder.client("s3").put_object(Bucket="team-models", Key="models/1.tar.gz", Body=b"a model")
    return folder


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Folder]:
    folder = made(tmp_path)
    yield folder
    lifecycle.stop(folder.state)


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    """The same, applied."""
    folder = made(tmp_path_factory.mktemp("shared"))
    folder.run("apply", "-e", "local", "--yes", expect=0)
    yield folder
    lifecycle.stop(folder.state)


def keys(folder: Folder) -> list[str]:
    found = folder.client("s3").list_objects_v2(Bucket=KEPT).get("Contents", [])
    return [each["Key"] for each in found]


def newest(folder: Folder) -> dict[str, Any]:
    client = folder.client("s3")
    key = [each for each in keys(folder) if each.endswith(".json")][-1]
    found: dict[str, Any] = json.loads(client.get_object(Bucket=KEPT, Key=key)["Body"].read())
    return found


# -- two processes


def ended(process: subprocess.Popen[str]) -> Said:
    out, err = process.communicate(timeout=LIMIT)
    return checked(Said(process.returncode, out, err), None)


@pytest.fixture(scope="module")
def race(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Folder, Said, Said]]:
    """Two applies are started at once; whoever gets the lease has to wait for an endpoint."""
    folder = made(tmp_path_factory.mktemp("race"))
    folder.control("clock", {"mode": "manual", "durations": {"endpoint": 3600}})
    processes = [folder.start("apply", "-e", "local", "--json") for _ in range(2)]
    try:
        with ThreadPoolExecutor(2) as pool:
            running = {pool.submit(ended, process) for process in processes}
            first, rest = wait(running, LIMIT, FIRST_COMPLETED)
            ends = time.monotonic() + LIMIT  # the refused one may end before the endpoint begins
            while not folder.calls.get("sagemaker.CreateEndpoint") and time.monotonic() < ends:
                time.sleep(0.2)
            folder.control("clock", {"mode": "auto", "advance": 3700})
            said = (first.pop().result(), rest.pop().result())
    finally:
        for process in processes:
            process.kill()
    yield (folder, *said)
    lifecycle.stop(folder.state)


def test_of_two_processes_one_applies(race: tuple[Folder, Said, Said]) -> None:
    folder, refused, applied = race
    assert (refused.code, applied.code) == (1, 0), refused.text + applied.text
    done, planned = (applied.json[key] for key in ("outcome", "plan"))
    assert len(done["done"]) == len(planned["steps"]) > 0
    made = ("iam.CreateRole", "sagemaker.CreateModel", "sagemaker.CreateEndpoint")
    assert {folder.calls[each] for each in made} == {1}
    assert folder.run("plan", "-e", "local", "--json", expect=0).steps == []


def test_the_other_is_told_who_applies_since_when(race: tuple[Folder, Said, Said]) -> None:
    _, refused, applied = race
    assert refused.codes == ["LEASE001"]
    (found,) = refused.json["diagnostics"]
    since = newest(race[0])["started"]
    assert found["message"] == f"{newest(race[0])['who']} applies 'local' since {since}"
    assert "nothing was changed" in found["help"]
    assert applied.json["receipt"]["problems"] == []


def test_only_one_leaves_a_receipt_and_the_lease_is_free(race: tuple[Folder, Said, Said]) -> None:
    id_ = race[2].json["receipt"]["id"]
    assert keys(race[0]) == [f"local/{id_}.json", "local/latest"]


# -- a plan file


@only_long
def test_a_receipt_of_a_plan_file_knows_the_specs(empty: Folder) -> None:
    empty.run("plan", "-e", "local", "-o", "plan.json", expect=0)
    file = json.loads((empty.path / "plan.json").read_bytes())
    assert (file["format_version"], file["specs"].keys()) == (
        2,
        {"DataSource/ledger", "Rollout/scorer"},
    )
    rule = {"service": "sagemaker", "operation": "CreateModel", "code": "ResourceLimitExceeded"}
    empty.control("faults", {**rule, "times": 1})
    empty.run("apply", "plan.json", "--yes", expect=1)
    kept = newest(empty)
    assert (kept["result"], kept["specs"]) == ("failed", file["specs"])
    empty.edit("specs/scorer.yaml", "instances: 2", "instances: 3")
    left = empty.run("apply", "-e", "local", "--resume", "--json", expect=0).json["receipt"]
    why = {each["step"].partition("/")[0]: each["why"] for each in left["left_out"]}
    assert why["AWS::SageMaker::Endpoint"].startswith("needs ") or "Rollout/scorer" in str(why)
    assert any("Rollout/scorer has changed since" in each for each in why.values())


# -- what owners move at run time


def autoscaled(folder: Folder) -> None:
    folder.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="sagemaker",
        ResourceId=f"endpoint/{NAME}/variant/primary",
        ScalableDimension="sagemaker:variant:DesiredInstanceCount",
        MinCapacity=1,
        MaxCapacity=20,
    )


def scale(folder: Folder, count: int) -> None:
    folder.control("scale", {"endpoint": NAME, "variant": "primary", "count": count})


@only_long
def test_drift_names_what_an_autoscaler_moved_and_is_none(live: Folder) -> None:
    autoscaled(live)
    scale(live, 7)
    said = live.run("drift", "-e", "local", "--json", expect=0).json
    assert said["drifted"] == []
    (owned,) = said["owned"]
    assert (owned["name"], owned["spec"], owned["action"]) == (NAME, "Rollout/scorer", "none")
    (field,) = owned["fields"]
    assert (field["path"], field["declared"], field["live"]) == (COUNT, 2, 7)
    assert field["cause"] == "autoscaler"
    text = live.run("drift", "-e", "local", expect=0).out
    assert "7 → 2" in text
    assert "(owned by autoscaler; apply leaves it)" in text
    assert "No drift." in text
    assert live.run("plan", "-e", "local", "--json", "--detailed-exitcode", expect=0).steps == []
    scale(live, 2)


@only_long
def test_without_an_owner_it_was_changed_by_hand(empty: Folder) -> None:
    empty.run("apply", "-e", "local", "--yes", expect=0)
    scale(empty, 7)
    said = empty.run("drift", "-e", "local", "--json", expect=4).json
    assert said["owned"] == []
    assert [each["fields"][0]["cause"] for each in said["drifted"]] == ["changed-by-hand"]
    text = empty.run("drift", "-e", "local", expect=4).out
    assert "1 changed by another" in text


# -- without receipts


def test_without_any_receipt_the_same_is_planned_and_done(live: Folder, tmp_path: Path) -> None:
    """Receipts, pointer and lease are deleted; nothing but causes may differ."""
    live.edit("specs/scorer.yaml", "instances: 2", "instances: 3")
    live.edit("specs/ledger.yaml", "owner: team", "owner: others")
    live.client("s3").put_bucket_versioning(
        Bucket="acme-local-ledger-123456789012", VersioningConfiguration={"Status": "Suspended"}
    )
    with_ = live.run("plan", "-e", "local", "--json", expect=0).json
    drift = live.run("drift", "-e", "local", "--json", expect=4).json
    causes = {field["cause"] for step in with_["steps"] for field in step["fields"]}
    assert causes == {"spec-changed", "changed-by-hand"}
    for key in keys(live):
        live.client("s3").delete_object(Bucket=KEPT, Key=key)
    without = live.run("plan", "-e", "local", "--json", expect=0).json
    assert {field["cause"] for step in without["steps"] for field in step["fields"]} == {"unknown"}
    assert without["digest"] == with_["digest"]
    calls = [with_["summary"].pop("calls_made"), without["summary"].pop("calls_made")]
    looked_up = sum(bool(step.pop("by")) for step in without["steps"])
    looked_up -= sum(bool(step.pop("by")) for step in with_["steps"])
    assert calls[0] - calls[1] + looked_up == 1, "the pointer was there and led to a receipt"
    assert plain_plan(without) == plain_plan(with_)
    without_drift = live.run("drift", "-e", "local", "--json", expect=4).json
    assert [each["name"] for each in without_drift["drifted"]] == [
        each["name"] for each in drift["drifted"]
    ]
    done = live.run("apply", "-e", "local", "--json", expect=0).json
    assert done["plan"]["digest"] == with_["digest"]
    assert live.run("plan", "-e", "local", "--json", "--detailed-exitcode", expect=0).steps == []


def plain_plan(plan: dict[str, Any]) -> str:
    """A plan without its causes."""
    for step in plan["steps"]:
        for part in (step, *step["fields"]):
            del part["cause"]
    return json.dumps(plan)
