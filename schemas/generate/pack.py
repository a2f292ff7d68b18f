"""Writes the archive of all types with its index, and says what changed between two of them."""

from __future__ import annotations

import io
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterable, Iterator
from difflib import unified_diff
from pathlib import Path

import orjson

from reconciler.facts.level import level_of
from reconciler.facts.pack import ARCHIVE, INDEX, Pack, digest_of, file_of

_DAY = (1980, 1, 1, 0, 0, 0)
"""The first one that a zip can name: the same content is the same bytes on every day."""
_UNIX = 3
_MODE = 0o100644 << 16


def write(folder: Path, types: Iterable[tuple[str, str]], origin: str) -> tuple[int, int]:
    """Write archive and index into a folder; the archive's bytes, and how many types it has."""
    lines = [f"# {origin}", "# type, by Cloud Control, bytes in types.zip, digest"]
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, text in types:
            content = text.encode("ascii")
            info = zipfile.ZipInfo(file_of(name), _DAY)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = _UNIX
            info.external_attr = _MODE
            archive.writestr(info, content)
            level = level_of(orjson.loads(content))
            size = archive.getinfo(info.filename).compress_size
            lines.append(f"{name}\t{level}\t{size}\t{digest_of(content)}")
    folder.mkdir(exist_ok=True)
    (folder / ARCHIVE).write_bytes(buffer.getvalue())
    (folder / INDEX).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(buffer.getvalue()), len(lines) - 2


def changes(folder: Path, before: str) -> Iterator[str]:
    """What changed since a folder with another archive, or since a commit: types, then lines."""
    if Path(before).is_dir():
        yield from differences(Pack(Path(before)), Pack(folder))
        return
    with tempfile.TemporaryDirectory() as scratch:
        for name in (ARCHIVE, INDEX):
            shown = subprocess.run(
                ["git", "show", f"{before}:./{name}"],
                cwd=folder,
                capture_output=True,
                check=False,
            )
            if shown.returncode:
                sys.exit(f"{before} has no {name}: {shown.stderr.decode().strip()}")
            (Path(scratch) / name).write_bytes(shown.stdout)
        yield from differences(Pack(Path(scratch)), Pack(folder))


def differences(before: Pack, after: Pack) -> Iterator[str]:
    """A unified diff of each type that is new, gone or another one."""
    for name in sorted({*before.entries, *after.entries}):
        old, new = before.entries.get(name), after.entries.get(name)
        if old and new and old.digest == new.digest:
            continue
        was = before.text(name).decode() if old else ""
        became = after.text(name).decode() if new else ""
        lines = (was.splitlines(keepends=True), became.splitlines(keepends=True))
        yield from unified_diff(*lines, fromfile=f"a/{name}", tofile=f"b/{name}", n=0)
