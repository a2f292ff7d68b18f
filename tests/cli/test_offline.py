"""`moorline plan --offline` and the other forms of a plan, by running the command."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from reconciler.render.formats import FORMS
from reconciler.sandbox import lifecycle

from .folder import Folder
from .mistakes import environment, spec

BODY = '  platform: acme\n  sandbox: true\n  account: "123456789012"\n  region: eu-west-1\n'
LEDGER = "acme-local-ledger-123456789012"


@pytest.fixture(scope="module")
def live(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    """A bucket, applied, and then changed in the specs, with the sandbox gone."""
    folder = Folder(tmp_path_factory.mktemp("offline"))
    folder.write("specs/ledger.yaml", spec("DataSource", "ledger", "  s3: {}\n"))
    folder.write("environments/local.yaml", environment("local", BODY))
    folder.run("apply", "-e", "local", "--yes", expect=0)
    folder.write(
        "specs/ledger.yaml",
        spec("DataSource", "ledger", "  s3: {lifecycle: {expireAfter: 90d}}\n"),
    )
    lifecycle.stop(folder.state)
    return folder


def offline(folder: Folder, *arguments: str, expect: int = 0):
    return folder.run("plan", "-e", "local", "--offline", *arguments, expect=expect)


def test_the_last_receipt_stands_for_aws(live: Folder) -> None:
    said = offline(live, "--json", expect=3)
    assert said.steps == [("update", LEDGER)]
    assert said.codes == ["OFFLINE001"]
    assert said.json["summary"]["calls_made"] == 0
    assert lifecycle.find(live.state) is None  # no AWS was started for it


def test_a_receipt_can_come_from_elsewhere(live: Folder) -> None:
    (kept,) = live.run("history", "-e", "local", "--json", expect=0).json["receipts"]
    full = live.run("history", kept["id"], "-e", "local", "--json", expect=0)
    live.write("given.json", full.out)
    fork = live.path / "fork"
    for folder in ("specs", "environments"):
        (fork / folder).mkdir(parents=True, exist_ok=True)
    for file in ("specs/ledger.yaml", "environments/local.yaml"):
        (fork / file).write_text((live.path / file).read_text())
    elsewhere = Folder(fork)
    assert offline(elsewhere, "--json").steps == [("create", LEDGER)]
    given = offline(elsewhere, "--receipt", str(live.path / "given.json"), "--json", expect=3)
    assert given.steps == [("update", LEDGER)]


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("-o", "plan.file"), 1, "needs AWS to be asked"),
        (("--receipt", "specs/ledger.yaml"), 1, "RECEIPT002"),
        (("--format", "markdown", "--json"), 1, "choose one"),
        (("--html", "nowhere/report.html"), 1, "no folder 'nowhere'"),
    ],
)
def test_what_cannot_be_had_is_refused(
    live: Folder, arguments: tuple[str, ...], code: int, says: str
) -> None:
    said = offline(live, *arguments, expect=code)
    assert says in said.err
    assert not (live.path / "plan.file").exists()


def test_a_receipt_without_offline_is_a_mistake(live: Folder) -> None:
    said = live.run("plan", "-e", "local", "--receipt", "specs/ledger.yaml", expect=1)
    assert "--offline" in said.err


BEGINS = {
    "markdown": "<!-- moorline:plan:local -->",
    "html": "<!doctype html>",
    "terraform-json": "{",
    "sarif": "{",
    "junit": "<?xml",
    "mermaid": "flowchart",
    "dot": "digraph",
    "svg": "<svg",
}


@pytest.mark.parametrize("form", FORMS)
def test_every_form_is_printed_alone(live: Folder, form: str) -> None:
    said = offline(live, "--format", form, expect=3)
    assert said.out.lower().startswith(BEGINS[form])
    assert said.err == ""
    if BEGINS[form] == "{":
        json.loads(said.out)


def test_the_report_is_written_beside_what_is_printed(live: Folder) -> None:
    said = offline(live, "--html", "report.html", "--json", expect=3)
    assert said.steps == [("update", LEDGER)]
    assert said.err == "wrote report.html\n"
    assert LEDGER in (live.path / "report.html").read_text()
