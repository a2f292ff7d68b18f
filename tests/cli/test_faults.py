"""Errors that no verb foresaw, packages that are missing, folders that are no platform's."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest
from sweeps import only_long

from reconciler.cli.frame import brought, fault, nowhere
from reconciler.cli.main import VERBS
from reconciler.cli.world.book import Book
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt, ResourceRecord, Result
from reconciler.render.text import diagnostics
from reconciler.sandbox import lifecycle

from .folder import Folder, plain
from .mistakes import environment, spec

if TYPE_CHECKING:
    from reconciler.receipts.store import Store

WITHOUT = ("moto", "cloudpickle", "flask", "flask_cors", "werkzeug", "sagemaker", "cfnlint")
SCRIPT = """
import importlib.util, sys
class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in {without}:
            raise ModuleNotFoundError(f"No module named {{name!r}}", name=name)
find = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name in {without} else find(name)
sys.meta_path.insert(0, Blocked())
from reconciler.cli.main import main
for command in {commands}:
    sys.argv = ["moorline", *command.split()]
    print(f"$ {{command}}", file=sys.stderr, flush=True)
    try:
        main.main(prog_name="moorline")
    except SystemExit as ended:
        print(f"exit {{ended.code}}", file=sys.stderr)
"""
NEED = ("plan", "sandbox start")
NEED_NOT = ("validate", "sandbox status")
PLACE = '  platform: shop\n  account: "123456789012"\n  region: eu-west-1\n  sandbox: true\n'


def platform(path: Path) -> Folder:
    """A bucket in the sandbox."""
    folder = Folder(path)
    folder.write("specs/raw.yaml", spec("DataSource", "raw", "  s3: {}\n"))
    folder.write("environments/local.yaml", environment("local", PLACE))
    return folder


def raised(error: Exception) -> Exception:
    """An error as it comes out of a line of ours."""
    try:
        lifecycle.start(Path("/nowhere"), idle=_Raises(error))  # type: ignore[arg-type]
    except Exception as caught:  # noqa: BLE001
        return caught
    raise AssertionError


class _Raises:
    def __init__(self, error: Exception) -> None:
        self.error = error

    def __bool__(self) -> bool:
        raise self.error


def test_without_extras_each_command_says_in_one_line_what_to_install(tmp_path: Path) -> None:
    project = platform(tmp_path / "project").path
    script = SCRIPT.format(without=WITHOUT, commands=(*NEED, *NEED_NOT))
    variables = plain(XDG_STATE_HOME=str(tmp_path / "state"))
    done = subprocess.run(
        [sys.executable, "-c", script],
        cwd=project, env=variables, capture_output=True, text=True, check=True,
    )  # fmt: skip
    said = re.findall(r"^\$ (.*)\n((?:.*\n)*?)exit (\d+)$", done.stderr, re.MULTILINE)
    assert [command for command, _, _ in said] == [*NEED, *NEED_NOT], done.stderr
    for command, text, code in said:
        if command in NEED:
            lines = text.splitlines()
            assert len(lines) == 1, text
            assert "`pip install 'moorline[sandbox]'`" in lines[0]
            assert code == "1"
        else:
            assert (text, code) == ("", "0"), (command, text)
    assert not (tmp_path / "state").exists()


@pytest.mark.parametrize(
    ("error", "code", "words"),
    [
        (KeyError("one"), "CLI009", "KeyError: 'one'\nin sandbox/lifecycle.py:"),
        (ValueError("two\nlines"), "CLI009", "ValueError: two\nlines\nin sandbox/lifecycle.py:"),
        (RecursionError("deep"), "CLI009", "RecursionError: deep"),
        (OSError(errno.ENOSPC, "No space left on device"), "CLI016", "No space left on device"),
        (
            PermissionError(errno.EACCES, "Permission denied", "a/b.json"),
            "CLI016",
            "the system refused 'a/b.json': Permission denied",
        ),
        (FileNotFoundError(errno.ENOENT, "No such file", b"x"), "CLI016", "refused 'x'"),
        (ConnectionResetError(errno.ECONNRESET, "reset"), "CLI009", "ConnectionResetError"),
        (
            ModuleNotFoundError("moto", name="moto.core"),
            "CLI015",
            "pip install 'moorline[sandbox]'",
        ),
        (ModuleNotFoundError("cfnlint", name="cfnlint"), "CLI015", "pip install 'moorline[lint]'"),
        (ModuleNotFoundError("boto3", name="boto3"), "CLI015", "--force-reinstall moorline"),
    ],
    ids=str,
)
def test_an_error_is_told_in_words(error: Exception, code: str, words: str) -> None:
    found = fault.finding(raised(error), ["plan", "-e", "dev"])
    assert found.code == code
    assert words in found.message
    assert "Traceback" not in found.message


@pytest.mark.parametrize(("verb", "told"), [("apply", True), ("revert", True), ("plan", False)])
def test_what_a_verb_may_leave_is_told(verb: str, told: bool) -> None:
    found = fault.finding(raised(KeyError("x")), [verb, "-e", "a b"])
    assert ("what is left to do" in found.help) is told
    assert f"`MOORLINE_DEBUG=1 moorline {verb} -e 'a b'`" in found.help


def test_line_breaks_are_line_breaks_and_other_control_characters_are_not() -> None:
    found = Diagnostic("CLI009", "first\r\nsecond\x1b[31m\x00\nthird", help="do this\nor that")
    assert diagnostics.text([found], {}, color=False) == (
        "error[CLI009]: first\n"
        "  | second\\x1b[31m\\x00\n"
        "  | third\n"
        "  = help: do this\n"
        "          or that\n"
    )


@pytest.mark.parametrize(
    ("made", "here", "told"),
    [
        (["shop"], ".", "`cd shop` leads to one"),
        (["a b/shop"], ".", "`cd 'a b/shop'` leads to one"),
        (["one", "two"], ".", "`cd one` or `cd two` leads to one"),
        (["a", "b", "c", "d"], ".", "`cd c` or another one leads to one"),
        ([".hidden"], ".", "`moorline init` starts one here"),
        (["a/b/c"], ".", "`moorline init` starts one here"),
        (["."], "specs/data", "the folder above has one: `cd ../..`"),
        ([], ".", "`moorline init` starts one here"),
    ],
)
def test_outside_of_a_platform_the_way_to_one_is_told(
    made: list[str], here: str, told: str, tmp_path: Path
) -> None:
    for folder in made:
        for name in nowhere.FOLDERS:
            (tmp_path / folder / name).mkdir(parents=True)
    (tmp_path / here).mkdir(parents=True, exist_ok=True)
    found = nowhere.finding(tmp_path / here)
    assert found.code == "CLI017"
    assert told in found.help


def test_no_word_of_other_tools_is_a_word_of_ours() -> None:
    assert brought.VERBS.keys() & VERBS.keys() == set()


@pytest.mark.parametrize("word", brought.VERBS)
def test_what_a_verb_leads_to_is_there(word: str) -> None:
    for code in re.findall(r"`moorline ([a-z]+)", brought.VERBS[word]):
        assert code in VERBS


@pytest.mark.parametrize(
    ("verb", "rest", "said"),
    [
        ("up", [], "; did you mean `moorline apply`?"),
        ("Deploy", ["--env=dev"], "; did you mean `moorline apply -e dev`?"),
        ("deploy", ["-e", "dev", "--target", "x"], "; did you mean `moorline apply`?"),
        ("new", ["a b"], "; did you mean `moorline init 'a b'`?"),
        ("destroy", ["-e", "dev"], "moorline apply -e dev --destroy"),
        ("xyzzy", [], ""),
    ],
)
def test_a_verb_is_told_with_its_arguments(verb: str, rest: list[str], said: str) -> None:
    assert said in brought.verb(verb, rest)
    assert bool(said) is bool(brought.verb(verb, rest))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--auto-approve"], "'--auto-approve'; did you mean `--yes`?"),
        (["-auto-approve"], "'-auto-approve'; did you mean `--yes`?"),
        (["--auto_approve"], "'--auto_approve'; did you mean `--yes`?"),
        (["-env=dev"], "'-env'; did you mean `-e dev`?"),
        (["--env", "dev"], "'--env'; did you mean `-e dev`?"),
        (["-environment", "dev"], "'-environment'; did you mean `--environment`?"),
        (["--stage", "dev"], "`-e NAME` after the verb."),
        (["--target", "x"], "a plan is of a whole environment"),
        (["-y"], ""),
        (["-edev"], ""),
        (["-e", "dev", "--yes"], ""),
        (["--", "--target"], ""),
        (["--environmnt"], ""),
    ],
)
def test_an_option_is_told(arguments: list[str], said: str) -> None:
    known = {"-e", "--environment", "-y", "--yes", "--json"}
    found = brought.option("apply", arguments, known)
    assert said in found
    assert bool(said) is bool(found)


BEFORE = Receipt("1", "local", "acme", "1", "eu-west-1", "me", "", "", "", Result.DONE)
PLAN = Plan("local", "acme", "1", "eu-west-1")


class Kept:
    """A store with one receipt."""

    def __init__(self, ended: str) -> None:
        address = Address("AWS::S3::Bucket", "raw")
        record = ResourceRecord({"BucketName": "raw"}, "1")
        self.receipt = replace(BEFORE, ended=ended, resources={address: record})

    def latest(self) -> Receipt:
        return self.receipt


@pytest.mark.parametrize(
    ("ended", "since", "lost"),
    [
        ("2026-01-01T00:00:00Z", 0.0, False),
        ("2026-01-01T00:00:00Z", 1.0, False),
        ("2026-01-01T00:00:00Z", datetime(2026, 1, 2, tzinfo=UTC).timestamp(), True),
        ("2026-01-03T00:00:00Z", datetime(2026, 1, 2, tzinfo=UTC).timestamp(), False),
        ("2026-01-02T00:00:00Z", datetime(2026, 1, 2, tzinfo=UTC).timestamp() + 0.9, False),
        ("", datetime(2026, 1, 2, tzinfo=UTC).timestamp(), False),
    ],
)
def test_receipts_of_what_a_sandbox_lost_are_told_in_one_line(
    ended: str, since: float, lost: bool
) -> None:
    book = Book(cast("Store", Kept(ended)), since=since)
    assert bool(book.applied) is not lost
    assert [each.code for each in book.told(PLAN).diagnostics] == ["SANDBOX002"] * lost


@only_long
def test_a_sandbox_that_lost_its_state_is_told_in_one_line(tmp_path: Path) -> None:
    """What is not there any more was not deleted by hand."""
    folder = platform(tmp_path)
    try:
        folder.run("apply", "--yes", expect=0)
        folder.run("sandbox", "reset", expect=0)
        said = folder.run("plan", expect=0).text
        assert said.count("SANDBOX002") == 1
        assert "by whom" not in said
        assert "deleted by hand" not in folder.run("drift", expect=4).text
        folder.run("apply", "--yes", expect=0)
        assert "SANDBOX002" not in folder.run("plan", expect=0).text
    finally:
        lifecycle.stop(folder.state)
