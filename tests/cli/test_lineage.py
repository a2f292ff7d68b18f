"""What becomes what, at the command line, and the catalogue of features."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from reconciler.cli.verbs import docs, explain, graph

SPECS = """
apiVersion: moorline/v1
kind: FeatureGroup
metadata: {name: customer, owner: fraud, description: "Whose | card <b>it</b> is."}
spec:
  version: 2
  recordId: id
  eventTime: at
  features:
    id: string
    at: fractional
    n: {type: integral, description: "How | many.", parameters: {unit: pieces}}
  offline: {format: glue}
  earlier:
    "1": {migration: Use n., features: {id: string, at: fractional, m: integral}}
---
apiVersion: moorline/v1
kind: DataSource
metadata: {name: files, owner: fraud}
spec: {s3: {}}
---
apiVersion: moorline/v1
kind: Training
metadata: {name: fraud, owner: fraud}
spec:
  algorithm: {framework: xgboost, version: "1.7-1"}
  inputs: {train: {featureGroup: customer, version: 1}}
  compute: {instanceType: ml.m5.large}
  output: {to: files}
  register: {registry: fraud, instanceTypes: [ml.m5.large]}
---
apiVersion: moorline/v1
kind: ModelRegistry
metadata: {name: fraud, owner: fraud}
spec: {}
"""
ENVIRONMENT = """
apiVersion: moorline/v1
kind: Environment
metadata: {name: dev}
spec: {platform: acme, account: "123456789012", region: eu-west-1}
"""
WHERE = ["-e", "dev", "--specs", "specs.yaml", "--environments", "dev.yaml"]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.chdir(tmp_path)
    Path("specs.yaml").write_text(SPECS)
    Path("dev.yaml").write_text(ENVIRONMENT)
    return CliRunner()


def test_the_graph_of_what_becomes_what(run: CliRunner) -> None:
    found = run.invoke(graph.command, ["--lineage", "--format", "text", *WHERE])
    assert found.output.splitlines() == [
        "source    DataSource/files",
        "features  FeatureGroup/customer",
        "            → Training/fraud",
        "training  Training/fraud",
        "            → DataSource/files",
        "            → ModelRegistry/fraud",
        "model     ModelRegistry/fraud",
    ]
    picture = run.invoke(graph.command, ["--lineage", *WHERE])
    assert picture.output.startswith("flowchart LR\n")
    around = run.invoke(graph.command, ["ModelRegistry/fraud", "--lineage", "--json", *WHERE])
    assert [each["name"] for each in json.loads(around.output)["nodes"]] == [
        "customer", "fraud", "fraud",
    ]  # fmt: skip


def test_a_spec_is_explained_by_what_it_is_in_the_lineage(run: CliRunner) -> None:
    found = run.invoke(explain.command, ["features/customer", *WHERE])
    assert found.output.startswith("FeatureGroup/customer\n")
    assert "reaches    Training/fraud, then DataSource/files, ModelRegistry/fraud" in found.output


def test_the_catalogue_says_whose_from_what_and_for_whom(run: CliRunner) -> None:
    Path("drift.json").write_text(
        json.dumps(
            {
                "drifted": [
                    {
                        "type": "AWS::SageMaker::FeatureGroup",
                        "name": "acme-dev-customer-v2",
                        "origin": "by-hand",
                        "fields": [{"path": ["OnlineStoreConfig", "TtlDuration"]}],
                    }
                ]
            }
        )
    )
    asked = ["features", "--drift", "drift.json", *WHERE]
    page = run.invoke(docs.command, asked).output
    assert "- Used by: `Training/fraud, ModelRegistry/fraud`" in page
    assert "- Last drift: `OnlineStoreConfig.TtlDuration (by-hand)`" in page
    assert "### Version 1 (earlier)\n\n> To move on: Use n." in page
    assert "| `n` | `integral` | How `\\|` many. " in page
    web = run.invoke(docs.command, [*asked, "--format", "html"]).output
    assert "Whose | card &lt;b&gt;it&lt;/b&gt; is." in web
    assert "<b>" not in web
    data = json.loads(run.invoke(docs.command, [*asked, "--json"]).output)
    assert [each["version"] for each in data["groups"][0]["versions"]] == [2, 1]


@pytest.mark.parametrize("text", ["[]", "nothing", '{"drifted": 1}'])
def test_a_file_that_is_no_drift_report_is_refused(run: CliRunner, text: str) -> None:
    Path("drift.json").write_text(text)
    found = run.invoke(docs.command, ["features", "--drift", "drift.json", *WHERE])
    assert found.exit_code == 1
