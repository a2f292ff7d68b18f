"""`moorline validate --format`: SARIF and JUnit of good and of bad files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import junitparser
import pytest

from tests.render.readers import junit_schema, sarif_schema

from . import mistakes
from .folder import Folder, copy_example


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = Folder(tmp_path_factory.mktemp("broken"))
    copy_example(folder.path)
    mistakes.write(folder.path)
    return folder


def results(text: str) -> list[Any]:
    data = json.loads(text)
    assert [error.message for error in sarif_schema().iter_errors(data)] == []
    return data["runs"][0]["results"]


def test_json_has_two_names(broken: Folder):
    one = broken.run("validate", "--json", expect=1)
    assert one.out == broken.run("validate", "--format", "json", expect=1).out


def test_sarif_has_every_finding_at_its_line(broken: Folder):
    said = broken.run("validate", "--format", "sarif", expect=1)
    found = broken.run("validate", "--json", expect=1).json["diagnostics"]
    made = results(said.out)
    assert said.err == ""
    assert [each["ruleId"] for each in made] == [each["code"] for each in found]
    for each, result in zip(found, made, strict=True):
        place = result["locations"][0]["physicalLocation"]
        assert place["region"]["startLine"] == (each["line"] or 1)
        if each["file"]:
            assert (broken.path / place["artifactLocation"]["uri"]).exists()


def test_junit_fails_the_files_that_are_wrong(broken: Folder):
    from lxml import etree

    said = broken.run("validate", "--format", "junit", expect=1)
    assert junit_schema().validate(etree.fromstring(said.out.encode()))
    found = broken.run("validate", "--json", expect=1).json["diagnostics"]
    wrong = {each["file"] for each in found if each["severity"] == "error" and each["file"]}
    cases = [case for suite in junitparser.JUnitXml.fromstring(said.out.encode()) for case in suite]
    assert wrong <= {case.name for case in cases if case.is_failure}
    assert {case.name for case in cases if case.is_passed} & {"specs/features/customer.yaml"}


@pytest.mark.parametrize("form", ["sarif", "junit"])
def test_the_example_passes(form: str, example: Folder, tmp_path: Path):
    said = example.run("validate", "--format", form, expect=0)
    assert said.err == ""
    if form == "sarif":
        assert results(said.out) == []
    else:
        suites = list(junitparser.JUnitXml.fromstring(said.out.encode()))
        assert [suite.name for suite in suites] == [
            f"validate {name}" for name in ("dev", "local", "prod", "staging")
        ]
        assert all(case.is_passed for suite in suites for case in suite)


def test_no_environment_is_a_finding_in_each_form(tmp_path: Path):
    folder = Folder(tmp_path)
    folder.write("environments/README.txt", "none")
    said = folder.run("validate", "--format", "sarif", expect=1)
    assert "ENV001" in {each["ruleId"] for each in results(said.out)}
    assert "ENV001" in folder.run("validate", "--format", "junit", expect=1).out
