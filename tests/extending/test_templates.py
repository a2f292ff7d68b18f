"""A kind, a section, a rule and a CI provider: each is one file, started from its template."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from . import house as houses
from .house import House

ADDED = {
    "kind": ("kinds", "announcements"),
    "rule": ("policy", "history"),
    "section": ("render/sections", "new_types"),
    "provider": ("delivery/providers", "shell"),
}
SPEC = """\
apiVersion: moorline/v1
kind: Announcements
metadata: {name: news, owner: team}
spec: {title: "%s"}
"""
TOPIC = "AWS::SNS::Topic"


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """All in one copy of the package: they must not get into each other's way either."""
    found = houses.build(tmp_path_factory.mktemp("house"))
    for template, (room, name) in ADDED.items():
        found.add(template, room, name)
    found.add_types()
    found.complete()
    yield found
    found.end()


def test_every_template_is_tried() -> None:
    assert {
        path.stem for path in houses.TEMPLATES.glob("[!_]*.py")
    } == ADDED.keys() | houses.TYPES.keys()


def test_what_was_added_keeps_the_contracts_and_the_style(house: House) -> None:
    for name in ("pyproject.toml",):
        (house.path / name).write_text((houses.ROOT / name).read_text())
    files = [str(Path("reconciler") / room / f"{name}.py") for room, name in ADDED.values()]
    files += [target for target in houses.TYPES.values() if target.startswith("reconciler")]
    tools = Path(sys.executable)
    for command in (["lint-imports", "--no-cache"], ["ruff", "check", *files]):
        done = subprocess.run(
            [tools.with_name(command[0]), *command[1:]],
            cwd=house.path,
            env={"PYTHONPATH": str(house.path)},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout[-3000:]


def test_a_kind_is_checked_compiled_planned_and_explained(house: House) -> None:
    spec = house.platform / "specs" / "news.yaml"
    spec.write_text(SPEC % "Ünruly")
    said = house.moorline("validate", "-e", "dev", expect=1)
    assert "a sender's name has ASCII characters only" in said
    assert "specs/news.yaml:4" in said
    spec.write_text(SPEC % "News")
    plan = json.loads(house.moorline("plan", "--offline", "-e", "dev", "--json"))
    (step,) = (step for step in plan["steps"] if step["type"] == TOPIC)
    assert (step["action"], step["desired"]["DisplayName"]) == ("create", "News")
    house.module("schemas.generate.kinds")
    house.module("schemas.generate.fields", "Announcements")
    (house.path / "reconciler" / "schemas").unlink(missing_ok=True)
    assert "What subscribers see as the sender." in house.moorline("explain", "Announcements")
    title = house.moorline("explain", "Announcements.title")
    assert "AWS::SNS::Topic DisplayName" in title
    assert "updates AWS::SNS::Topic in place" in title


def test_a_rule_is_a_finding_with_its_line_and_is_explained(house: House) -> None:
    spec = house.platform / "specs" / "customer.yaml"
    whole = spec.read_text()
    assert "GRAPH900" not in house.moorline("validate", "-e", "dev")
    spec.write_text(whole.replace("  offline: {format: iceberg, to: data}\n", ""))
    said = house.moorline("validate", "-e", "dev")
    spec.write_text(whole)
    assert "warning[GRAPH900]" in said
    assert "specs/customer.yaml:" in said
    assert "no model can be trained on them" in house.moorline("explain", "GRAPH900")


def test_a_section_is_in_every_form_of_its_report(house: House) -> None:
    plan = ("plan", "--offline", "-e", "dev")
    page = house.path / "plan.html"
    role = "1 of AWS::S3::Bucket"
    said = house.moorline(*plan, "--html", str(page))
    assert "New, by type: " in said
    assert role in said
    markdown = house.moorline(*plan, "--format", "markdown")
    assert "### New, by type" in markdown
    assert role in markdown
    assert f"<li>{role}</li>" in page.read_text()
    assert (
        json.loads(house.moorline(*plan, "--json"))["sections"]["new-types"]["AWS::S3::Bucket"] == 1
    )
    (run,) = json.loads(house.moorline(*plan, "--format", "sarif"))["runs"]
    assert any(result["message"]["text"].startswith(role) for result in run["results"])
    assert "NEW-TYPE" in {rule["id"] for rule in run["tool"]["driver"]["rules"]}


def test_a_provider_is_offered_and_writes_its_files(house: House) -> None:
    assert "shell" in house.moorline("ci", "init", "--help")
    house.moorline("ci", "init", "--provider", "shell", "--repository", "acme/platform")
    assert 'moorline apply --yes -e "dev"' in (house.platform / "delivery/apply.sh").read_text()
    roles = (house.platform / "delivery/aws-roles.yaml").read_text()
    assert "ci.example.com" in roles
    assert "repository:acme/platform:branch:" in roles


def test_what_a_section_adds_is_in_the_published_form(house: House) -> None:
    plan = json.loads(house.moorline("plan", "--offline", "-e", "dev", "--json"))
    schema = json.loads((houses.ROOT / "schemas" / "plan.json").read_text())
    assert "sections" in plan
    jsonschema.validate(plan, schema)
