"""`moorline schema`: the schemas of spec files, offline."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from reconciler.cli.frame.examples import EXAMPLES
from reconciler.cli.main import VERBS
from reconciler.kinds.api import load

from .folder import REPOSITORY, Folder

KINDS = sorted(load())


@pytest.mark.parametrize("kind", [*KINDS, "moorline"])
def test_a_schema_is_printed_as_it_is_in_the_repository(tmp_path: Path, kind: str) -> None:
    said = Folder(tmp_path).run("schema", kind, expect=0)
    assert said.out == (REPOSITORY / f"schemas/kinds/{kind}.json").read_text()
    Draft202012Validator.check_schema(said.json)


def test_without_a_kind_it_is_the_one_of_all_kinds(tmp_path: Path) -> None:
    assert Folder(tmp_path).run("schema", expect=0).json["title"] == "Moorline"


def test_they_are_listed(tmp_path: Path) -> None:
    said = Folder(tmp_path).run("schema", "--list", "--json", expect=0).json
    assert {*said} == {*KINDS, "moorline"}
    assert all(said.values())
    assert "Rollout" in Folder(tmp_path).run("schema", "--list", expect=0).out


def test_they_are_written_with_a_catalogue_that_finds_them(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    for _ in range(2):  # they are renewed
        said = folder.run("schema", "--write", "kept", "--json", expect=0).json
        assert len(said["written"]) == len(KINDS) + 2
    catalog = json.loads((tmp_path / "kept/catalog.json").read_text())
    assert all((tmp_path / "kept" / each["url"]).is_file() for each in catalog["schemas"])


@pytest.mark.parametrize("name", ["Rollot", "../aws/types", ""])
def test_an_unknown_name_is_an_error(tmp_path: Path, name: str) -> None:
    assert Folder(tmp_path).run("schema", name, "--json", expect=1).codes == ["CLI011"]


def test_a_folder_that_cannot_be_written_is_an_error(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("kept/kinds", "a file")
    assert folder.run("schema", "--write", "kept", "--json", expect=1).codes == ["CLI012"]


@pytest.mark.parametrize("verb", ["init", "explain", "schema", "completion"])
def test_help_ends_with_examples(tmp_path: Path, verb: str) -> None:
    text = " ".join(Folder(tmp_path).run(verb, "--help", expect=0).out.split())
    for example in EXAMPLES[verb]:
        assert f"$ {example}" in text


def test_examples_are_of_verbs_that_exist() -> None:
    assert EXAMPLES.keys() <= VERBS.keys()
    for verb, examples in EXAMPLES.items():
        assert all(f"moorline {verb}" in example for example in examples)
        assert all(len(example) <= 88 for example in examples)
