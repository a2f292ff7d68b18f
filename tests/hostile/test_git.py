"""Opening a repository runs nothing that it brings along, whatever its configuration says."""

from __future__ import annotations

import os
import stat
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner
from sweeps import met

from reconciler.cli.main import main
from reconciler.git import commit, export, remote
from reconciler.git.run import GitError, installed
from reconciler.sandbox import lifecycle

from .repository import PROGRAMS, QUIET, Repository, make

NAMES = [Path("specs"), Path("environments")]
SPECS = [Path("specs/ledger.yaml")]
TEMPTING = {
    "a file system monitor": "status",
    "a clean filter": "status",
    "a smudge filter": "archive HEAD",
    "a filter process": "status",
    "hooks": "checkout -f HEAD",
    "an included file": "status",
    "a gitdir elsewhere": "status",
    "diff programs": "diff",
    "a promisor that is a program": "ls-tree -r HEAD",
    "a promisor behind ssh": "ls-tree -r HEAD",
    "a promisor behind a proxy": "ls-tree -r HEAD",
    "a promisor with an own upload-pack": "ls-tree -r HEAD",
}
"""What would run the program if it was asked of Git as it is: the repository means it."""
COMMANDS = {
    "validate": ["validate"],
    "plan": ["plan", "-e", "dev", "--offline"],
    "history": ["history", "-e", "dev"],
    "ci init": ["ci", "init", "--provider", "github"],
}


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = make(tmp_path)
    monkeypatch.chdir(made.path)
    return made


@pytest.mark.parametrize(("way", "command"), TEMPTING.items(), ids=TEMPTING)
def test_git_itself_would_run(way: str, command: str, repository: Repository) -> None:
    PROGRAMS[way](repository)
    subprocess.run(
        ["git", *command.split()], env={**os.environ, **QUIET}, capture_output=True, check=False
    )
    assert repository.markers != []


@pytest.mark.parametrize("way", PROGRAMS)
def test_nothing_runs_when_git_is_asked(
    way: str, repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.environ['PATH']}")
    PROGRAMS[way](repository)
    head = commit.head()
    commit.commit(NAMES, SPECS)
    export.knows(head)
    remote.default_branch()
    with suppress(GitError):  # objects may be missing
        export.export(head, NAMES, repository.outside / "export")
    assert (repository.markers, remote.origin()) == ([], "")


@pytest.mark.parametrize(("way", "command"), met(PROGRAMS, COMMANDS))
def test_nothing_runs_in_a_command(way: str, command: str, repository: Repository) -> None:
    PROGRAMS[way](repository)
    done = CliRunner().invoke(main, COMMANDS[command])
    assert (repository.markers, done.exit_code) == ([], 0), done.output


def test_nothing_runs_in_any_command_that_applies(tmp_path: Path) -> None:
    repository = make(tmp_path)
    folder = repository.folder
    try:
        folder.run("apply", "-e", "local", "--yes", expect=0)
        first = repository.git("rev-parse", "HEAD")
        folder.edit("specs/ledger.yaml", "owner: team", "owner: others")
        repository.git("commit", "-qam", "three")
        every = set(PROGRAMS) - {name for name in PROGRAMS if "elsewhere" in name}
        for way in sorted(each for each in every if "promisor" not in each and "bare" not in each):
            PROGRAMS[way](repository)
        folder.run("apply", "-e", "local", "--yes", expect=0)
        folder.run("drift", "-e", "local", expect=0)
        assert "owner" in folder.run("revert", "-e", "local", expect=0).text
        assert commit.ID.fullmatch(first)
        assert repository.markers == []
    finally:
        lifecycle.stop(folder.path / ".moorline/sandbox")


# -- what Git is asked is still answered


Change = Callable[[Repository], None]


def _edit(path: str, text: str) -> Change:
    return lambda it: it.folder.write(path, text)


def _crlf(it: Repository) -> None:
    path = it.path / "specs/ledger.yaml"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))


def _to_link(it: Repository) -> None:
    path = it.path / "specs/ledger.yaml"
    path.rename(it.path / "ledger.yaml")
    path.symlink_to("../ledger.yaml")


def _ignored(it: Repository) -> None:
    it.folder.write(".gitignore", "mine.yaml\n")
    it.folder.write("specs/mine.yaml", "a: 1\n")


def _to_pipe(it: Repository) -> None:
    (it.path / "specs/README.md").unlink()
    os.mkfifo(it.path / "specs/README.md")


CHANGES: dict[str, tuple[Change, bool]] = {
    "nothing": (lambda _: None, False),
    "another content": (_edit("specs/ledger.yaml", "a: 1\n"), True),
    "a file that is not read": (_edit("specs/README.md", "three"), True),
    "a new file": (_edit("specs/more.yaml", "a: 1\n"), True),
    "a file that Git ignores and that is read": (_ignored, True),
    "a new file that is not read": (_edit("specs/more.txt", "a"), False),
    "a file elsewhere": (_edit("more.yaml", "a: 1\n"), False),
    "a file that is gone": (lambda it: (it.path / "specs/README.md").unlink(), True),
    "other line ends": (_crlf, False),
    "the executable bit": (lambda it: (it.path / "specs/ledger.yaml").chmod(0o755), False),
    "a link instead": (_to_link, True),
    "a pipe instead": (_to_pipe, True),
}


@pytest.mark.parametrize(("change", "form"), met(CHANGES, ["sha256", "sha1"]))
def test_files_differ_from_the_commit_when_their_content_does(
    change: str, form: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_DEFAULT_HASH", form)
    repository = make(tmp_path)
    monkeypatch.chdir(repository.path)
    alter, differs = CHANGES[change]
    alter(repository)
    files = list((repository.path / "specs").glob("*.yaml"))
    head = repository.git("rev-parse", "HEAD")
    assert commit.commit(NAMES, files) == (head, differs)
    assert len(head) == {"sha1": 40, "sha256": 64}[form]


def test_a_link_of_the_commit_is_compared_and_what_it_leads_to(repository: Repository) -> None:
    repository.folder.write("shared/a.yaml", "a: 1\n")
    (repository.path / "specs/a.yaml").symlink_to("../shared/a.yaml")
    repository.git("add", "-A")
    repository.git("commit", "-qm", "a link")
    files = [Path("specs/a.yaml")]
    assert commit.commit(NAMES, files)[1] is False
    repository.folder.write("shared/a.yaml", "a: 2\n")
    assert commit.commit(NAMES, files)[1] is True


@pytest.mark.parametrize(
    "how",
    [
        ["worktree", "add", "-q", "--detach", "{new}"],
        ["clone", "-q", "--shared", ".", "{new}"],
        ["clone", "-q", "--depth", "1", "--no-local", ".", "{new}"],
        ["clone", "-q", "--filter=blob:none", "--no-local", ".", "{new}"],
    ],
    ids=["a work tree", "borrowed objects", "a shallow clone", "a partial clone"],
)
def test_repositories_of_other_forms_are_read(
    how: list[str], repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = commit.head()
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.git(*(each.format(new=tmp_path / "new") for each in how))
    monkeypatch.chdir(tmp_path / "new/specs")
    names = [Path(), Path("../environments")]
    assert commit.commit(names, [Path("ledger.yaml")]) == (head, False)
    specs, _ = export.export(head, names, tmp_path / "export")
    assert (specs / "ledger.yaml").read_bytes() == Path("ledger.yaml").read_bytes()


def test_variables_of_git_lead_nowhere_else(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = make(tmp_path / "other")
    program = other.program("variable")
    head = commit.head()
    for name, value in {
        "GIT_DIR": str(other.path / ".git"), "GIT_WORK_TREE": str(other.path),
        "GIT_OBJECT_DIRECTORY": str(other.path / ".git/objects"), "GIT_PAGER": program,
        "GIT_EXTERNAL_DIFF": program, "GIT_SSH_COMMAND": program, "GIT_ASKPASS": program,
        "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "core.fsmonitor",
        "GIT_CONFIG_VALUE_0": program, "GIT_INDEX_FILE": "/dev/null", "GIT_NAMESPACE": "x",
        "GIT_EXEC_PATH": str(other.path / ".evil"), "GIT_TEMPLATE_DIR": str(other.path),
    }.items():  # fmt: skip
        monkeypatch.setenv(name, value)
    assert commit.commit(NAMES, SPECS) == (head, False)
    assert other.markers == []


def test_a_configuration_that_is_a_pipe_does_not_hang_for_ever(
    repository: Repository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.git.run.LIMIT", 1)
    os.mkfifo(repository.path / "pipe")
    repository.configure("[include]\npath = ../pipe\n")
    assert (commit.commit(NAMES, SPECS), commit.head()) == (("", False), "")


def test_without_a_repository_or_git_there_is_no_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (commit.head(), commit.commit(NAMES, []), remote.origin()) == ("", ("", False), "")
    monkeypatch.setenv("PATH", ".:")
    assert (installed(), commit.head()) == (False, "")


# -- files of another commit


def tree(repository: Repository, *entries: tuple[str, str, str]) -> str:
    """A commit of a tree in the making of which nobody looked at the names."""
    raw = b"".join(
        f"{mode} {name}".encode() + b"\0" + bytes.fromhex(id_) for mode, name, id_ in entries
    )
    made = repository.git("hash-object", "-t", "tree", "--literally", "-w", "--stdin", given=raw)
    return repository.git("commit-tree", "-m", "x", made)


def blob(repository: Repository, text: str) -> str:
    return repository.git("hash-object", "-w", "--stdin", given=text.encode())


def test_files_are_written_as_regular_files_of_their_content(
    repository: Repository, tmp_path: Path
) -> None:
    (repository.path / ".gitattributes").write_text("* export-subst export-ignore\n")
    (repository.path / "specs/ledger.yaml").write_bytes(b"a: $Format:%H$\r\n\0")
    (repository.path / "specs/ledger.yaml").chmod(0o755)
    repository.git("add", "-A")
    repository.git("commit", "-qm", "three")
    first = repository.git("rev-parse", "HEAD~1")
    specs, _ = export.export(commit.head(), NAMES, tmp_path / "export")
    assert (specs / "ledger.yaml").read_bytes() == b"a: $Format:%H$\r\n\0"
    # of modes only the executable bit counts, as it does in what assets pack
    assert stat.S_IMODE((specs / "ledger.yaml").stat().st_mode) == 0o755
    assert stat.S_IMODE((specs / "README.md").stat().st_mode) & 0o7111 == 0
    specs, _ = export.export(first, NAMES, tmp_path / "before")
    assert sorted(path.name for path in specs.iterdir()) == ["README.md", "ledger.yaml"]


@pytest.mark.parametrize("name", ["..", ".", ".git", ".GIT", "../x", "/x"])
def test_a_name_that_leads_elsewhere_is_refused(
    name: str, repository: Repository, tmp_path: Path
) -> None:
    inner = ("100644", name, blob(repository, "x"))
    raw = f"100644 {name}".encode() + b"\0" + bytes.fromhex(inner[2])
    folder = repository.git("hash-object", "-t", "tree", "--literally", "-w", "--stdin", given=raw)
    made = tree(repository, ("40000", "specs", folder))
    with pytest.raises(GitError):
        export.export(made, [Path("specs")], tmp_path / "a/b/export")
    assert not [path for path in (tmp_path / "a").rglob("*") if path.is_file()]


@pytest.mark.parametrize(("mode", "what"), [("120000", "a link"), ("160000", "another repository")])
def test_what_is_no_regular_file_is_refused(
    mode: str, what: str, repository: Repository, tmp_path: Path
) -> None:
    made = tree(repository, (mode, "specs", blob(repository, str(repository.outside))))
    with pytest.raises(GitError, match=f"specs is {what} in the commit"):
        export.export(made, [Path("specs")], tmp_path / "export")
    assert not (tmp_path / "export").exists()


def test_two_files_of_one_name_are_refused(repository: Repository, tmp_path: Path) -> None:
    one, two = blob(repository, "1"), blob(repository, "2")
    made = tree(repository, ("100644", "specs", one), ("100644", "specs", two))
    with pytest.raises(GitError, match="specs cannot be written"):
        export.export(made, [Path("specs")], tmp_path / "export")


def test_a_tree_that_names_itself_too_often_ends(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("reconciler.git.run.MOST", 1 << 20)
    id_, mode = blob(repository, "x"), "100644"
    for _ in range(8):
        raw = b"".join(
            f"{mode} {number}".encode() + b"\0" + bytes.fromhex(id_) for number in range(10)
        )
        id_ = repository.git("hash-object", "-t", "tree", "-w", "--stdin", given=raw)
        mode = "40000"
    made = tree(repository, ("40000", "specs", id_))
    with pytest.raises(GitError, match="too much"):
        export.export(made, [Path("specs")], tmp_path / "export")
    repository.git("update-ref", "HEAD", made)
    assert commit.commit(NAMES, SPECS) == (made, True)


@pytest.mark.parametrize("id_", ["--output=x", "HEAD", "main", "", "0" * 40, "a" * 39, "..", "-h"])
def test_only_the_id_of_a_commit_is_one(id_: str, repository: Repository, tmp_path: Path) -> None:
    assert export.knows(id_) is False
    with pytest.raises(GitError):
        export.export(id_, NAMES, tmp_path / "export")
    assert not (repository.path / "x").exists()


def test_a_platform_outside_of_the_repository_has_no_other_commit(
    repository: Repository, tmp_path: Path
) -> None:
    with pytest.raises(GitError, match="outside the repository"):
        export.export(commit.head(), [repository.outside], tmp_path / "export")


def test_a_replacement_of_a_commit_is_not_believed(repository: Repository, tmp_path: Path) -> None:
    other = tree(repository, ("100644", "specs", blob(repository, "x")))
    repository.git("replace", commit.head(), other)
    specs, _ = export.export(commit.head(), NAMES, tmp_path / "export")
    assert specs.is_dir()
    assert commit.commit(NAMES, SPECS)[1] is False
