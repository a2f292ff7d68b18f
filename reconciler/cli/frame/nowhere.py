"""A command outside of a platform's folder: where the next one is, and how to start one."""

from __future__ import annotations

import itertools
import os
import shlex
from collections.abc import Iterator
from pathlib import Path

from reconciler.model.diagnostic import Diagnostic

FOLDERS = ("specs", "environments")
_MOST = 400
"""Folders below that are looked at: a home folder has many."""
_DEEP = 2
_SHOWN = 3


def finding(here: Path) -> Diagnostic:
    """That the folder is no platform's, with the closest one above or below it."""
    text = f"no platform in this folder: it has no {' and no '.join(map(repr, FOLDERS))}"
    start = "`moorline init` starts one here"
    if (above := _above(here)) is not None:
        way = "/".join([".."] * (len(here.parts) - len(above.parts)))
        return Diagnostic("CLI017", text, help=f"the folder above has one: `cd {way}`")
    below = [*itertools.islice(_below(here), _SHOWN + 1)]
    if below:
        ways = [f"`cd {shlex.quote(each.as_posix())}`" for each in below[:_SHOWN]]
        more = " or another one" if len(below) > _SHOWN else ""
        return Diagnostic("CLI017", text, help=f"{' or '.join(ways)}{more} leads to one; {start}")
    return Diagnostic("CLI017", text, help=f"{start}; `--specs` and `--environments` name others")


def is_platform(folder: Path) -> bool:
    """Whether a folder looks like a platform's."""
    return all((folder / name).is_dir() for name in FOLDERS)


def _above(here: Path) -> Path | None:
    return next((each for each in here.parents if is_platform(each)), None)


def _below(here: Path) -> Iterator[Path]:
    """Platforms in folders below, near ones first; links and hidden folders are left out."""
    level, seen = [Path()], 0
    for _ in range(_DEEP):
        following: list[Path] = []
        for folder in level:
            for each in _folders(here / folder):
                seen += 1
                if seen > _MOST:
                    return
                if is_platform(here / folder / each):
                    yield folder / each
                else:
                    following.append(folder / each)
        level = following


def _folders(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            named = (each for each in entries if not each.name.startswith("."))
            return sorted(each.name for each in named if each.is_dir(follow_symlinks=False))
    except OSError:
        return []
