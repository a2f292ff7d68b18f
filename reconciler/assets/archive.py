"""Archives that are the same bytes on every machine. Pure.

Nothing in them is compressed: what a compressor writes depends on its version, and another
digest would be another asset, with all that it makes new. Names are sorted, times and owners are
no one's, and of modes only the executable bit is kept. Sources: PKWARE's APPNOTE 6.3.10 (zip),
RFC 1951 and RFC 1952 (gzip, stored blocks), POSIX pax (tar).
"""

from __future__ import annotations

import struct
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from reconciler.model.asset import Form

_DATE = 0x21
"""The first day of 1980, which is the earliest that a zip can say."""
_UTF8 = 0x800
_UNIX = 3 << 8 | 20
_BLOCK = 0xFFFF
_PLAIN, _RUNS = 0o100644, 0o100755


@dataclass(frozen=True, slots=True)
class Member:
    """One file of an archive."""

    name: str
    content: bytes
    runs: bool
    """Whether it may be executed."""


def packed(members: Iterable[Member], form: Form) -> bytes:
    """The bytes of an archive.

    Raises:
        ValueError: a file as it is has one member, and no other form.
    """
    files = sorted(members, key=lambda each: each.name.encode())
    if form is Form.ZIP:
        return b"".join(_zip(files))
    if form is Form.TAR:
        return gzipped(b"".join(_tar(files)))
    if len(files) != 1:
        raise ValueError("a file as it is, is one file")
    return files[0].content


def _zip(files: list[Member]) -> Iterator[bytes]:
    at, entries = 0, []
    for each in files:
        name, size = each.name.encode(), len(each.content)
        about = struct.pack(
            "<HHHHHIIIHH",
            *(20, _UTF8, 0, 0, _DATE, zlib.crc32(each.content), size, size, len(name), 0),
        )
        mode = (_RUNS if each.runs else _PLAIN) << 16
        tail = struct.pack("<HHHII", 0, 0, 0, mode, at)
        entries.append(b"PK\x01\x02" + struct.pack("<H", _UNIX) + about + tail + name)
        head = b"PK\x03\x04" + about + name
        yield head
        yield each.content
        at += len(head) + size
    listed = b"".join(entries)
    yield listed
    count = len(entries)
    yield b"PK\x05\x06" + struct.pack("<HHHHIIH", 0, 0, count, count, len(listed), at, 0)


def _tar(files: list[Member]) -> Iterator[bytes]:
    for each in files:
        about = tarfile.TarInfo(each.name)
        about.size, about.mode = len(each.content), (_RUNS if each.runs else _PLAIN) & 0o777
        yield about.tobuf(tarfile.PAX_FORMAT, "utf-8", "strict")
        yield each.content
        yield b"\0" * (-len(each.content) % tarfile.BLOCKSIZE)
    yield b"\0" * (2 * tarfile.BLOCKSIZE)


def gzipped(data: bytes) -> bytes:
    """A gzip of stored blocks: no time, no name, no system."""
    parts = [b"\x1f\x8b\x08\0\0\0\0\0\0\xff"]
    for start in range(0, max(len(data), 1), _BLOCK):
        block = data[start : start + _BLOCK]
        last = start + _BLOCK >= len(data)
        parts += [struct.pack("<BHH", last, len(block), len(block) ^ _BLOCK), block]
    parts.append(struct.pack("<II", zlib.crc32(data), len(data) & 0xFFFFFFFF))
    return b"".join(parts)
