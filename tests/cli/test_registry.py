"""`moorline registry` on the sandbox: under the third role, from a check to a pin in Git."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from sweeps import only_long

from reconciler.sandbox import lifecycle
from reconciler.sandbox.seed import register_package

from .folder import Folder
from .mistakes import environment, spec

GROUP, BUCKET = "acme-local-fraud", "acme-local-artifacts-123456789012"
REGISTRY = """\
  artifacts: {source: artifacts}
  approval: {approvers: [risk], expireAfter: 30d}
  policy: {when: [{metric: auc, atLeast: 0.95}]}
"""
ROLLOUT = """\
  model:
    registry: fraud # the one
  serve: {realtime: {instanceType: ml.m5.large, instances: 1}}
"""
ROLES = "".join(
    f"    {name}: arn:aws:iam::123456789012:role/moorline-{name}\n"
    for name in ("plan", "apply", "approve")
)
LOCAL = (
    '  platform: acme\n  sandbox: true\n  account: "123456789012"\n  region: eu-west-1\n'
    f"  roles:\n{ROLES}"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    made = Folder(tmp_path_factory.mktemp("registry"))
    made.write("specs/artifacts.yaml", spec("DataSource", "artifacts", "  s3: {}\n"))
    made.write("specs/fraud.yaml", spec("ModelRegistry", "fraud", REGISTRY))
    made.write("specs/detector.yaml", spec("Rollout", "detector", ROLLOUT))
    made.write("environments/local.yaml", environment("local", LOCAL))
    yield made
    lifecycle.stop(made.state)


def version(folder: Folder, auc: float) -> None:
    s3 = folder.client("s3")
    for name, body in (("evaluation.json", json.dumps({"metrics": {"auc": {"value": auc}}})),
                       ("model.tar.gz", "a model")):  # fmt: skip
        s3.put_object(Bucket=BUCKET, Key=f"{auc}/{name}", Body=body.encode())
    register_package(
        folder.client("sagemaker"), GROUP, approved=False,
        metrics=f"s3://{BUCKET}/{auc}/evaluation.json",
        model_data=f"s3://{BUCKET}/{auc}/model.tar.gz",
    )  # fmt: skip


@only_long
def test_from_a_check_to_a_deployment_and_back(folder: Folder) -> None:
    def registry(*arguments: str, expect: int = 0) -> str:
        return folder.run("registry", *arguments, "-e", "local", expect=expect).text

    folder.run("apply", "-e", "local", "--yes")
    for auc in (0.95, 0.97, 0.90):
        version(folder, auc)

    assert "auc" in registry("check", "fraud", expect=3)
    assert "DECISION003" in registry("approve", "fraud", "3", "--yes", expect=3)
    assert "DECISION004" in registry("approve", "fraud", "1", expect=3)
    seen = json.loads(registry("check", "fraud", "1", "--json"))["verdict"]["evidence"]
    registry("approve", "fraud", "1", "--yes", "--evidence", seen)
    assert "is approved by" in registry("approve", "fraud", "1", "--yes")
    folder.run("apply", "-e", "local", "--yes")

    registry("approve", "fraud", "2", "--yes", "--note", "better by two points")
    plan = folder.run("plan", "-e", "local").text
    assert "fraud v1 → v2, approved by" in plan
    assert "auc 0.95 → 0.97" in plan
    assert "Development to Staging" in registry(
        "promote", "fraud", "2", "--to", "Production", "--yes", expect=3
    )
    for number, stage in (("1", "Staging"), ("1", "Production"), ("2", "Staging")):
        registry("promote", "fraud", number, "--to", stage, "--yes")
    registry("promote", "fraud", "2", "--to", "Production", "--write", "--yes")
    text = Path(folder.path, "specs/detector.yaml").read_text()
    assert "registry: fraud # the one\n    version: 2\n" in text
    folder.run("apply", "-e", "local", "--yes")

    assert "serves it" in registry("archive", "fraud", "2", "--yes", expect=3)
    registry("revert", "fraud", "1", "--write", "--yes")
    assert "version: 1\n" in Path(folder.path, "specs/detector.yaml").read_text()
    rows = json.loads(registry("status", "fraud", "--json"))["versions"]
    stages = {row["version"]: row["stage"] for row in rows}
    assert (stages[1], stages[2]) == ("Production", "Archived")
    assert "fraud v2 → v1" in folder.run("plan", "-e", "local").text
    assert "DECISION002" in registry("approve", "fraud", "9", "--yes", expect=1)
    assert "DECISION001" in registry("status", "frodo", expect=1)
    assert "commit" in registry("status", "fraud", "1")

    about = registry("approve", "fraud", "3", "--yes", "--evidence", "0" * 16, expect=5)
    assert "DECISION005" in about
