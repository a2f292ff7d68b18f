"""Nothing is written through a link of the repository, by any command that writes."""

from __future__ import annotations

import ast
import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sweeps import met, sample

from reconciler.cli.main import main
from reconciler.cli.world import receipts
from reconciler.cli.world.keep import Files
from reconciler.delivery.names import names
from reconciler.disk import write
from reconciler.disk.place import OutsideError, RefusedError
from reconciler.model.receipt import Receipt, ReceiptError, Result as Ended
from reconciler.receipts.lease import Lease
from reconciler.receipts.local import LocalStore
from reconciler.sandbox import lifecycle
from reconciler.scaffold import write as scaffold

from .repository import Repository, make

RECEIPT = Receipt("1", "dev", "acme", "1", "eu-west-1", "alice", "", "", "", Ended.DONE)
LEASE = Lease("dev", "alice", "1", "2026-11-23T08:00:00Z")
LINKS = {
    "to a file": "{outside}/secret.yaml",
    "to a folder": "{outside}/folder",
    "to nothing": "{outside}/nothing",
    "relative": "../outside/folder",
    "to a device": "/dev/null",
}
WAYS = sample([*LINKS], 3)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Repository:
    made = make(tmp_path)
    monkeypatch.chdir(made.path)
    return made


def link(repository: Repository, path: str, way: str) -> None:
    """A link at a path; relative ones lead out of the folder that they are in."""
    at = repository.path / path
    at.parent.mkdir(parents=True, exist_ok=True)
    depth = len(Path(path).parts) - 1
    target = LINKS[way].format(outside=repository.outside)
    at.symlink_to("../" * depth + target if target.startswith("..") else target)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, [*arguments])


# -- receipts and leases


def _store() -> LocalStore:
    return LocalStore(Path(".moorline/receipts/dev"), within=Path())


WRITES: dict[str, Callable[[], object]] = {
    "begin": lambda: _store().begin(RECEIPT),
    "write": lambda: _store().write(RECEIPT),
    "lease": lambda: _store().leases.take(LEASE),
}


@pytest.mark.parametrize("what", WRITES)
@pytest.mark.parametrize(
    ("way", "path"), met(LINKS, [".moorline", ".moorline/receipts", ".moorline/receipts/dev"])
)
def test_receipts_do_not_follow_a_folder(
    way: str, what: str, path: str, repository: Repository
) -> None:
    link(repository, path, way)
    before = repository.untouched()
    with pytest.raises(ReceiptError):
        WRITES[what]()
    assert repository.untouched() == before


@pytest.mark.parametrize("way", WAYS)
def test_receipts_do_not_follow_a_file(way: str, repository: Repository) -> None:
    for name in ("lease", "1.json", "1.begun"):
        link(repository, f".moorline/receipts/dev/{name}", way)
    before = repository.untouched()
    _store().begin(RECEIPT)
    for refused in ("write", "lease"):
        with pytest.raises(ReceiptError):
            WRITES[refused]()
    assert repository.untouched() == before
    assert not (repository.path / ".moorline/receipts/dev/1.begun").is_symlink()


@pytest.mark.parametrize(
    ("way", "path"),
    met(LINKS, [".moorline", ".moorline/unwritten", ".moorline/unwritten/1.json"]),
)
def test_a_receipt_that_cannot_be_kept_goes_elsewhere(
    way: str, path: str, repository: Repository
) -> None:
    link(repository, path, way)
    before = repository.untouched()
    where, written = receipts._fallback(RECEIPT)
    kept = Path(where)
    assert written
    assert kept.is_file()
    assert not kept.is_symlink()
    assert repository.untouched() == before


# -- commands that write files


@pytest.mark.parametrize(("way", "provider"), met(LINKS, names()))
@pytest.mark.parametrize("force", [[], ["--force"]], ids=["", "with --force"])
def test_ci_init_follows_no_file(
    way: str, provider: str, force: list[str], repository: Repository
) -> None:
    init = ["ci", "init", "--provider", provider]
    written = [line.split()[-1] for line in run(*init, "--dry-run").stdout.splitlines()
               if line.startswith("new ")]  # fmt: skip
    assert len(written) > 1
    for path in written:
        link(repository, path, way)
    before = repository.untouched()
    done = run(*init, *force)
    assert (done.exit_code, repository.untouched()) == (0 if force else 1, before), done.output
    assert {(repository.path / path).is_symlink() for path in written} == {not force}


@pytest.mark.parametrize(("way", "folder"), met(WAYS, [".github", ".github/workflows", "delivery"]))
def test_ci_init_follows_no_folder(way: str, folder: str, repository: Repository) -> None:
    link(repository, folder, way)
    before, files = repository.untouched(), repository.folder.files()
    done = run("ci", "init", "--provider", "github", "--force")
    assert (done.exit_code, "CLI012" in done.output) == (1, True)
    assert repository.untouched() == before
    assert repository.folder.files().keys() == files.keys()


@pytest.mark.parametrize(
    ("way", "path"), met(LINKS, ["specs", "environments", "schemas", ".pre-commit-config.yaml"])
)
def test_init_follows_nothing(way: str, path: str, repository: Repository) -> None:
    new = repository.path / "new"
    new.mkdir()
    link(repository, f"new/{path}", way)
    before = repository.untouched()
    done = run("init", "new", "--yes")
    assert (done.exit_code, "CLI010" in done.output) == (1, True), done.output
    assert (repository.untouched(), [each.name for each in new.iterdir()]) == (before, [path])


@pytest.mark.parametrize("way", WAYS)
def test_init_adds_to_no_gitignore_elsewhere(way: str, repository: Repository) -> None:
    link(repository, "new/.gitignore", way)
    before = repository.untouched()
    done = run("init", "new", "--yes")
    assert (done.exit_code, "CLI012" in done.output) == (1, True), done.output
    assert repository.untouched() == before
    assert [each.name for each in (repository.path / "new").iterdir()] == [".gitignore"]


def test_init_adds_to_a_gitignore_that_is_a_link_inside(repository: Repository) -> None:
    repository.folder.write("new/ignored", "x\n")
    (repository.path / "new/.gitignore").symlink_to("ignored")
    assert run("init", "new", "--yes").exit_code == 0
    assert (repository.path / "new/.gitignore").is_symlink()
    assert ".moorline" in (repository.path / "new/ignored").read_text()


@pytest.mark.parametrize(
    ("way", "path"), met(WAYS, ["kinds", "kinds/moorline.json", "catalog.json"])
)
def test_schema_follows_nothing(way: str, path: str, repository: Repository) -> None:
    link(repository, f"schemas/{path}", way)
    before = repository.untouched()
    done = run("schema", "--write", "schemas")
    assert "fault of Moorline" not in done.output
    assert (done.exit_code, repository.untouched()) == (int(path == "kinds"), before)


def test_a_link_that_changes_while_drift_is_written(repository: Repository) -> None:
    shared = repository.path / "shared.yaml"
    shared.write_text("a: 1\n")
    path = repository.path / "specs/x.yaml"
    path.symlink_to(shared)
    files = Files()
    assert files.text("specs/x.yaml") == "a: 1\n"
    (repository.outside / "secret.yaml").write_text("a: 1\n")
    path.unlink()
    path.symlink_to(repository.outside / "secret.yaml")
    with pytest.raises(OSError, match="was changed meanwhile"):
        files.write({"specs/x.yaml": "a: 2\n"})
    assert (repository.outside / "secret.yaml").read_text() == "a: 1\n"


@pytest.mark.parametrize(
    "path", [".moorline/receipts", ".moorline/receipts/local", ".moorline/receipts/local/lease"]
)
def test_apply_stops_before_it_changes_anything(path: str, tmp_path: Path) -> None:
    repository = make(tmp_path)
    link(repository, path, "to a file" if path.endswith("lease") else "to a folder")
    before = repository.untouched()
    try:
        said = repository.folder.run("apply", "-e", "local", "--yes", "--json", expect=1)
        assert said.codes == ["LEASE002"]
        assert repository.untouched() == before
    finally:
        lifecycle.stop(repository.path / ".moorline/sandbox")


# -- what the user names may be anywhere


def test_a_file_that_the_user_names_may_be_a_link(repository: Repository) -> None:
    (repository.path / "report.html").symlink_to(repository.outside / "report.html")
    (repository.path / "schemas").symlink_to(repository.outside / "folder")
    said = run("plan", "-e", "dev", "--offline", "--html", "report.html")
    assert said.exit_code == 0, said.output
    assert "<html" in (repository.outside / "report.html").read_text()
    assert run("schema", "--write", "schemas").exit_code == 0
    assert (repository.outside / "folder/catalog.json").is_file()


# -- the room that writes


def test_what_is_written_is_whole_and_keeps_permissions(tmp_path: Path) -> None:
    path = tmp_path / "a/b/file"
    write.write_new(path, b"one", within=tmp_path)
    path.chmod(0o640)
    write.replace(path, b"two", within=tmp_path)
    assert (path.read_bytes(), path.stat().st_mode & 0o777) == (b"two", 0o640)
    with pytest.raises(FileExistsError):
        write.write_new(path, b"three", within=tmp_path)
    assert [each.name for each in path.parent.iterdir()] == ["file"]
    write.remove(path, within=tmp_path)
    assert list(path.parent.iterdir()) == []


def test_links_inside_are_followed_on_the_way(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "state").symlink_to("var")
    write.replace(tmp_path / "state/x/file", b"one", within=tmp_path)
    assert (tmp_path / "var/x/file").read_bytes() == b"one"


def test_a_lock_is_a_regular_file(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "link").symlink_to("file")
    for name in ("pipe", "link", "."):
        with pytest.raises(OSError, match=r"."):
            write.lockable(tmp_path / name, within=tmp_path)
    with pytest.raises(RefusedError, match="a pipe is there"):
        write.lockable(tmp_path / "pipe", within=tmp_path)
    with pytest.raises(OutsideError):
        write.lockable(tmp_path / "../file", within=tmp_path)
    assert not (tmp_path / "file").exists()


def test_a_folder_that_is_new_goes_away_with_what_failed(repository: Repository) -> None:
    link(repository, "new/a", "to a folder")
    before = repository.untouched()
    with pytest.raises(OutsideError):
        scaffold.write(repository.path / "new", {"b/c/one": "1", "a/two": "2"})
    assert [each.name for each in (repository.path / "new").iterdir()] == ["a"]
    assert repository.untouched() == before


# -- nobody else writes, and nobody else runs git


HOUSE = Path(__file__).parents[2] / "reconciler"
WRITERS = {
    "analysis/command.py": "its report, in a job of AWS or where a user says",
    "analysis/output.py": "the same",
    "jobs/compare.py": "a job's answer, in a container",
    "jobs/seal.py": "the same",
    "cli/ci/comment.py": "the step summary, where the CI system says it is",
    "cli/frame/documents.py": "--html, a file that the user names",
    "cli/world/reviewed.py": "-o, a file that the user names",
    "git/run.py": "an empty repository in a new temporary folder",
    "jobs/pull/call.py": "a client's certificate, in a temporary folder of a function in AWS",
    "render/html/fetch.py": "vendored files, when the package is made",
}
RUNNERS = {"git/run.py", "render/html/fetch.py"}
WRITING = {"write_text", "write_bytes", "mkstemp", "touch", "symlink_to", "hardlink_to"}
MODES = {"w", "wb", "a", "ab", "x", "xb", "a+b", "r+b", "w+b"}


def _writes(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    given = [*call.args, *(keyword.value for keyword in call.keywords)]
    modes = {each.value for each in given if isinstance(each, ast.Constant)} & MODES
    return name in WRITING or (name in {"open", "fdopen"} and bool(modes))


@cache
def _modules() -> dict[str, ast.Module]:
    """Every module but those of the sandbox, whose state is not in the repository."""
    paths = {str(path.relative_to(HOUSE)): path for path in sorted(HOUSE.rglob("*.py"))}
    return {
        name: ast.parse(path.read_text())
        for name, path in paths.items()
        if not name.startswith(("sandbox/", "disk/"))
    }


def test_files_are_written_by_one_room_and_where_a_user_says() -> None:
    found = {
        name
        for name, tree in _modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _writes(node)
    }
    assert found == set(WRITERS)


def test_programs_are_started_by_one_module() -> None:
    found = {
        name
        for name, tree in _modules().items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import) and "subprocess" in {each.name for each in node.names}
    }
    assert found == RUNNERS
