"""`moorline validate`: the example is right, and every mistake of a bad copy is found."""

from __future__ import annotations

import subprocess
import sys

import pytest

from reconciler.sandbox import lifecycle

from . import mistakes
from .folder import MOORLINE, Folder, copy_example, plain
from .result import Result

HEAVY = {"boto3", "botocore", "moto", "sagemaker", "cfnlint", "jsonschema", "deepdiff"}


@pytest.fixture(scope="module")
def broken(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    folder = Folder(tmp_path_factory.mktemp("broken"))
    copy_example(folder.path)
    mistakes.write(folder.path)
    return folder


@pytest.fixture(scope="module")
def found(broken: Folder) -> tuple[Result, Result]:
    """What one run says as JSON, and one as text; neither writes a file."""
    before = broken.files()
    both = broken.run("validate", "--json"), broken.run("validate")
    assert broken.files() == before
    return both


def places(result: Result) -> dict[tuple[str, int, int], list[str]]:
    """Codes by file, line and column."""
    codes: dict[tuple[str, int, int], list[str]] = {}
    for each in result.json["diagnostics"]:
        codes.setdefault((each["file"], each["line"], each["column"]), []).append(each["code"])
    return codes


def test_the_example_is_right_in_one_environment_as_data(example: Folder) -> None:
    before = example.files()
    assert example.run("validate", "-e", "prod", "--json", expect=0).json == {"diagnostics": []}
    assert example.files() == before


def test_the_example_is_right_in_every_environment_at_once(example: Folder) -> None:
    said = example.run("validate", expect=0)
    assert all(name in said.out for name in ("local", "dev", "staging", "prod"))
    assert said.err == ""


@pytest.mark.parametrize(
    ("place", "code"),
    [
        pytest.param(place, code, id=f"{code} at {place[0]}:{place[1]}:{place[2]}")
        for place, code in mistakes.expected().items()
    ],
)
def test_one_run_reports(
    place: tuple[str, int, int], code: str, found: tuple[Result, Result]
) -> None:
    as_json, as_text = found
    assert code in places(as_json).get(place, [])
    assert f"--> {place[0]}:{place[1]}:{place[2]}\n" in as_text.err


def test_nothing_is_reported_where_no_mistake_is(found: tuple[Result, Result]) -> None:
    assert set(places(found[0])) == set(mistakes.expected())


def test_a_mistake_is_reported_once_although_four_environments_have_it(
    found: tuple[Result, Result],
) -> None:
    twice = {
        place: codes for place, codes in places(found[0]).items() if len(set(codes)) < len(codes)
    }
    assert twice == {}


def test_errors_end_with_exit_code_1_in_both_forms(found: tuple[Result, Result]) -> None:
    as_json, as_text = found
    assert (as_json.code, as_text.code) == (1, 1)
    assert (as_json.err, as_text.out) == ("", "")


@pytest.mark.parametrize(
    ("line", "carets"),
    [
        ("10 |     amount: strng", "   |             ^^^^^ did you mean 'string'?"),
        ("12 |   offlin: {source: curated}", "   |   ^^^^^^ did you mean 'offline'?"),
        ("2 | kind: FeatureGrup", "  |       ^^^^^^^^^^^ did you mean 'FeatureGroup'?"),
        ("6 |     versioning: no", "  |                 ^^"),
    ],
    ids=["a value", "a field", "a kind", "a boolean"],
)
def test_the_text_shows_the_line_and_a_caret_under(
    line: str, carets: str, found: tuple[Result, Result]
) -> None:
    assert f"\n{line}\n{carets}\n" in found[1].err


def test_the_finding_about_no_says_which_boolean_was_meant(found: tuple[Result, Result]) -> None:
    place = "specs/no-is-not-a-boolean.yaml"
    helps = [each["help"] for each in found[0].json["diagnostics"] if each["file"] == place]
    assert helps == ["write false"]


def test_every_finding_has_a_known_severity_and_a_way_out(found: tuple[Result, Result]) -> None:
    findings = found[0].json["diagnostics"]
    assert {each["severity"] for each in findings} <= {"error", "warning"}
    assert [each["code"] for each in findings if not each["help"]] == []


@pytest.mark.parametrize(
    "arguments", [["--help"], ["--version"], ["validate"], ["compile", "-e", "prod"]], ids=" ".join
)
def test_no_aws_library_is_imported_by(arguments: list[str], example: Folder) -> None:
    process = subprocess.run(
        [sys.executable, "-X", "importtime", MOORLINE, *arguments],
        cwd=example.path,
        env=plain(),
        capture_output=True,
        text=True,
        check=True,
    )
    lines = [line for line in process.stderr.splitlines() if line.startswith("import time:")]
    packages = {line.rpartition("|")[2].strip().partition(".")[0] for line in lines}
    assert "reconciler" in packages
    assert packages & HEAVY == set()


def test_validate_starts_no_sandbox(example: Folder) -> None:
    example.run("validate", "-e", "local", expect=0)
    assert lifecycle.find(example.state) is None
    assert not example.state.exists()


@pytest.mark.parametrize(
    ("arguments", "codes"),
    [
        pytest.param(["-e", "nope"], ["ENV001"], id="an environment that does not exist"),
        pytest.param(["--specs", "nix"], ["YAML021"], id="a folder that does not exist"),
        pytest.param(["--environments", "nix"], ["ENV014", "YAML021"], id="no environments"),
    ],
)
def test_the_wrong_files_are_named_for(
    arguments: list[str], codes: list[str], example: Folder
) -> None:
    assert set(example.run("validate", *arguments, "--json", expect=1).codes) == set(codes)


@pytest.mark.parametrize("verb", ["validate", "apply"])
def test_a_folder_that_may_not_be_read_is_a_finding_of(verb: str, example: Folder) -> None:
    (example.path / "specs/loop").symlink_to(example.path / "specs")
    unreadable = example.path / "specs/unreadable.yaml"
    unreadable.symlink_to(example.path / "nowhere.yaml")
    said = example.run(verb, "-e", "local", "--json", expect=1)
    assert {"YAML021", "YAML023"} <= set(said.codes)
    assert lifecycle.find(example.state) is None
