"""What is left to do after the files are written: commands to paste, and how to see it is done.

A `Todo` is a value. Its check reads through a `Reader` and changes nothing; what cannot be
read is not known, and says which permission would tell.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from reconciler.model.value import Json


class State(StrEnum):
    """Whether a thing is done. The list is closed."""

    DONE = "done"
    MISSING = "missing"
    UNKNOWN = "cannot tell"


class UntoldError(Exception):
    """Nobody says whether it is done. The text is why; `permission` is what would tell."""

    def __init__(self, why: str, permission: str = "") -> None:
        super().__init__(why)
        self.permission = permission


class Reader(Protocol):
    """What a check may ask. Every method raises `UntoldError` where there is no answer."""

    def aws(self, where: Spot, service: str, method: str, params: Mapping[str, Json]) -> Json:
        """The answer of one request that only reads; None where there is no such thing."""
        ...

    def forge(self, path: str, permission: str) -> Json:
        """One document of the forge's API, below its address; None where there is none."""
        ...

    def forge_list(self, path: str, permission: str) -> list[Json]:
        """All items of a list of the forge's API."""
        ...

    def file(self, path: str) -> str | None:
        """The text of a file of the repository; None where it cannot be read."""
        ...


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a request goes. Without an account it is that of whoever asks."""

    account: str
    region: str


Check = Callable[[Reader], str]
"""Says what is missing, "" when it is done. Raises `UntoldError` when nobody can tell."""


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do, in its order. A command is one line or more of a POSIX shell."""

    id: str
    says: str
    where: str = ""
    """Whose credentials it takes, for people: ``account 111122223333, eu-west-1``."""
    commands: tuple[str, ...] = ()
    write: str = ""
    """Lines for a file, where it is no command: the file, then what to write into it."""
    check: Check | None = None
    unseen: str = "it is a setting that cannot be read from here; look at it"
    """Why it cannot be told, where there is no check."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a check came to."""

    todo: Todo
    state: State
    why: str = ""
    permission: str = ""


def look(todo: Todo, reader: Reader) -> Found:
    """Whether it is done, as far as that can be seen."""
    if todo.check is None:
        return Found(todo, State.UNKNOWN, todo.unseen)
    try:
        missing = todo.check(reader)
    except UntoldError as error:
        return Found(todo, State.UNKNOWN, str(error), error.permission)
    return Found(todo, State.MISSING if missing else State.DONE, missing)


def command(*words: str, more: Iterable[tuple[str, str]] = ()) -> str:
    """A command in which every word stands for itself; each option of `more` has its own line."""
    lines = [" ".join(map(shlex.quote, words))]
    lines += [f"{name} {shlex.quote(value)}" for name, value in more]
    return " \\\n  ".join(lines)
