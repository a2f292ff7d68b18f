"""Checked specs of an environment, with what they name of the repository read."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.assets.repository import Repository, no_git
from reconciler.git.ignored import unignored
from reconciler.model.diagnostic import Diagnostic, ordered
from reconciler.model.document import Document
from reconciler.specs.overlay import EnvironmentView

if TYPE_CHECKING:
    from reconciler.compile.spec import Spec


def repository(root: Path | None = None) -> Repository:
    """The files of the current folder, as Git knows them; or those of another one, all of them."""
    return Repository(root, no_git) if root else Repository(Path.cwd(), unignored)


def checked(
    documents: Iterable[Document], view: EnvironmentView, lost: Collection[str], files: Repository
) -> tuple[tuple[Spec, ...], list[Diagnostic]]:
    """As `compiler.read`, ready to be built."""
    from reconciler.compile import compiler, packing  # noqa: PLC0415 - after the arguments

    specs, found = compiler.read(documents, view, lost)
    specs, more = packing.given(specs, files.read(packing.wanted(specs)))
    return specs, ordered([*found, *more])
