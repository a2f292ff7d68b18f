"""Each written file, checked by what its ecosystem uses."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from groovy_parser.parser import parse_groovy_content
from sweeps import LONG

from reconciler.delivery import api, write

from .written import (
    ACTION,
    PROVIDERS,
    REPOSITORY,
    action_shells,
    data,
    files,
    reviewing,
    shells,
    site,
)

BIN = Path(sys.executable).parent
SHELLS = {**{each: [*shells(each)] for each in PROVIDERS}, "the action": action_shells()}


def laid(folder: Path, provider: str) -> list[str]:
    """Write the files of a provider; answers their paths."""
    for path, text in files(provider).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    return sorted(files(provider))


def check(folder: Path, *arguments: str) -> str:
    """What a checker of the virtual environment objects to."""
    command = [str(BIN / arguments[0]), *arguments[1:]]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else done.stdout + done.stderr


def test_workflows_are_as_github_s_schema_says(tmp_path: Path) -> None:
    paths = [path for path in laid(tmp_path, "github") if path.startswith(".github")]

    said = check(
        tmp_path, "check-jsonschema", "--builtin-schema", "vendor.github-workflows", *paths
    )

    assert (said, len(paths)) == ("", 4)


def test_the_action_is_as_github_s_schema_says() -> None:
    path = str(ACTION)
    said = check(REPOSITORY, "check-jsonschema", "--builtin-schema", "vendor.github-actions", path)

    assert said == ""


def test_jobs_are_as_gitlab_s_schema_says(tmp_path: Path) -> None:
    paths = [path for path in laid(tmp_path, "gitlab") if ".gitlab" in path]
    schema = ("--builtin-schema", "vendor.gitlab-ci", "--data-transform", "gitlab-ci")

    assert (check(tmp_path, "check-jsonschema", *schema, *paths), len(paths)) == ("", 2)


@pytest.mark.parametrize("provider", PROVIDERS if LONG else ["codepipeline"])
def test_cloudformation_takes_the_templates(tmp_path: Path, provider: str) -> None:
    paths = [path for path in laid(tmp_path, provider) if path.endswith(".yaml")]

    assert check(tmp_path, "cfn-lint", "--regions", "eu-west-1", "--", *paths) == ""


@pytest.mark.parametrize("name", ["pull-request", "plan", "apply", "drift", "manual"])
def test_a_buildspec_has_the_form_that_codebuild_reads(name: str) -> None:
    """No schema of it is in a package, so these are the rules of its reference."""
    made = files("codepipeline")
    path = f"delivery/buildspecs/{name}.yml"
    spec = data(made[path] if path in made else reviewing(made["delivery/codepipeline.yaml"]))

    assert spec["version"] == 0.2
    assert spec["env"] == {"shell": "bash"}
    assert spec.keys() <= {"version", "env", "phases", "reports", "artifacts", "cache"}
    assert spec["phases"].keys() <= {"install", "pre_build", "build", "post_build"}
    for phase in spec["phases"].values():
        assert phase.keys() <= {"runtime-versions", "commands", "finally", "on-failure"}
        assert all(isinstance(each, str) for each in phase["commands"])
    assert all(report["file-format"] == "JUNITXML" for report in spec.get("reports", {}).values())


@pytest.mark.skipif(not LONG, reason="the parser takes a minute: make test-long")
def test_groovy_takes_the_jenkinsfile() -> None:
    """With short shell texts."""
    text = write.files(api.load()["jenkins"], site())["Jenkinsfile"]
    text = re.sub(r"'''(?:[^\\]|\\.)*?'''", "'''x'''", text, flags=re.DOTALL)

    tree = parse_groovy_content(text)

    assert tree.data == "compilation_unit"


def test_groovy_takes_a_stage_of_the_jenkinsfile() -> None:
    """The parser takes three seconds for one."""
    text = write.files(api.load()["jenkins"], site())["Jenkinsfile"]
    text = re.sub(r"'''(?:[^\\]|\\.)*?'''", "'''x'''", text, flags=re.DOTALL)
    first = re.split(r"^(?=        stage\()", text, flags=re.MULTILINE)[1]

    assert parse_groovy_content(first).data == "compilation_unit"


def test_the_jenkinsfile_is_a_declarative_pipeline() -> None:
    """Its sections, at their depth, are those that the syntax knows."""
    text = re.sub(
        r"'''(?:[^\\]|\\.)*?'''|'(?:[^'\\\n]|\\.)*'", "''", files("jenkins")["Jenkinsfile"]
    )
    body = text[text.index("\npipeline {") :]
    sections = re.findall(r"^    (\w+) \{", body, re.MULTILINE)

    assert sections == ["options", "triggers", "parameters", "environment", "stages"]
    assert "\n    agent none\n" in body
    assert set(re.findall(r"^            (\w+) \{", body, re.MULTILINE)) <= {
        "when", "steps", "options", "environment", "input", "agent",
    }  # fmt: skip
    assert body.count("{") == body.count("}")


@pytest.mark.parametrize("whose", SHELLS)
def test_shell_is_right(whose: str, tmp_path: Path) -> None:
    """Each text once, whatever jobs have it; its file is called like the first of them."""
    texts: dict[str, str] = {}
    for number, each in enumerate(SHELLS[whose]):
        texts.setdefault(each.text, f"{number}-{re.sub(r'[^a-zA-Z]+', '-', each.where)}")
    for text, name in texts.items():
        (tmp_path / name).write_text(text)
        bash = subprocess.run(
            ["bash", "-n", name], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        assert (bash.returncode, bash.stderr) == (0, "")
    linted = subprocess.run(
        [BIN / "shellcheck", "--shell=bash", *texts.values()],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip

    assert texts
    assert (linted.returncode, linted.stdout, linted.stderr) == (0, "", "")


def test_actionlint_agrees_where_it_is_installed(tmp_path: Path) -> None:
    program = os.environ.get("ACTIONLINT") or shutil.which("actionlint")
    if not program:
        pytest.skip("actionlint is not installed; the schema above is checked all the same")
    paths = [path for path in laid(tmp_path, "github") if path.startswith(".github")]

    done = subprocess.run(
        [program, *paths], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert done.stdout == ""


@pytest.mark.parametrize("provider", PROVIDERS)
def test_the_same_site_makes_the_same_files(provider: str) -> None:
    from reconciler.delivery import api, write

    assert write.files(api.load()[provider], site()) == files(provider)
