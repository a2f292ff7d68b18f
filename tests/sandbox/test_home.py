"""Where a sandbox lives: whose folder it may be, and which process is believed to be it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from reconciler.sandbox.home import address, place, private, process
from reconciler.sandbox.home.private import SandboxError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A state folder of this test alone."""
    monkeypatch.setenv(place.STATE_HOME, str(tmp_path / "state"))
    return tmp_path / "state"


@pytest.fixture
def folder(home: Path, tmp_path: Path) -> Path:
    return place.prepared(place.folder_of(tmp_path / "project"))


@pytest.fixture
def child() -> Iterator[subprocess.Popen[bytes]]:
    found = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield found
    found.kill()
    found.communicate()


# -- whose folder


def test_two_projects_never_share_a_folder_and_a_link_is_no_other_project(
    home: Path, tmp_path: Path
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    (tmp_path / "link").symlink_to("one")
    one, two, link = (place.folder_of(tmp_path / name) for name in ("one", "two", "link"))
    assert one.parent == two.parent == home.resolve() / "moorline/sandbox"
    assert (one != two, link) == (True, one)


def test_a_project_that_was_moved_or_copied_starts_a_new_one(home: Path, tmp_path: Path) -> None:
    (tmp_path / "before").mkdir()
    before = place.folder_of(tmp_path / "before")
    shutil.copytree(tmp_path / "before", tmp_path / "copy")
    (tmp_path / "before").rename(tmp_path / "moved")
    after = {place.folder_of(tmp_path / name) for name in ("copy", "moved")}
    assert len(after | {before}) == 3


def test_all_that_is_made_is_the_users_alone(folder: Path, home: Path) -> None:
    place.note(folder, Path.cwd())
    address.announce(folder, 4000)
    modes = {path: path.stat().st_mode & 0o777 for path in home.rglob("*")}
    assert {mode for path, mode in modes.items() if path.is_dir()} == {0o700}
    assert {mode for path, mode in modes.items() if path.is_file()} == {0o600}


def link_instead(path: Path) -> None:
    path.rename(path.with_name(f"{path.name}-moved"))
    path.symlink_to(f"{path.name}-moved")


def file_instead(path: Path) -> None:
    shutil.rmtree(path)
    path.write_text("in the way")


def given_away(path: Path) -> None:
    if os.geteuid():
        pytest.skip("only root can give a folder away")
    os.chown(path, 12345, 12345)


WRONG: dict[str, tuple[Callable[[Path], None], str]] = {
    "a link": (link_instead, "is a link"),
    "a file": (file_instead, "is no folder"),
    "open to read": (lambda path: path.chmod(0o750), "is open to other users (mode 0750)"),
    "open to enter": (lambda path: path.chmod(0o701), "is open to other users (mode 0701)"),
    "open to write": (lambda path: path.chmod(0o777), "is open to other users (mode 0777)"),
    "somebody else's": (given_away, "belongs to user 12345"),
}


@pytest.mark.parametrize("level", ["moorline", "moorline/sandbox", "the project's"])
@pytest.mark.parametrize(("spoil", "why"), WRONG.values(), ids=WRONG.keys())
def test_a_folder_that_is_not_the_users_alone_is_refused(
    folder: Path, home: Path, spoil: Callable[[Path], None], why: str, level: str
) -> None:
    spoiled = folder if level == "the project's" else home.resolve() / level
    spoil(spoiled)
    for use in (place.exists, place.prepared):
        with pytest.raises(SandboxError) as refused:
            use(folder)
        assert repr(str(spoiled)) in str(refused.value)
        assert why in str(refused.value)
        assert refused.value.help


def test_a_parent_in_which_everybody_may_rename_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "open").mkdir()
    monkeypatch.setenv(place.STATE_HOME, str(tmp_path / "open/state"))
    (tmp_path / "open").chmod(0o777)
    with pytest.raises(SandboxError, match="everybody may rename"):
        place.prepared(place.folder_of(tmp_path / "project"))
    (tmp_path / "open").chmod(0o1777)  # as /tmp is
    place.prepared(place.folder_of(tmp_path / "project"))


@pytest.mark.parametrize("given", ["", "state", "./state", "../state"])
def test_a_relative_state_home_counts_as_none(
    given: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(place.STATE_HOME, given)
    monkeypatch.setenv("HOME", str(tmp_path))
    assert place.root() == tmp_path.resolve() / ".local/state/moorline/sandbox"


# -- the key


def test_racing_makers_of_the_key_get_the_same(home: Path) -> None:
    for each in (home, home / "moorline", home / "moorline/sandbox"):
        each.mkdir(mode=0o700)
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: place.key(make=True), range(32)))
    assert (len(found), len(found.pop())) == (1, place.KEY_BYTES)
    assert [path.name for path in place.root().iterdir()] == [place.KEY]


def test_without_a_key_nothing_fits(home: Path) -> None:
    assert place.key() != place.key()


BAD_KEYS: dict[str, tuple[Callable[[Path], object], str]] = {
    "open": (lambda path: path.chmod(0o640), "is open to other users"),
    "short": (lambda path: path.write_bytes(b"k"), "has 1 bytes"),
    "empty": (lambda path: path.write_bytes(b""), "has 0 bytes"),
    "a link": (link_instead, "cannot be read"),
    "a folder": (lambda path: (path.unlink(), path.mkdir()), "cannot be read"),
    "a pipe": (lambda path: (path.unlink(), os.mkfifo(path, 0o600)), "cannot be read"),
}


@pytest.mark.parametrize(("spoil", "why"), BAD_KEYS.values(), ids=BAD_KEYS.keys())
def test_a_key_that_others_may_know_is_refused(
    folder: Path, spoil: Callable[[Path], object], why: str
) -> None:
    spoil(place.root() / place.KEY)
    with pytest.raises(SandboxError, match=why) as refused:
        place.key()
    assert str(place.root() / place.KEY) in str(refused.value)


# -- files


@pytest.mark.parametrize("flags", [os.O_RDONLY, os.O_RDWR | os.O_CREAT | os.O_TRUNC])
def test_no_file_is_reached_through_a_link(tmp_path: Path, flags: int) -> None:
    (tmp_path / "outside").write_text("kept")
    (tmp_path / "link").symlink_to("outside")
    (tmp_path / "dangling").symlink_to("nowhere")
    for name in ("link", "dangling"):
        with pytest.raises(OSError, match="symbolic"):
            private.opened(tmp_path / name, flags)
    assert (tmp_path / "outside").read_text() == "kept"
    assert not (tmp_path / "nowhere").exists()


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="is no file"):
        private.read(tmp_path / "pipe")


def test_a_link_is_replaced_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("kept")
    (tmp_path / "link").symlink_to("outside")
    private.write(tmp_path / "link", b"new")
    assert (tmp_path / "outside").read_text() == "kept"
    assert ((tmp_path / "link").is_symlink(), (tmp_path / "link").read_bytes()) == (False, b"new")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["link", "outside"]


# -- the address


def test_an_address_is_believed_while_its_process_lives(folder: Path) -> None:
    address.announce(folder, 4000)
    found = address.announced(folder)
    assert found is not None
    assert (found.pid, found.port, found.url) == (os.getpid(), 4000, "http://127.0.0.1:4000")


def sealed(folder: Path, key: bytes, **changed: object) -> bytes:
    mine = {"pid": os.getpid(), "port": 4000, "started": process.started(os.getpid())}
    content = json.dumps(mine | changed)
    seal = place.seal(key, f"address of {folder.resolve()}", content.encode())
    return json.dumps({"running": content, "seal": seal}).encode()


LIES: dict[str, Callable[[Path], bytes]] = {
    "sealed with another key": lambda folder: sealed(folder, b"k" * 32),
    "sealed for another folder": lambda folder: sealed(folder.parent, place.key()),
    "not sealed": lambda _: json.dumps({"pid": os.getpid(), "port": 4000}).encode(),
    "of a process that started at another time": lambda folder: sealed(
        folder, place.key(), started="another"
    ),
    "of the first process": lambda folder: sealed(folder, place.key(), pid=1),
    "of a process group": lambda folder: sealed(folder, place.key(), pid=-1),
    "of all processes": lambda folder: sealed(folder, place.key(), pid=0),
    "without a port": lambda folder: sealed(folder, place.key(), port=0),
    "with a port that is a name": lambda folder: sealed(folder, place.key(), port="80@evil"),
    "with a URL": lambda folder: sealed(folder, place.key(), url="http://evil.example"),
    "no JSON": lambda _: b"\xff",
    "a list": lambda _: b"[]",
}


@pytest.mark.parametrize("lie", LIES.values(), ids=LIES.keys())
def test_an_address_is_not_believed(folder: Path, lie: Callable[[Path], bytes]) -> None:
    (folder / address.FILE).write_bytes(lie(folder))
    assert address.announced(folder) is None


# -- the process


@pytest.mark.parametrize("proc", [process.PROC, Path("/nowhere")], ids=["/proc", "ps"])
def test_a_process_is_known_by_its_start(child: subprocess.Popen[bytes], proc: Path) -> None:
    first = process.started(child.pid, proc)
    assert first
    assert process.started(child.pid, proc) == first
    child.communicate()
    assert process.started(child.pid, proc) is None


def test_an_ended_process_is_gone_before_its_parent_asks(child: subprocess.Popen[bytes]) -> None:
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert process.started(child.pid) is None
    assert process.started(child.pid, Path("/nowhere")) is None


def test_only_the_process_that_started_then_is_ended(child: subprocess.Popen[bytes]) -> None:
    process.terminate(child.pid, "another time")
    assert child.poll() is None
    process.terminate(child.pid, process.started(child.pid) or "")
    assert child.wait(20) == -15
    process.terminate(child.pid, "gone")
