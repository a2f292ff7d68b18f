"""The archive of all types, `schemas/aws/types.zip`, and its index, `schemas/aws/types.txt`.

The archive is a plain zip with one JSON text for each type. The index has a line for each of them,
in the order of the archive: name, what Cloud Control can do with it, how many bytes it takes, and
a digest of its text. Thus names are known without opening the archive, one type is read by itself,
and a change of the archive shows in the index, line by line.
"""

from __future__ import annotations

import hashlib
import zlib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import NamedTuple

ARCHIVE, INDEX = "types.zip", "types.txt"
_HEADER = 30
"""Bytes before the name of an entry. Source: APPNOTE.TXT of ZIP, "Local file header"."""


class DamagedPack(RuntimeError):
    """Archive and index do not belong together."""


class Entry(NamedTuple):
    """One line of the index, and where its text begins in the archive."""

    level: str
    at: int
    size: int
    """Bytes, compressed."""
    digest: str


def file_of(type_name: str) -> str:
    """The name of a type's text inside the archive."""
    return f"{type_name.replace('::', '_')}.json"


def digest_of(text: bytes) -> str:
    """What a line of the index says of a text."""
    return hashlib.blake2b(text, digest_size=8).hexdigest()


@dataclass(frozen=True)  # not slotted: the index is read once
class Pack:
    """The archive in a folder. Nothing is read before it is asked for."""

    folder: Path

    @cached_property
    def entries(self) -> dict[str, Entry]:
        """Every type, in the order of the archive.

        Raises:
            DamagedPack: the index has a line that is none.
        """
        found, at = {}, 0
        lines = (self.folder / INDEX).read_text(encoding="utf-8").splitlines()
        for line in lines:
            if line.startswith("#"):
                continue
            try:
                name, level, size, digest = line.split("\t")
                length = int(size)
            except ValueError as error:
                raise DamagedPack(f"{INDEX} has a line that is none: {line[:80]!r}") from error
            at += _HEADER + len(file_of(name))
            found[name] = Entry(level, at, length, digest)
            at += length
        return found

    def text(self, type_name: str) -> bytes:
        """The JSON text of one type.

        Raises:
            KeyError: there is no such type.
            DamagedPack: the archive has another text than the index says.
        """
        entry = self.entries[type_name]
        with (self.folder / ARCHIVE).open("rb") as file:
            file.seek(entry.at)
            packed = file.read(entry.size)
        try:
            text = zlib.decompress(packed, wbits=-zlib.MAX_WBITS)
        except zlib.error as error:
            raise DamagedPack(_DAMAGED.format(type_name)) from error
        if digest_of(text) != entry.digest:
            raise DamagedPack(_DAMAGED.format(type_name))
        return text


_DAMAGED = f"{ARCHIVE} and {INDEX} do not belong together, at {{}}; run `make schemas`"
