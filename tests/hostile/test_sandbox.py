"""A repository that brings a sandbox's state, its address, or modules: none of it is used."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sweeps import LONG

from reconciler.sandbox.home import address, place, process
from reconciler.sandbox.state.snapshot import FILE, stamp
from tests.cli.folder import Apart

from . import KEPT, Surroundings, plant_modules, platform, snapshot, surroundings

COMMANDS = (
    "sandbox stop", "sandbox reset", "plan -e local", "apply -e local --yes", "drift -e local",
    "sandbox status", "sandbox list", "sandbox stop", "sandbox start", "sandbox reset",
    "sandbox stop --all",
)  # fmt: skip
KEY = b"k" * place.KEY_BYTES


def foreign_address(around: Surroundings, url: str, folder: Path) -> bytes:
    """An address as it once was, and as it is now, sealed with the repository's own key."""
    pid, port = around.victim.pid, around.port
    since = process.started(pid)
    content = json.dumps({"pid": pid, "port": port, "started": since}, sort_keys=True)
    sealed = place.seal(KEY, f"address of {folder.resolve()}", content.encode())
    old = {"pid": pid, "port": port, "url": url}
    return json.dumps({**old, "running": content, "seal": sealed}).encode()


def state(folder: Path, around: Surroundings, url: str) -> None:
    """Everything that a sandbox keeps, from the repository's hand."""
    folder.mkdir(mode=0o700, parents=True)
    content = snapshot(around, "snapshot", dict(stamp()))
    seal = place.seal(KEY, "snapshot", content).encode()
    (folder / FILE).write_bytes(seal + b"\n" + content)
    (folder / "server.json").write_bytes(foreign_address(around, url, folder))
    (folder / place.KEY).write_bytes(KEY)
    (folder / place.KEY).chmod(0o600)


def state_and_modules(folder: Path, around: Surroundings) -> None:
    """What a sandbox keeps now, the address of a listening server, and modules."""
    state(folder / ".moorline/sandbox", around, f"http://127.0.0.1:{around.port}")
    plant_modules(folder, around)


def older_state(folder: Path, around: Surroundings) -> None:
    """A state without a seal and a file for an address, as it once was."""
    at = folder / ".moorline/sandbox"
    state(at, around, f"file://{around.precious}/server.json?")
    (at / FILE).write_bytes(snapshot(around, "older-snapshot", {**stamp(), "format": 1}))


def links(folder: Path, around: Surroundings) -> None:
    """Links to files outside, where a sandbox once wrote."""
    at = folder / ".moorline/sandbox"
    at.mkdir(parents=True)
    for name in KEPT:
        (at / name).symlink_to(around.precious / name)


ATTACKS = (state_and_modules, older_state, links)


@pytest.fixture
def around(tmp_path: Path) -> Iterator[Surroundings]:
    with surroundings(tmp_path / "outside") as found:
        yield found


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Apart]:
    folder = platform(tmp_path / "repository")
    yield folder
    for planted in ("reconciler", ".moorline"):
        shutil.rmtree(folder.path / planted, ignore_errors=True)
    if [*folder.home.rglob(address.FILE)]:
        folder.run("sandbox", "stop", "--all")


@pytest.mark.parametrize("attack", ATTACKS if LONG else ATTACKS[:1], ids=lambda each: each.__name__)
def test_no_command_uses_what_the_repository_brings(
    attack: Callable[[Path, Surroundings], None], opened: Apart, around: Surroundings
) -> None:
    attack(opened.path, around)
    before = opened.files()
    for command in COMMANDS if LONG else COMMANDS[:2]:
        said = opened.run(*command.split(), expect=0)
        assert around.harm() == [], (command, said.text)
    after = opened.files()
    receipts = {name for name in after if name.startswith(".moorline/receipts/")}
    assert {name: after[name] for name in after.keys() - receipts} == before


def home_in_the_repository(opened: Apart, around: Surroundings) -> dict[str, str]:
    """The container's idiom: the checkout is also the home."""
    root = opened.path / ".local/state/moorline/sandbox"
    digest = hashlib.sha256(bytes(opened.path.resolve())).hexdigest()[: place.DIGEST]
    state(root / digest, around, "http://127.0.0.1:9")
    shutil.copy(root / digest / place.KEY, root / place.KEY)
    for folder in (root, root.parent):
        folder.chmod(0o700)
    return {"XDG_STATE_HOME": "", "HOME": str(opened.path)}


def state_home_in_the_repository(opened: Apart, around: Surroundings) -> dict[str, str]:
    home_in_the_repository(opened, around)
    return {"XDG_STATE_HOME": str(opened.path / ".local/state")}


def state_home_linked_into_the_repository(opened: Apart, around: Surroundings) -> dict[str, str]:
    home_in_the_repository(opened, around)
    opened.home.symlink_to(opened.path / ".local/state")
    return {}


def given_in_the_repository(opened: Apart, around: Surroundings) -> dict[str, str]:
    state(opened.path / "state", around, "http://127.0.0.1:9")
    return {place.GIVEN: str(opened.path / "state")}


def given_by_a_relative_path(opened: Apart, around: Surroundings) -> dict[str, str]:
    state(opened.path / "state", around, "http://127.0.0.1:9")
    return {place.GIVEN: "state"}


def beside_in_the_same_checkout(opened: Apart, around: Surroundings) -> dict[str, str]:
    (opened.path.parent / ".git").mkdir()
    state(opened.path.parent / "state", around, "http://127.0.0.1:9")
    return {place.GIVEN: str(opened.path.parent / "state")}


PLACES = (
    home_in_the_repository,
    state_home_in_the_repository,
    state_home_linked_into_the_repository,
    given_in_the_repository,
    given_by_a_relative_path,
    beside_in_the_same_checkout,
)


@pytest.mark.parametrize("place_of", PLACES if LONG else PLACES[:1], ids=lambda each: each.__name__)
def test_a_state_folder_that_the_repository_could_bring_is_refused(
    place_of: Callable[[Apart, Surroundings], dict[str, str]], opened: Apart, around: Surroundings
) -> None:
    more = place_of(opened, around)
    before = opened.files()
    for command in ("plan -e local", "sandbox stop"):
        said = opened.given(more, *command.split(), "--json")
        assert (said.code, said.codes, around.harm()) == (1, ["SANDBOX001"], [])
    assert opened.files() == before
    if opened.home.is_symlink():
        opened.home.unlink()


def test_a_state_of_somebody_else_is_refused_wherever_it_lies(
    opened: Apart, around: Surroundings, tmp_path: Path
) -> None:
    theirs = tmp_path / "downloaded"
    state(theirs, around, f"http://127.0.0.1:{around.port}")
    more = {place.GIVEN: str(theirs)}
    assert opened.given(more, "sandbox", "stop", "--json").json["stopped"] is False
    said = opened.given(more, "plan", "-e", "local", "--json")
    assert (said.code, said.codes, around.harm()) == (1, ["SANDBOX001"], [])
    assert f"Refused the snapshot {theirs / FILE}" in said.text
    opened.given(more, "sandbox", "reset")
    assert opened.given(more, "plan", "-e", "local").code == 0
    opened.given(more, "sandbox", "stop")
    assert around.harm() == []


def test_neither_the_users_python_path_nor_a_proxy_comes_between(
    opened: Apart, around: Surroundings
) -> None:
    plant_modules(opened.path / "planted", around)
    only = ("moto", "werkzeug", "cloudpickle")
    for path in (opened.path / "planted").iterdir():
        if path.stem not in only:  # Moorline itself would import them: that is the user's wish
            shutil.rmtree(path) if path.is_dir() else path.unlink()
    proxy = dict.fromkeys(("HTTP_PROXY", "http_proxy"), f"http://127.0.0.1:{around.port}")
    more = {"PYTHONPATH": str(opened.path / "planted"), **proxy}
    said = opened.given(more, "plan", "-e", "local")
    assert (said.code, around.harm()) == (0, []), said.text
