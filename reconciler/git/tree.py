"""The files of a commit as Git lists them, and the ids that files on the disk would have."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from reconciler.git.run import GitError, Objects

LINK, MODULE = "120000", "160000"
RUNS = "100755"
FILES = frozenset({"100644", "100755", "100664"})
ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_HOSTILE = frozenset({"", ".", ".."})


@dataclass(frozen=True, slots=True)
class Entry:
    """One file of a commit."""

    name: str
    mode: str
    id: str
    size: int
    """Bytes; 0 for what is not here."""


def entries(objects: Objects, commit: str, names: Iterable[str]) -> list[Entry]:
    """Everything of a commit at these names and below; "." is all of it.

    Raises:
        GitError: there is no such commit, or a name of it leads elsewhere.
    """
    if not ID.fullmatch(commit):
        raise GitError(f"{commit!r} is no commit")
    wanted = [] if "." in (asked := [*names]) else asked
    listed = objects.ask("ls-tree", "-r", "-z", "-l", "--full-tree", commit, "--", *wanted)
    return [_entry(line) for line in listed.decode(errors="surrogateescape").split("\0") if line]


def _entry(line: str) -> Entry:
    facts, _, name = line.partition("\t")
    mode, _, id_, size = facts.split()
    parts = name.split("/")
    if _HOSTILE & {*parts} or ".git" in map(str.lower, parts):
        raise GitError(f"the commit has a file with the name {name!r}")
    return Entry(name, mode, id_, int(size) if size.isdecimal() else 0)


def blob_id(content: bytes, form: str) -> str:
    """The id that Git gives to this content."""
    made = hashlib.new(form, usedforsecurity=False)
    made.update(b"blob %d\0" % len(content))
    made.update(content)
    return made.hexdigest()
