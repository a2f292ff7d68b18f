"""A model from its training to a deployment: searched, judged, registered, approved, promoted."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from docs.markdown import blocks
from sweeps import only_long

from reconciler.sandbox import lifecycle
from reconciler.sandbox.seed import register_package

from .folder import REPOSITORY, Folder
from .mistakes import environment, spec

EXAMPLE, SMALL = "acme-local-fraud", "acme-local-churn"
LOCAL = (
    '  platform: acme\n  sandbox: true\n  account: "123456789012"\n  region: eu-west-1\n'
    "  assets: {source: data}\n"
)
ROLLOUT = """\
  model: {registry: churn}
  serve: {realtime: {instanceType: ml.c6i.large, instances: 1}}
"""


@pytest.fixture
def small(tmp_path: Path) -> Iterator[Folder]:
    """The platform of the tutorial's chapter about training, with a search of three jobs."""
    made = Folder(tmp_path)
    page = [each.text for each in blocks((REPOSITORY / "docs/tutorial.md").read_text())]
    for file in ("churn/model.py", "specs/churn.yaml"):
        made.write(file, next(each for each in page if each.startswith(f"# {file}\n")))
    made.edit("churn/model.py", "range(8)", "range(4)")
    made.edit("specs/churn.yaml", "maxJobs: 20", "maxJobs: 3")
    made.edit("specs/churn.yaml", "maxParallelJobs: 4", "maxParallelJobs: 2")
    made.write("specs/data.yaml", spec("DataSource", "data", "  s3: {}\n"))
    made.write("specs/scorer.yaml", spec("Rollout", "scorer", ROLLOUT))
    made.write("environments/local.yaml", environment("local", LOCAL))
    yield made
    lifecycle.stop(made.state)


def trials(folder: Folder) -> list[dict[str, Any]]:
    """The jobs of the only search, in the order in which they began."""
    client = folder.client("sagemaker")
    (search,) = client.list_hyper_parameter_tuning_jobs()["HyperParameterTuningJobSummaries"]
    found: list[dict[str, Any]] = client.list_training_jobs_for_hyper_parameter_tuning_job(
        HyperParameterTuningJobName=search["HyperParameterTuningJobName"], MaxResults=100
    )["TrainingJobSummaries"]
    return sorted(found, key=lambda each: str(each["TrainingJobName"]))


def reached(trial: dict[str, Any]) -> float:
    """The objective of a job; each has to have one."""
    return float(trial["FinalHyperParameterTuningJobObjectiveMetric"]["Value"])


def most_at_once(found: list[dict[str, Any]]) -> int:
    return max(
        sum(it["CreationTime"] <= each["CreationTime"] < it["TrainingEndTime"] for it in found)
        for each in found
    )


def version(folder: Folder, group: str, number: int = 1) -> dict[str, Any]:
    client = folder.client("sagemaker")
    listed = client.list_model_packages(ModelPackageGroupName=group)["ModelPackageSummaryList"]
    arn = next(it["ModelPackageArn"] for it in listed if it["ModelPackageVersion"] == number)
    found: dict[str, Any] = client.describe_model_package(ModelPackageName=arn)
    return found


def files(package: dict[str, Any]) -> tuple[str, str]:
    """Where a version's model and its evaluation are."""
    (container,) = package["InferenceSpecification"]["Containers"]
    statistics = package["ModelMetrics"]["ModelQuality"]["Statistics"]["S3Uri"]
    return container["ModelDataUrl"], statistics


def auc_of(folder: Folder, uri: str) -> float:
    """What an evaluation says, read as a file."""
    parts = urlsplit(uri)
    s3 = folder.client("s3")
    body = s3.get_object(Bucket=parts.netloc, Key=parts.path.lstrip("/"))["Body"].read()
    return float(json.loads(body)["metrics"]["auc"]["value"])


def registry(folder: Folder, *arguments: str, expect: int = 0) -> str:
    return folder.run("registry", *arguments, "-e", "local", expect=expect).text


def planned(folder: Folder) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(folder.run("plan", "-e", "local", "--json").out)
    return {name: document.get(name, []) for name in ("steps", "versions", "waiting")}


def starts_and_is_aborted(example: Folder) -> None:
    """The second version is put beside the first one, and taken back before it has traffic."""
    example.run("apply", "-e", "local", "--yes", expect=0)
    assert planned(example)["steps"] == []  # it waits for whoever drives it
    driving = ("fraud-detector", "-e", "local", "--json")
    stands = example.run("rollout", "status", *driving, expect=0).json
    shares = {each["name"]: each["share"] for each in stands["variants"]}
    assert shares == {"primary": 1.0, "candidate": 0.0}
    back = example.run("rollout", "abort", *driving, "--yes", expect=0).json
    assert back["status"] == "aborted"


@only_long
def test_a_model_is_searched_judged_approved_and_planned(small: Folder) -> None:
    small.run("apply", "-e", "local", "--yes", expect=0)
    start = ("run", "Training/churn", "-e", "local", "--watch")
    refused = small.watch(*start, "-p", "AucAtLeast=0.9999", limit=300.0, expect=1)
    assert "NotGoodEnough failed" in refused.text
    found = trials(small)
    assert (len(found), most_at_once(found)) == (3, 2)
    assert len({reached(each) for each in found}) == len(found)
    assert json.loads(registry(small, "status", "churn", "--json"))["versions"] == []


@only_long
def test_the_fraud_platform_trains_registers_promotes_and_deploys(example: Folder) -> None:
    example.run("apply", "-e", "local", "--yes", expect=0)
    start = ("run", "Training/fraud", "-e", "local", "--watch")
    ran = example.watch(*start, limit=1800.0, expect=0)

    found = trials(example)
    assert (len(found), most_at_once(found)) == (20, 4)
    stopped = [each for each in found if each["TrainingJobStatus"] == "Stopped"]
    done = [each for each in found if each["TrainingJobStatus"] == "Completed"]
    assert len(stopped) + len(done) == len(found)
    assert ran.text.count("stopped early") == len(stopped) > 0
    assert len({reached(each) for each in found}) > len(found) / 2
    best = max(done, key=reached)

    package = version(example, EXAMPLE)
    model, evaluation = files(package)
    auc = auc_of(example, evaluation)
    assert best["TrainingJobName"] in model
    assert auc > 0.9
    assert package["ModelApprovalStatus"] == "PendingManualApproval"
    assert f"auc {auc:g}" in registry(example, "status", "fraud")
    waits = planned(example)
    assert waits["versions"] == []

    verdict = json.loads(registry(example, "check", "fraud", "1", "--json"))["verdict"]
    before = example.calls.get("sagemaker.UpdateModelPackage", 0)
    assert "Development to Staging" in registry(
        example, "promote", "fraud", "1", "--to", "Production", "--yes", expect=3
    )
    registry(example, "approve", "fraud", "1", "--yes", "--evidence", verdict["evidence"])
    assert example.calls["sagemaker.UpdateModelPackage"] == before + 1
    approved = version(example, EXAMPLE)
    kept = approved["CustomerMetadataProperties"]
    assert approved["ModelApprovalStatus"] == "Approved"
    assert kept["moorline:approval-evidence"] == verdict["evidence"]
    assert kept["moorline:approved-by"]
    assert kept["moorline:approved-at"]
    for stage in ("Staging", "Production"):
        registry(example, "promote", "fraud", "1", "--to", stage, "--yes")
    plan = example.run("plan", "-e", "local").text
    assert "Rollout/fraud-detector  fraud v1, approved by" in plan
    assert f"auc {auc:g}" in plan
    example.run("apply", "-e", "local", "--yes", expect=0)

    served = planned(example)
    client = example.client("sagemaker")
    register_package(
        client, EXAMPLE, approved=False, metrics=evaluation, model_data=model,
        image=approved["InferenceSpecification"]["Containers"][0]["Image"],
    )  # fmt: skip
    assert planned(example) == served
    registry(example, "approve", "fraud", "2", "--yes")
    assert "fraud v1 → v2, approved by" in example.run("plan", "-e", "local").text
    starts_and_is_aborted(example)
    for stage in ("Staging", "Production"):
        registry(example, "promote", "fraud", "2", "--to", stage, "--yes")
    registry(example, "revert", "fraud", "1", "--write", "--yes")
    assert "version: 1" in (example.path / "specs/rollout/fraud-detector.yaml").read_text()
    assert planned(example)["versions"] == []
    rows = json.loads(registry(example, "status", "fraud", "--json"))["versions"]
    stages = {each["version"]: each["stage"] for each in rows}
    assert stages == {1: "Production", 2: "Archived"}


SEALED = {
    "ModelRegistry": """\
  artifacts: {source: data, path: churn, immutable: true}
  signing: {key: {security: core, key: models}}
  policy: {when: [{metric: auc, atLeast: 0.6}]}
""",
    "Training": """\
  algorithm: {framework: sklearn, version: "1.2-1"}
  code: {folder: churn, entryPoint: train.py}
  prepare:
    code: churn/prepare.py
    outputs: [train, test]
  inputs: {train: {from: prepare.train, contentType: text/csv}}
  compute: {instanceType: ml.m5.large}
  output: {to: data, path: churn}
  evaluate: {data: prepare.test, metrics: [auc, recall], threshold: 0.4}
  register:
    registry: churn
    when: [{metric: auc, atLeast: 0.6}]
    instanceTypes: [ml.c6i.large]
    environment: {SAGEMAKER_PROGRAM: train.py, SAGEMAKER_SUBMIT_DIRECTORY: /opt/ml/model/code}
    contentTypes: [text/csv]
    responseTypes: [text/csv]
""",
}
CODE = {
    "prepare": """\
import random, math
from pathlib import Path
r=random.Random(7)
for name in ("train","test"):
    p=Path("/opt/ml/processing/output",name); p.mkdir(parents=True,exist_ok=True)
    with open(p/"rows.csv","w") as f:
        for _ in range(300):
            x,y=r.gauss(0,1),r.gauss(0,1)
            l=int(r.random()<1/(1+math.exp(-(2*x-y))))
            f.write(f"{l},{x:.4f},{y:.4f}\\n")
""",
    "train": """\
import os, json, shutil
from pathlib import Path
def model_fn(d):
    import joblib
    return joblib.load(Path(d)/"m.joblib")
def predict_fn(data, model):
    return model.predict_proba(data)[:,1]
if __name__=="__main__":
    import numpy as np, joblib
    from sklearn.linear_model import LogisticRegression
    a=np.loadtxt(Path(os.environ["SM_CHANNEL_TRAIN"],"rows.csv"),delimiter=",")
    m=LogisticRegression().fit(a[:,1:],a[:,0])
    d=Path(os.environ["SM_MODEL_DIR"]); joblib.dump(m,d/"m.joblib")
    (d/"code").mkdir(exist_ok=True); shutil.copy(__file__,d/"code"/"train.py")
""",
}


@only_long
def test_a_model_is_judged_without_a_script_sealed_signed_and_served(tmp_path: Path) -> None:
    made = Folder(tmp_path)
    for name, text in CODE.items():
        made.write(f"churn/{name}.py", text)
    for kind, text in SEALED.items():
        made.write(f"specs/{kind}.yaml", spec(kind, "churn", text))
    made.write("specs/data.yaml", spec("DataSource", "data", "  s3: {versioning: true}\n"))
    key = "  keys: {models: {usage: signing, description: Signs models}}\n"
    made.write("specs/core.yaml", spec("Security", "core", key))
    made.write("specs/scorer.yaml", spec("Rollout", "scorer", ROLLOUT))
    made.write("environments/local.yaml", environment("local", LOCAL))
    try:
        made.run("apply", "-e", "local", "--yes", expect=0)
        ran = made.watch("run", "Training/churn", "-e", "local", "--watch", limit=300.0, expect=0)
        for step in ("Predict", "Evaluate", "Seal", "Register"):
            assert f"{step} succeeded" in ran.text
        assert "simulated" not in ran.text
        package = version(made, SMALL)
        model, evaluation = files(package)
        assert "/registered/" in model
        assert 0.6 < auc_of(made, evaluation) < 1
        rows = json.loads(registry(made, "check", "churn", "--json"))["verdict"]["rows"]
        assert {each["outcome"] for each in rows} == {"passed"}
        assert any(each["rule"].startswith("signature") for each in rows)
        registry(made, "approve", "churn", "1", "--yes")
        made.run("apply", "-e", "local", "--yes", expect=0)
        assert planned(made)["steps"] == []
    finally:
        lifecycle.stop(made.state)
