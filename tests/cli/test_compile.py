"""`moorline compile`: the graph, and a template that the real cfn-lint takes."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from sweeps import LONG, only_long

from .folder import BIN, Folder, copy_example

ENVIRONMENTS = ("local", "dev", "staging", "prod")
REGISTRY = "us-east-1"


@pytest.fixture(scope="module")
def templates(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """One CloudFormation template for each environment."""
    folder = Folder(tmp_path_factory.mktemp("templates"))
    copy_example(folder.path)
    for name in ENVIRONMENTS:
        said = folder.run("compile", "-e", name, "--format", "cloudformation", expect=0)
        folder.write(f"out/{name}.json", json.dumps(said.json))
    return folder.path / "out"


@only_long
def test_cfn_lint_takes_the_templates(templates: Path) -> None:
    files = [f"{name}.json" for name in (ENVIRONMENTS if LONG else ["prod"])]
    command = [
        BIN / "cfn-lint",
        "--regions",
        "eu-west-1",
        "--non-zero-exit-code",
        "error",
        "--",
        *files,
    ]
    process = subprocess.run(
        command, cwd=templates, capture_output=True, text=True, check=False, timeout=120
    )
    assert (process.returncode, process.stdout[-2000:]) == (0, "")


@pytest.mark.parametrize("name", ENVIRONMENTS)
def test_the_template_has_every_type_of_the_example_in(name: str, templates: Path) -> None:
    resources = json.loads((templates / f"{name}.json").read_text())["Resources"]
    assert {
        "AWS::Budgets::Budget",
        "AWS::CloudWatch::Alarm",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SageMaker::Endpoint",
        "AWS::SageMaker::FeatureGroup",
        "AWS::SageMaker::ModelPackageGroup",
        "AWS::SageMaker::Pipeline",
    } <= {resource["Type"] for resource in resources.values()}


def test_the_graph_is_the_same_bytes_every_time(example: Folder) -> None:
    first, second = (
        example.run("compile", "-e", "prod", "--format", "graph", expect=0) for _ in range(2)
    )
    assert first.out == second.out
    assert len(first.json["nodes"]) >= 35


def test_a_mistake_is_a_finding_and_no_template(example: Folder) -> None:
    example.edit(
        "specs/features/customer.yaml", "home_country: {type: string", "home_country: {type: strng"
    )
    said = example.run("compile", "-e", "prod", "--json", expect=1)
    assert said.codes == ["SPEC012"]
