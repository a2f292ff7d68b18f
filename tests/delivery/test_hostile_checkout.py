"""The steps of every CI system as written, in a checkout full of traps: none is sprung."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest
from sweeps import only_long

from reconciler import __version__
from reconciler.delivery.requirements import problems
from reconciler.delivery.shell import STEPS

from .hostile import BIN, Checkout, bash, checkout, wheel
from .written import PROVIDERS, action_shells, files, shells

PYTHON = re.compile(r"(?<![\w/.-])(?:\S*/)?python3?\"? (?!-I )")
LEAK = "canary-of-the-runner"


@pytest.fixture
def trapped(tmp_path: Path) -> Iterator[Checkout]:
    made = checkout(tmp_path)
    yield made
    command = [BIN / "moorline", "sandbox", "stop", "-e", "one"]
    subprocess.run(command, cwd=made.path, capture_output=True, check=False)


def known(home: Path, **more: str) -> dict[str, str]:
    """The environment of a job, whose packages come from a folder."""
    temp = home / "temp"
    temp.mkdir(exist_ok=True)
    wheel(home / "wheels")
    return {
        "PATH": f"{BIN}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "PIP_NO_INDEX": "1",
        "PIP_FIND_LINKS": str(home / "wheels"),
        "RUNNER_TEMP": str(temp),
        "GITHUB_PATH": str(home / "path"),
        "GITHUB_OUTPUT": str(home / "output"),
        "MOORLINE_VERSION": __version__,
        "MOORLINE_ENVIRONMENT": "one",
        "PYTHONPATH": "",
        **more,
    }


def installed(home: Path, environ: dict[str, str]) -> dict[str, str]:
    """The environment of the steps after the installation."""
    added = (home / "path").read_text().split()
    return environ | {"PATH": ":".join([*reversed(added), environ["PATH"]])}


def test_the_traps_spring_for_whoever_looks_into_the_checkout(trapped: Checkout) -> None:
    """What the steps did before; else a test that finds nothing would say nothing."""
    for text in (
        "python3 -m pip --version",
        "python3 -c 'import json'",
        "PYTHONPATH= python3 -m x",
    ):
        bash(text, trapped.path, {"PATH": f"{BIN}:/usr/bin:/bin"})

    assert {"pip___init__.py", "json.py"} <= set(trapped.ran)


@only_long
@pytest.mark.parametrize("hashes", [True, False], ids="by hash {}".format)
def test_no_step_runs_what_a_change_carries(trapped: Checkout, hashes: bool) -> None:
    home, more = trapped.path.parent, {}
    if hashes:
        digest = sha256(wheel(home / "wheels").read_bytes()).hexdigest()
        text = f"moorline=={__version__} \\\n    --hash=sha256:{digest}\n"
        assert problems(text, __version__) == []
        (trapped.path / "delivery").mkdir()
        (trapped.path / "delivery/requirements.txt").write_text(text)
        more = {"MOORLINE_REQUIREMENTS": sha256(text.encode()).hexdigest()}
    environ = known(home, **more)

    done = [bash(STEPS["install"], trapped.path, environ)]
    environ = installed(home, environ)
    done += [
        bash(STEPS[name], trapped.path, environ)
        for name in ("validate", "plan anew", "keep receipt", "plan offline")
    ]

    assert [each.returncode for each in done] == [0] * 5, [each.stderr for each in done]
    assert str(home / "temp") in environ["PATH"].split(":")[0]
    assert "changes=true" in (home / "output").read_text()
    assert trapped.ran == []


def test_requirements_that_a_change_replaces_are_not_installed(trapped: Checkout) -> None:
    home = trapped.path.parent
    (trapped.path / "delivery").mkdir()
    (trapped.path / "delivery/requirements.txt").write_text("evil==1\n")

    done = bash(
        STEPS["install"], trapped.path, known(home, MOORLINE_REQUIREMENTS=sha256(b"").hexdigest())
    )

    assert done.returncode != 0
    assert "checksum did NOT match" in done.stderr
    assert not (home / "path").exists()


@only_long
def test_a_folder_of_links_is_not_where_output_goes(trapped: Checkout) -> None:
    home = trapped.path.parent
    outside = home / "outside"
    outside.mkdir()
    (outside / "plan.json").write_text(LEAK)
    (trapped.path / "moorline-out").symlink_to(outside)

    fresh = bash(STEPS["install"], trapped.path, known(home))

    assert fresh.returncode == 0, fresh.stderr
    assert not (trapped.path / "moorline-out").is_symlink()
    assert (outside / "plan.json").read_text() == LEAK


def test_a_link_among_an_earlier_job_s_files_stops_the_next(trapped: Checkout) -> None:
    home = trapped.path.parent
    (trapped.path / "moorline-out").mkdir()
    (trapped.path / "moorline-out/plan.file").symlink_to("/etc/passwd")

    done = bash(STEPS["install beside a plan"], trapped.path, known(home))

    assert done.returncode == 1
    assert "moorline-out holds a link" in done.stderr


def test_a_plan_that_a_change_carries_is_gone_before_planning(trapped: Checkout) -> None:
    home = trapped.path.parent
    environ = known(home) | {"MOORLINE_ENVIRONMENT": "none"}
    (trapped.path / "moorline-out").mkdir()
    (trapped.path / "moorline-out/plan.file").write_text(LEAK)

    done = bash(STEPS["plan anew"], trapped.path, environ)

    assert done.returncode not in {0, 2}
    assert not (trapped.path / "moorline-out/plan.file").exists()


def test_the_token_for_aws_is_read_by_a_python_that_looks_nowhere(trapped: Checkout) -> None:
    home = trapped.path.parent
    (home / "bin").mkdir()
    (home / "bin/curl").write_text('#!/bin/sh\ncat > /dev/null\necho \'{"value": "token-1"}\'\n')
    (home / "bin/curl").chmod(0o755)
    environ = known(home, GITHUB_ENV=str(home / "env"))
    environ |= {"PATH": f"{home / 'bin'}:{environ['PATH']}"}
    environ |= {"ACTIONS_ID_TOKEN_REQUEST_TOKEN": "x", "ACTIONS_ID_TOKEN_REQUEST_URL": "https://x?"}
    texts = {s.text for s in shells("github") if "ACTIONS_ID_TOKEN" in s.text}

    (text,) = texts
    done = bash(text, trapped.path, environ)

    assert done.returncode == 0, done.stderr
    assert (home / "temp/moorline-token").read_text() == "token-1"
    assert trapped.ran == []


def every() -> list[str]:
    return [*(s.text for p in PROVIDERS for s in shells(p)), *(s.text for s in action_shells())]


def test_python_is_always_isolated() -> None:
    found = [line for text in every() for line in text.splitlines() if PYTHON.search(line)]

    assert found == []
    assert any(
        PYTHON.search(line) for line in ("python -m pip", "| python3 -c 'x'", 'a/python" -m')
    )


def test_moorline_is_never_run_with_a_path_into_the_checkout() -> None:
    texts = [
        text for text in every() if re.search(r"^\s*moorline |[|(] *moorline ", text, re.MULTILINE)
    ]

    assert len(texts) > 40
    assert all("export PYTHONSAFEPATH=1" in text for text in texts)
    assert all("unset PYTHONPATH PYTHONHOME PYTHONSTARTUP" in text for text in texts)


def test_nothing_is_installed_into_the_checkout() -> None:
    text = "".join(files("jenkins").values()) + "".join(every())

    assert ".moorline-venv" not in text
    assert "pip install" in text
    assert not re.search(r"venv \"?(?!\$tools/venv)[\w.]", text)


def test_the_receipt_for_forks_is_of_the_scheduled_run_on_the_default_branch(
    tmp_path: Path,
) -> None:
    """The filter of the step, over runs that others could have made, by the real jq."""
    jq = shutil.which("jq")
    text = next(s.text for s in shells("github") if "moorline-drift.yml/runs" in s.text)
    query = re.search(r"--jq '([^']*)'", text)
    assert query is not None
    assert "-f event=schedule" in text
    good = {
        "id": 9,
        "event": "schedule",
        "head_branch": "main",
        "path": ".github/workflows/moorline-drift.yml",
        "head_repository": {"full_name": "acme/platform"},
    }
    others = [
        {**good, "id": 1, "event": "pull_request"},
        {**good, "id": 2, "event": "workflow_dispatch"},
        {**good, "id": 3, "head_repository": {"full_name": "eve/platform"}},
        {**good, "id": 4, "head_branch": "feature"},
        {**good, "id": 5, "path": ".github/workflows/evil.yml"},
    ]
    for part in ("event", "head_branch", "head_repository", "path"):
        assert part in query[1]
    if jq is None:
        pytest.skip("jq is not installed; the parts of the filter are checked all the same")

    import json

    environ = {**os.environ, "BRANCH": "main", "GITHUB_REPOSITORY": "acme/platform"}
    found = [
        subprocess.run(
            [jq, query[1]],
            input=json.dumps({"workflow_runs": runs}),
            env=environ, capture_output=True, text=True, check=True,
        ).stdout.strip()
        for runs in ([*others, good], others)
    ]  # fmt: skip
    assert found == ["9", ""]
