"""`moorline graph`: pictures of the example, and of the part of it around one resource."""

from __future__ import annotations

from pathlib import Path

import pytest
from lxml import etree

from reconciler.sandbox import lifecycle

from .folder import REPOSITORY, Folder, copy_files

ENDPOINT = "AWS::SageMaker::Endpoint/acme-prod-fallback-scorer"
KEY = "AWS::KMS::Key/acme-prod-platform-models"


def names(example: Folder, *arguments: str) -> set[str]:
    said = example.run("graph", "-e", "prod", "--json", *arguments, expect=0)
    return {f"{node['type']}/{node['name']}" for node in said.json["nodes"]}


def test_json_is_what_compile_prints(example: Folder):
    said = example.run("graph", "-e", "prod", "--format", "json", expect=0)
    assert said.json == example.run("compile", "-e", "prod", expect=0).json


@pytest.mark.parametrize(
    ("form", "first"),
    [("mermaid", "flowchart LR"), ("dot", "digraph moorline {"), ("svg", "<svg ")],
)
def test_each_form_is_the_same_bytes_every_time(form: str, first: str, tmp_path: Path):
    copy_files(REPOSITORY, tmp_path)  # all of it: too much for a picture of every resource
    example = Folder(tmp_path)
    one, other = (example.run("graph", "-e", "prod", "--format", form, expect=0) for _ in "12")
    assert one.out == other.out
    assert one.out.startswith(first)
    assert ("acme-prod-fallback-scorer" in one.out) == (form != "mermaid")
    assert ("each type is one" in " ".join(one.err.split())) == (form == "mermaid")
    assert lifecycle.find(example.state) is None


def test_an_address_leaves_what_it_needs_and_what_needs_it(example: Folder):
    around = names(example, ENDPOINT)
    assert {ENDPOINT, KEY} < around < names(example)
    assert ENDPOINT in names(example, KEY)
    assert KEY.replace("models", "alerts") not in around


def test_the_picture_is_xml_with_a_title(example: Folder):
    said = example.run("graph", "-e", "prod", ENDPOINT, "--format", "svg", expect=0)
    root = etree.fromstring(said.out.encode())
    assert root.findtext("{*}title") == f"{len(names(example, ENDPOINT))} resources"


def test_an_address_that_nothing_has_is_an_error_with_a_hint(example: Folder):
    said = example.run("graph", "-e", "prod", ENDPOINT[:-1], "--json", expect=1)
    assert said.codes == ["CLI001"]
    assert ENDPOINT in said.json["diagnostics"][0]["help"]


def test_a_mistake_is_a_finding_and_no_picture(example: Folder):
    example.edit(
        "specs/features/customer.yaml", "home_country: {type: string", "home_country: {type: strng"
    )
    said = example.run("graph", "-e", "prod", expect=1)
    assert said.out == ""
    assert "SPEC012" in said.err
