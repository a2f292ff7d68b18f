"""Streams that secrets do not get through.

The last line of defence: findings, differences and messages of AWS are cleaned
where they are made. What a library or an unknown fault prints is cleaned here.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, TextIO, cast

from reconciler.secret.redact import certain


class Guarded:
    """A text stream without secrets; whatever is not writing goes to the stream itself."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write a text; a secret must be in one piece to be seen."""
        self._stream.write(certain(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        self.write("".join(lines))

    @property
    def buffer(self) -> GuardedBytes:
        """The bytes below, guarded as well."""
        return GuardedBytes(self._stream.buffer)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - anything a stream has
        return getattr(self._stream, name)


class GuardedBytes:
    """A stream of bytes without secrets."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream

    def write(self, data: bytes) -> int:
        text = bytes(data).decode(errors="surrogateescape")
        self._stream.write(certain(text).encode(errors="surrogateescape"))
        return len(data)

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - anything a stream has
        return getattr(self._stream, name)


@contextmanager
def guarded() -> Iterator[None]:
    """Guard standard output and standard error for a while."""
    before = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = (cast("TextIO", Guarded(stream)) for stream in before)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before
