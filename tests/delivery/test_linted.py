"""What a public linter of workflows, zizmor, says of what is written: nothing. No network."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from reconciler.delivery import api, write
from reconciler.delivery.pins import PINS, action
from reconciler.delivery.site import Site

from .written import ACTION, site, stage

ZIZMOR = Path(sys.executable).with_name("zizmor")
ONE = site(stages=(stage("dev", first=True),))
LOCAL = site(stages=(stage("local", sandbox=True, first=True),))
HASHED = site(requirements="0" * 64)


def findings(*paths: Path) -> list[str]:
    done = subprocess.run(
        [ZIZMOR, "--offline", "--no-progress", "--no-config", "--format", "json", *paths],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    assert done.stdout.lstrip().startswith("["), done.stderr
    return [each["ident"] for each in json.loads(done.stdout)]


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(ONE, id="one environment"),
        pytest.param(site(), id="three environments"),
        pytest.param(LOCAL, id="a sandbox"),
        pytest.param(HASHED, id="with hashes"),
    ],
)
def test_a_linter_of_workflows_finds_nothing(tmp_path: Path, made: Site) -> None:
    paths = []
    for path, text in write.files(api.load()["github"], made).items():
        if path.startswith(".github"):
            paths.append(tmp_path / Path(path).name)
            paths[-1].write_text(text)

    assert len(paths) == 4
    assert findings(*paths) == []


def test_the_linter_would_find_an_action_by_its_tag(tmp_path: Path) -> None:
    text = write.files(api.load()["github"], ONE)[".github/workflows/moorline-apply.yml"]
    used = action("actions/checkout")
    assert used in text
    (tmp_path / "apply.yml").write_text(text.replace(used, "actions/checkout@v5"))

    assert set(findings(tmp_path / "apply.yml")) == {"unpinned-uses"}


def test_the_linter_finds_nothing_in_our_own_action() -> None:
    assert findings(ACTION) == []


@pytest.mark.parametrize("name", sorted(PINS))
def test_a_pin_is_a_whole_commit_with_its_version(name: str) -> None:
    version, commit = PINS[name]

    assert (len(commit), set(commit) <= set("0123456789abcdef")) == (40, True)
    assert action(f"{name}/part") == f"{name}/part@{commit} # {version}"
