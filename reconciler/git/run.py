"""Runs `git` so that no file of a repository decides what happens.

Refs are asked for in the repository with every setting that starts a program overruled.
Objects are read through an empty repository of our own that only borrows the object folder, so
neither filters nor promised objects nor replacements are known there.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import tempfile
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LIMIT = 30
"""Seconds after which `git` hangs."""
MOST = 64 << 20
"""Bytes of an answer; a tree can name itself so often that no disk holds its files."""
_KEPT = ("GIT_CEILING_DIRECTORIES", "GIT_DISCOVERY_ACROSS_FILESYSTEM")
"""What only says where to look for a repository, as mounted folders of CI need."""
_SAFE = {
    "GIT_ALLOW_PROTOCOL": "none",  # goes before protocol.*.allow; older than GIT_NO_LAZY_FETCH
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_OVERRULED = {
    "core.alternateRefsCommand": "false",
    "core.attributesFile": os.devnull,
    "core.fsmonitor": "false",
    "core.gitProxy": "false",
    "core.hooksPath": os.devnull,
    "core.sshCommand": "false",
    "credential.helper": "",
    "diff.external": "false",
    "gc.auto": "0",
    "maintenance.auto": "false",
    "protocol.allow": "never",
    "safe.bareRepository": "explicit",  # a folder of a repository can look like a bare one
    "safe.directory": "*",  # in CI the checkout is another user's, and nothing of it is run
}


class GitError(Exception):
    """Git does not have what was asked for. The message is its own."""


@dataclass(frozen=True, slots=True)
class Repository:
    """Where a repository is, and the commit that its files are of."""

    top: Path
    objects: Path
    form: str
    """The hash of its ids: "sha1" or "sha256"."""
    head: str


def installed() -> bool:
    """Whether there is a `git` to run."""
    return _program() is not None


def repository() -> Repository:
    """The repository of the current folder.

    Raises:
        GitError: there is none, or no commit in it.
    """
    asked = ("--show-toplevel", "--git-path", "objects", "--show-object-format")
    said = ask("rev-parse", "--path-format=absolute", *asked, "HEAD").split("\n")
    if len(said) != 4:  # noqa: PLR2004 - one line for each; a folder's name can have more
        raise GitError("the repository is in a folder with a strange name")
    top, objects, form, head = said
    return Repository(Path(top), Path(objects), form, head)


def ask(*arguments: str) -> str:
    """What Git says in the repository of the current folder, for what reads no object."""
    overruled = [text for key, value in _OVERRULED.items() for text in ("-c", f"{key}={value}")]
    return _run([*overruled, *arguments], _environment()).decode(errors="surrogateescape").strip()


@contextmanager
def objects_of(place: Repository) -> Iterator[Objects]:
    """A way to the objects of a repository, without its configuration, refs and work tree."""
    with tempfile.TemporaryDirectory(prefix="moorline-git-") as name:
        folder = Path(name)
        (folder / "refs").mkdir()
        (folder / "HEAD").write_text("ref: refs/heads/none\n", encoding="utf-8")
        config = "[core]\nrepositoryformatversion = 1\nbare = true\n"
        config += f"[extensions]\nobjectformat = {'sha256' if place.form == 'sha256' else 'sha1'}\n"
        (folder / "config").write_text(config, encoding="utf-8")
        where = {"GIT_DIR": name, "GIT_OBJECT_DIRECTORY": str(place.objects)}
        yield Objects(_environment() | where)


@dataclass(frozen=True, slots=True)
class Objects:
    """Reads objects of a repository by their ids."""

    environment: Mapping[str, str]

    def ask(self, *arguments: str, given: bytes = b"") -> bytes:
        """What Git says of objects.

        Raises:
            GitError: it has no such object, hangs, or says too much.
        """
        return _run([*arguments], self.environment, given)


def _environment() -> dict[str, str]:
    """What `git` is told by the environment: nothing of Git's own but what we say."""
    plain = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    kept = {key: os.environ[key] for key in _KEPT if key in os.environ}
    return plain | kept | _SAFE


def _program() -> str | None:
    """The `git` of the user: never one of the current folder, wherever PATH points."""
    path = os.environ.get("PATH", os.defpath)
    places = [each for each in path.split(os.pathsep) if Path(each).is_absolute()]
    return shutil.which("git", path=os.pathsep.join(places)) if places else None


def _run(arguments: list[str], environment: Mapping[str, str], given: bytes = b"") -> bytes:
    program = _program()
    if program is None:
        raise GitError("git is not installed")
    with tempfile.TemporaryFile() as asked, tempfile.TemporaryFile() as complaint:
        asked.write(given)
        asked.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603 - arguments of our own, no shell
                [program, "--no-pager", *arguments],
                stdin=asked,
                stdout=subprocess.PIPE,
                stderr=complaint,
                env=dict(environment),
                start_new_session=True,
            )
        except OSError as error:
            raise GitError(f"git: {error}") from error
        said, late = _answer(process)
        complaint.seek(0)
        words = complaint.read(2000).decode(errors="replace").strip().splitlines()
    if late or len(said) > MOST:
        raise GitError(f"git took more than {LIMIT} seconds" if late else "git says too much")
    if process.returncode:
        raise GitError(words[0] if words else f"git {arguments[-1]} failed")
    return said


def _answer(process: subprocess.Popen[bytes]) -> tuple[bytes, bool]:
    """What a process writes, up to one byte more than it may, and whether it took too long."""
    late = threading.Event()

    def end() -> None:
        late.set()
        _kill(process)

    timer = threading.Timer(LIMIT, end)
    timer.start()
    output: IO[bytes] | None = process.stdout
    try:
        with process:
            said = output.read(MOST + 1) if output else b""
            if len(said) > MOST:
                _kill(process)
    finally:
        timer.cancel()
    return said, late.is_set()


def _kill(process: subprocess.Popen[bytes]) -> None:
    """End a process and whatever it started."""
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
