"""Which folder is a project's: below the user's state folder, by the project's real path.

Never a folder of the project, since whoever wrote the repository would say what is loaded and
which process is stopped. The key that seals what sandboxes write lies beside their folders.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
from contextlib import suppress
from pathlib import Path

from reconciler.sandbox.home import private
from reconciler.sandbox.home.private import SandboxError

GIVEN = "MOORLINE_SANDBOX_STATE"
STATE_HOME = "XDG_STATE_HOME"
KEY, NOTE = "key", "project.json"
KEY_BYTES, DIGEST = 32, 32
NAME = re.compile(rf"[0-9a-f]{{{DIGEST}}}")


def root() -> Path:
    """The folder of all sandboxes of this user.

    A relative XDG_STATE_HOME counts as none, as its specification says.
    """
    given = Path(os.environ.get(STATE_HOME, ""))
    if not given.is_absolute():
        try:
            given = Path.home() / ".local" / "state"
        except RuntimeError:
            given = Path()
    if not given.is_absolute():
        msg = "There is no folder for the sandbox's state: this user has no home."
        raise SandboxError(msg, f"name a folder in {STATE_HOME}")
    return given.resolve() / "moorline" / "sandbox"


def folder_of(project: Path) -> Path:
    """The state folder of a project; SandboxError when it would lie inside the project."""
    real = project.resolve()
    given = os.environ.get(GIVEN)
    if given and not Path(given).is_absolute():
        msg = f"{GIVEN} is {given!r}, which would be another folder in each place."
        raise SandboxError(msg, "give an absolute path")
    digest = hashlib.sha256(os.fsencode(real)).hexdigest()[:DIGEST]
    folder = Path(os.path.normpath(given)) if given else root() / digest
    for kept in (folder, root()):
        _outside(kept, real)
    return folder


def _outside(folder: Path, project: Path) -> None:
    checkout = next((up for up in (project, *project.parents) if _is_checkout(up)), project)
    if folder.resolve().is_relative_to(checkout):
        msg = f"The sandbox does not keep its state in {str(folder)!r}, inside the project"
        raise SandboxError(
            f"{msg} {str(checkout)!r}: the repository could bring it.",
            f"name a folder outside it in {STATE_HOME}",
        )


def _is_checkout(folder: Path) -> bool:
    return os.path.lexists(folder / ".git")


def exists(folder: Path) -> bool:
    """Whether there is a state folder; SandboxError when it or one above it is not private."""
    home = root()
    return [private.is_there(each) for each in (home.parent, home, folder)][-1]


def prepared(folder: Path) -> Path:
    """The state folder, made when it is not there, with the key beside all of them."""
    home = root()
    for each in (home.parent, home, folder):
        private.made(each)
    key(make=True)
    return folder


def key(*, make: bool = False) -> bytes:
    """The key of this user's sandboxes; SandboxError when it is not theirs alone."""
    path = root() / KEY
    if make and not os.path.lexists(path):
        _make(path)
    try:
        found, mode = private.read(path), path.lstat().st_mode
    except FileNotFoundError:
        return os.urandom(KEY_BYTES)  # fits nothing, for there is nothing to fit
    except OSError as error:
        msg = f"The sandbox's key {str(path)!r} cannot be read: {error}."
        raise SandboxError(msg) from error
    if mode & private.OTHERS or len(found) != KEY_BYTES:
        why = "is open to other users" if mode & private.OTHERS else f"has {len(found)} bytes"
        msg = f"The sandbox's key {str(path)!r} {why}."
        raise SandboxError(msg, "remove it: a new one is made, and old states are not loaded")
    return found


def _make(path: Path) -> None:
    part = path.with_name(f"{KEY}.{os.urandom(8).hex()}.part")
    private.write(part, os.urandom(KEY_BYTES))
    with suppress(FileExistsError):  # a link appears whole, and only where there is none yet
        path.hardlink_to(part)
    part.unlink()


def seal(secret: bytes, what: str, content: bytes) -> str:
    """What only a holder of the key can write under a content."""
    return hmac.new(secret, f"{what}\0".encode() + content, hashlib.sha256).hexdigest()


def note(folder: Path, project: Path) -> None:
    """Remember whose sandbox this is, for who lists them all."""
    private.write(folder / NOTE, json.dumps({"project": str(project.resolve())}).encode())


def noted(folder: Path) -> str | None:
    """The project whose sandbox this is, if it was written down."""
    try:
        found = json.loads(private.read(folder / NOTE))["project"]
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return found if isinstance(found, str) else None


def known() -> list[Path]:
    """The state folders of all projects of this user."""
    home = root()
    if not exists(home):
        return []
    return sorted(
        each for each in home.iterdir() if NAME.fullmatch(each.name) and private.is_there(each)
    )
