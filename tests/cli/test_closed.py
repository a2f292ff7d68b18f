"""`moorline validate` and `plan --offline` on what needs a service closed to new accounts."""

from __future__ import annotations

import pytest

from .folder import Folder

IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/sagemaker-clarify-processing:1.0"
SPEC = f"""\
apiVersion: moorline/v1
kind: Training
metadata: {{name: explained, owner: team}}
spec:
  algorithm:
    image: {IMAGE}
  inputs: {{train: {{source: artifacts, path: train}}}}
  compute: {{instanceType: ml.m5.large}}
  output: {{to: artifacts}}
"""
STATED = "  services: {clarify: existing}\n  region:"
OWN = """\
apiVersion: moorline/v1
kind: Availability
metadata: {name: more, owner: team}
spec:
  services:
    clarify:
      title: Clarify
      status: reopened
      since: "2026-11-01"
      reference: AWS
      replacement: nothing
"""


@pytest.fixture
def needing(example: Folder) -> Folder:
    (example.path / "specs" / "explained.yaml").write_text(SPEC)
    return example


@pytest.mark.parametrize("command", ["validate", "plan --offline"])
def test_it_is_an_error_at_its_line(needing: Folder, command: str) -> None:
    found = needing.run(*command.split(), "-e", "local", "--json", expect=1).json["diagnostics"]
    (closed,) = (each for each in found if each["code"] == "CLOSED001")
    at = closed.get("at") or closed
    assert (at["file"], at["line"]) == ("specs/explained.yaml", 6)
    assert "services: {clarify: existing}" in closed["help"]


def test_the_environment_may_state_that_it_is_used(needing: Folder) -> None:
    file = needing.path / "environments" / "local.yaml"
    text = file.read_text()
    file.write_text(
        text.replace("  region:", STATED)
        if "  region:" in text
        else text.replace("spec:\n", "spec:\n" + STATED.removesuffix("  region:"))
    )
    needing.run("validate", "-e", "local", expect=0)
    needing.run("validate", "-e", "prod", expect=1)


def test_a_spec_may_know_better_than_our_table(needing: Folder) -> None:
    (needing.path / "specs" / "more.yaml").write_text(OWN)
    needing.run("validate", expect=0)


def test_a_name_that_is_none_is_an_error(example: Folder) -> None:
    file = example.path / "environments" / "local.yaml"
    file.write_text(file.read_text().replace("spec:\n", "spec:\n  services: {clarity: existing}\n"))
    found = example.run("validate", "-e", "local", "--json", expect=1).json["diagnostics"]
    assert [(each["code"], each["file"]) for each in found] == [
        ("CLOSED003", "environments/local.yaml")
    ]


@pytest.mark.parametrize("code", [f"CLOSED00{number}" for number in range(1, 6)])
def test_its_codes_are_explained(example: Folder, code: str) -> None:
    assert code in example.run("explain", code, expect=0).out
