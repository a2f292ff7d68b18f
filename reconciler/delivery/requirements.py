"""The requirements file that jobs install from: packages by version and hash, nothing else. Pure.

Without a hash an installation is whatever a registry offers that day. With hashes everything
is named before, so a line that names a file, a folder, an address or an option is refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

FILE = "delivery/requirements.txt"
_LONG = 80
"""Characters of a line that a finding quotes."""
_NAME = r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?"
_PINNED = re.compile(
    rf"(?P<name>{_NAME})\s*(?:\[[\w\s,.-]*\])?\s*==\s*(?P<version>[A-Za-z0-9.!+_-]+)\s*"
    r"(?:;(?P<marker>[^#@]*?))?(?P<hashes>(?:\s+--hash=sha256:[0-9a-f]{64})+)"
)


def problems(text: str, version: str) -> list[str]:
    """What keeps a file from being installed from, for Moorline in a version."""
    found, own = [], ""
    for number, line in _lines(text):
        pinned = _PINNED.fullmatch(line)
        if pinned is None or "--" in (pinned["marker"] or ""):
            found.append(f"line {number} is no package with version and hash: {_short(line)!r}")
        elif re.sub(r"[-_.]+", "-", pinned["name"]).lower() == "moorline":
            own = pinned["version"]
    if not found and own != version:
        there = f"Moorline {own!r}" if own else "no Moorline"
        found.append(f"it has {there}; the files are written by {version!r}")
    return found


def _lines(text: str) -> Iterator[tuple[int, str]]:
    """The lines as pip reads them: without comments, joined where they go on."""
    begun, whole = 0, ""
    for number, line in enumerate(text.splitlines(), 1):
        begun = begun or number
        goes_on = line.endswith("\\") and not line.lstrip().startswith("#")
        plain = re.sub(r"(^|\s)#.*$", "", line.removesuffix("\\") if goes_on else line)
        whole = f"{whole} {plain.strip()}".strip()
        if goes_on:
            continue
        if whole:
            yield begun, whole
        begun, whole = 0, ""
    if whole:
        yield begun, whole


def _short(line: str) -> str:
    return line if len(line) <= _LONG else f"{line[:_LONG]}…"
