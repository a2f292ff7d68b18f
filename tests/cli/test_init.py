"""`moorline init`: a small platform that plans at once, all of it or nothing."""

from __future__ import annotations

import os
import pty
import select
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sweeps import LONG

from reconciler.cli.verbs.init import ABOUT, PARTS
from reconciler.sandbox import lifecycle
from reconciler.sandbox.seed import upload
from reconciler.scaffold import files, write
from reconciler.scaffold.files import Answers

from .folder import BIN, MOORLINE, Folder, plain
from .result import LIMIT, Result

LEAST = {
    ".gitignore", ".pre-commit-config.yaml", "environments/dev.yaml", "environments/local.yaml",
    "schemas/moorline.json", "specs/customer.yaml", "specs/data.yaml", "specs/scorer.yaml",
}  # fmt: skip


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Folder]:
    yield Folder(tmp_path)
    lifecycle.stop(Folder(tmp_path).state)


def yaml_lines(folder: Folder) -> int:
    texts = [text for name, text in folder.files().items() if name.endswith(".yaml")]
    return sum(len(text.splitlines()) for text in texts if b"kind:" in text)


def test_the_smallest_platform_plans_at_once(empty: Folder) -> None:
    said = empty.run("init", "--platform", "shop", "--yes", expect=0)
    assert empty.files().keys() == LEAST
    assert yaml_lines(empty) < 60
    empty.run("validate", expect=0)
    planned = empty.run("plan", "-e", "local", "--json", expect=0)
    assert {action for action, _ in planned.steps} == {"create"}
    assert not any(name == "shop-local-scorer" for _, name in planned.steps)
    assert planned.codes == ["PLAN010"]  # its model file is not there yet
    assert said.out.splitlines()[-3:] == [
        "  moorline validate", "  moorline plan -e local", "  moorline apply -e local",
    ]  # fmt: skip


def test_what_it_makes_can_be_applied(empty: Folder) -> None:
    empty.run("init", "--with", ",".join(PARTS), "--yes", expect=0)
    first = empty.run("apply", "-e", "local", "--yes", expect=0)
    (bucket,) = [each for each in first.out.split() if each.endswith("-data-123456789012")][:1]
    upload(empty.client("s3"), bucket, "scorer/model.tar.gz")
    second = empty.run("apply", "-e", "local", "--yes", expect=0)
    assert "AWS::SageMaker::Endpoint" in second.out
    empty.run("plan", "-e", "local", "--detailed-exitcode", expect=0)


@pytest.mark.parametrize(
    ("parts", "specs"),
    [
        ("", {"data"}),
        ("features", {"data", "customer"}),
        ("rollout", {"data", "scorer"}),
        ("monitoring", {"data", "scorer", "oncall"}),
        ("budget, features", {"data", "customer", "budget"}),
    ],
    ids=["nothing more", "features", "a rollout", "what alarms need", "two with a space"],
)
def test_parts_are_chosen_and_right(empty: Folder, parts: str, specs: set[str]) -> None:
    empty.run("init", "--with", parts, "--yes", expect=0)
    assert {path.stem for path in (empty.path / "specs").iterdir()} == specs
    empty.run("validate", expect=0)


def test_machines_get_the_files_and_the_next_commands(empty: Folder) -> None:
    said = empty.run("init", "a b", "--json", expect=0).json
    assert set(said["files"]) == LEAST
    assert said["next"][0] == "cd 'a b'"
    assert (empty.path / "a b/specs/data.yaml").exists()


def test_every_file_is_described() -> None:
    made = files.files(Answers("x", parts=PARTS))
    assert {*made, files.IGNORED} == {*ABOUT}


@pytest.mark.parametrize("name", ["true", "null"])
def test_a_name_that_yaml_reads_otherwise_stays_a_name(empty: Folder, name: str) -> None:
    empty.run("init", "--platform", name, "--yes", expect=0)
    empty.run("validate", expect=0)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--platform", "Shop 1"),
        ("--account", "1234"),
        ("--region", "Ireland"),
        ("--email", 'a"b@c'),
    ],
    ids=["platform", "account", "region", "email"],
)
def test_an_answer_that_cannot_be_is_refused(empty: Folder, arguments: tuple[str, str]) -> None:
    said = empty.run("init", *arguments, "--json", expect=1)
    assert said.codes == ["CLI013"]
    assert empty.files() == {}


def test_an_unknown_part_is_wrong_usage(empty: Folder) -> None:
    assert "none of features" in empty.run("init", "--with", "cake", expect=1).err
    assert empty.files() == {}


@pytest.mark.parametrize(
    "there",
    ["specs/data.yaml", "specs/mine.yaml", "environments/prod.yml", ".pre-commit-config.yaml"],
)
def test_what_is_in_the_way_is_named_and_nothing_written(empty: Folder, there: str) -> None:
    empty.write(there, "mine\n")
    before = empty.files()
    said = empty.run("init", "--json", expect=1)
    assert said.codes == ["CLI010"]
    assert there in said.text
    assert empty.files() == before


@pytest.mark.parametrize("there", ["specs", "schemas", "shop"])
def test_a_file_where_a_folder_must_be_is_in_the_way(empty: Folder, there: str) -> None:
    empty.write(there, "mine\n")
    assert empty.run("init", "shop" if there == "shop" else ".", "--json", expect=1).codes == [
        "CLI010"
    ]
    assert empty.files() == {there: b"mine\n"}


def test_a_link_to_nowhere_is_not_followed(empty: Folder) -> None:
    (empty.path / ".pre-commit-config.yaml").symlink_to("elsewhere")
    assert empty.run("init", "--json", expect=1).codes == ["CLI010"]
    assert not (empty.path / "elsewhere").exists()


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (b".venv/", b".venv/\n# What Moorline keeps"),
        (b"\xff\n", b"\xff\n# What Moorline keeps"),
        (b"# x\n.moorline\n", b"# x\n.moorline\n"),
        (b"/.moorline/\n", b"/.moorline/\n"),
    ],
    ids=["without it", "not UTF-8", "with it", "with it, anchored"],
)
def test_gitignore_is_added_to(empty: Folder, before: bytes, after: bytes) -> None:
    (empty.path / ".gitignore").write_bytes(before)
    empty.run("init", "--yes", expect=0)
    assert (empty.path / ".gitignore").read_bytes().startswith(after)
    assert empty.files().keys() == LEAST


def test_all_or_nothing_when_the_disk_refuses(tmp_path: Path) -> None:
    made = {"a/b/one.yaml": "1\n", "a/two.yaml": "2\n", "a/two.yaml/three.yaml": "3\n"}
    with pytest.raises(OSError, match="two"):
        write.write(tmp_path / "new", made)
    assert list(tmp_path.iterdir()) == []


def test_nothing_that_appears_in_the_meantime_is_overwritten(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("mine")
    with pytest.raises(FileExistsError):
        write.write(tmp_path, {"a": "1", "b": "2"})
    assert [path.name for path in tmp_path.iterdir()] == ["b"]
    assert (tmp_path / "b").read_text() == "mine"


def conversation(folder: Folder, *arguments: str, typed: str) -> Result:
    """Run a command on a terminal and type each line when it asks."""
    main, side = pty.openpty()
    process = subprocess.Popen(
        [MOORLINE, *arguments], cwd=folder.path, env=plain(TERM="dumb"),
        stdin=side, stdout=side, stderr=side, start_new_session=True,
    )  # fmt: skip
    os.close(side)
    seen, lines, end = b"", typed.splitlines(keepends=True), time.monotonic() + LIMIT
    while time.monotonic() < end and (process.poll() is None or _ready(main)):
        if _ready(main):
            try:
                seen += os.read(main, 4096)
            except OSError:  # the other side is closed
                break
        elif lines and seen.endswith(b": "):
            os.write(main, lines.pop(0).encode())
            seen += b"<"
    process.kill()
    os.close(main)
    return Result(process.wait(), seen.decode().replace("\r\n", "\n"), "")


def _ready(descriptor: int) -> bool:
    return bool(select.select([descriptor], [], [], 0.1)[0])


def test_a_terminal_is_asked(empty: Folder) -> None:
    typed = "Shop\nshop\n\neu-central-1\ny\ny\ny\nn\noncall@shop.example\n"
    said = conversation(empty, "init", "here", typed=typed)
    assert said.code == 0, said.out
    assert "'Shop' cannot be the platform" in said.out
    made = Folder(empty.path / "here").files()
    assert b"platform: shop\n" in made["environments/dev.yaml"]
    assert b"region: eu-central-1\n" in made["environments/dev.yaml"]
    assert b"oncall@shop.example" in made["specs/oncall.yaml"]
    assert "specs/budget.yaml" not in made
    Folder(empty.path / "here").run("validate", expect=0)


def test_what_an_option_says_is_not_asked(empty: Folder) -> None:
    given = ("--platform", "shop", "--account", "123456789012", "--region", "eu-west-1")
    said = conversation(empty, "init", *given, "--with", "", typed="")
    assert said.code == 0, said.out
    assert "Platform," not in said.out


def test_leaving_at_a_question_writes_nothing(empty: Folder) -> None:
    assert conversation(empty, "init", typed="shop\n\x04").code == 1
    assert empty.files() == {}


MANIFEST = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
PRE_COMMIT = BIN / "pre-commit"
needs_pre_commit = pytest.mark.skipif(not PRE_COMMIT.exists(), reason="pre-commit is not installed")


def run(folder: Folder, *command: Any, **more: str) -> Result:
    path = f"{BIN}{os.pathsep}{os.environ['PATH']}"
    home = {"PRE_COMMIT_HOME": str(folder.path.parent / "pre-commit"), "PATH": path}
    identity = {f"GIT_{who}_{what}": "a@b" for who in ("AUTHOR", "COMMITTER")
                for what in ("NAME", "EMAIL")}  # fmt: skip
    done = subprocess.run(
        command, cwd=folder.path, env=plain(**home, **identity, **more),
        capture_output=True, text=True, check=False, timeout=LIMIT,
    )  # fmt: skip
    return Result(done.returncode, done.stdout, done.stderr)


@needs_pre_commit
def test_pre_commit_takes_the_hook_of_this_repository(empty: Folder) -> None:
    said = run(empty, PRE_COMMIT, "validate-manifest", MANIFEST)
    assert said.code == 0, said.text


@needs_pre_commit
@pytest.mark.parametrize("whose", ["init's", "this repository's"] if LONG else ["init's"])
def test_a_commit_of_a_wrong_spec_is_stopped(empty: Folder, whose: str) -> None:
    empty.run("init", "--yes", expect=0)
    if whose == "this repository's":
        hook = MANIFEST.read_text().replace("language: python", "language: system")
        lines = "\n".join(f"      {line}" for line in hook.splitlines()[1:])
        empty.write(".pre-commit-config.yaml", f"repos:\n  - repo: local\n    hooks:\n{lines}\n")
    assert run(empty, PRE_COMMIT, "validate-config").code == 0
    for command in ("git init -q", "git add ."):
        assert run(empty, *command.split()).code == 0
    assert run(empty, PRE_COMMIT, "install").code == 0
    first = run(empty, "git", "commit", "-q", "-m", "right")
    assert first.code == 0, first.text
    assert "moorline validate" in first.text
    empty.edit("specs/customer.yaml", "type: integral", "type: integer")
    run(empty, "git", "add", ".")
    second = run(empty, "git", "commit", "-q", "-m", "wrong")
    assert second.code == 1
    assert "SPEC012" in second.text
