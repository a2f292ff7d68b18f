"""`ci init`: what it reads from the repository, and that no name becomes a command."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path

import pytest
from sweeps import sample

from reconciler.delivery import api, site as sites, write
from tests.cli import forks
from tests.cli.folder import plain
from tests.cli.mistakes import environment, spec
from tests.cli.result import Result

from .written import PROVIDERS, Shell, data, shells, site, stage

PLACE = '  platform: acme\n  account: "123456789012"\n  region: eu-west-1\n'
EVIL = ["$(touch pwned)", "`id`", 'a"b', "a'b", "a\nb", "x; rm -rf /", "${{ secrets.X }}", "-e"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "specs").mkdir()
    (tmp_path / "environments").mkdir()
    (tmp_path / "specs/ledger.yaml").write_text(spec("DataSource", "ledger", "  s3: {}\n"))
    for name, body in {
        "prod": "  extends: staging\n",
        "dev": PLACE,
        "staging": "  extends: dev\n",
        "local": "  extends: dev\n  sandbox: true\n",
    }.items():
        (tmp_path / f"environments/{name}.yaml").write_text(environment(name, body))
    return tmp_path


def init(folder: Path, *arguments: str) -> Result:
    return forks.run(["ci", "init", *arguments], folder, plain())


def test_environments_are_in_the_order_in_which_they_extend(folder: Path) -> None:
    done = json.loads(init(folder, "--provider", "github", "--json").out)

    assert done["environments"] == ["dev", "staging", "prod"]
    assert {each["state"] for each in done["files"]} == {"new"}
    assert {each["code"] for each in done["diagnostics"]} == {
        "DELIVERY003", "DELIVERY004", "DELIVERY005", "DELIVERY007",
    }  # fmt: skip


def test_environments_whose_names_begin_alike_are_kept_apart_delivered_or_not(
    folder: Path,
) -> None:
    (folder / "environments/dev-2.yaml").write_text(environment("dev-2", "  extends: dev\n"))
    other = '  extends: dev\n  account: "444455556666"\n'
    (folder / "environments/dev-far.yaml").write_text(environment("dev-far", other))

    assert init(folder, "--provider", "github", "-e", "dev").code == 0

    made = data((folder / write.ROLES).read_text())["Mappings"]["Environments"]["dev"]
    assert made["HasSiblings"] == "yes"
    assert "arn:aws:s3:::acme-dev-2-*" in made["Siblings"]
    assert made["SiblingAliases"] == ["alias/acme-dev-2-*"]


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    done = init(folder, "--provider", "gitlab", "--dry-run")

    assert (done.code, (folder / ".gitlab-ci.yml").exists()) == (0, False)


def test_a_file_with_other_content_is_left_alone(folder: Path) -> None:
    (folder / ".gitlab-ci.yml").write_text("mine: {script: [echo]}\n")

    done = init(folder, "--provider", "gitlab", "--json")

    assert done.code == 1
    assert [each["code"] for each in json.loads(done.out)["diagnostics"]] == ["DELIVERY002"]
    assert not (folder / ".gitlab").exists()
    assert init(folder, "--provider", "gitlab", "--force").code == 0
    again = json.loads(init(folder, "--provider", "gitlab", "--json").out)
    assert {each["state"] for each in again["files"]} == {"unchanged"}


@pytest.mark.parametrize("name", EVIL)
def test_an_environment_with_a_name_for_a_shell_is_refused(folder: Path, name: str) -> None:
    text = environment(json.dumps(name), PLACE)
    (folder / "environments/evil.yaml").write_text(text)

    done = init(folder, "--provider", "github", "-e", name)

    assert done.code != 0
    assert not (folder / ".github").exists()


@pytest.mark.parametrize(
    ("provider", "branch"),
    sample([*product(PROVIDERS, ["$(touch pwned)", 'a"b', "a'b", "x`id`", "a'''b", "v1+2"])], 4),
)
def test_a_branch_is_never_part_of_a_shell_text(provider: str, branch: str) -> None:
    plainly = write.files(api.load()[provider], site())
    made = write.files(api.load()[provider], site(branch=branch))

    def texts(files: dict[str, str]) -> list[Shell]:
        return list(shells(provider, files))

    assert texts(made) == texts(plainly)
    for path, text in made.items():
        if path.endswith((".yml", ".yaml")):
            data(text)


@pytest.mark.parametrize(
    ("remote", "slug"),
    [
        ("git@github.com:acme/platform.git", "acme/platform"),
        ("https://github.com/acme/platform", "acme/platform"),
        ("https://user@gitlab.example:8443/group/sub/platform.git", "group/sub/platform"),
        ("ssh://git@github.com/acme/platform.git/", "acme/platform"),
        ("../elsewhere", ""),
        ("", ""),
        ("git@host:a/$(id)", ""),
    ],
)
def test_the_repository_is_read_from_the_remote(remote: str, slug: str) -> None:
    assert sites.repository(remote) == slug


def test_a_sandbox_stage_gets_no_role() -> None:
    made = write.files(
        api.load()["github"], site(stages=(stage("local", sandbox=True, first=True),))
    )
    text = "".join(text for path, text in made.items() if path.startswith(".github"))

    assert "AWS_ROLE_ARN" not in text
    assert "id-token" not in text
