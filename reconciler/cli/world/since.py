"""What an edit breaks, compared with the specs of another commit."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory

from reconciler.cli.frame.project import Project
from reconciler.git.base import base
from reconciler.git.export import export
from reconciler.git.run import GitError
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.specs import overlay
from reconciler.specs.load import Loaded, load

CODE = "SCHEMA003"
AUTO = "auto"
"""Whatever there is: a repository that has no commit before is no mistake, and is told."""
_HELP = "fetch it (`git fetch --deepen=100`), or name another commit"


@dataclass(slots=True)
class Since:
    """The specs at a commit, read once for all environments."""

    project: Project
    asked: str
    """A commit; ``auto`` for the one that CI or Git says a change starts from."""
    _loaded: Loaded | None = field(default=None, init=False)

    def problems(self, name: str) -> list[Diagnostic]:
        """What the edits since then break in an environment.

        An environment or a spec that was not there, or was wrong then, has nothing to break.
        """
        from reconciler.compile import compiler, evolution  # noqa: PLC0415 - only if asked
        from reconciler.compile.lineage import lineage  # noqa: PLC0415

        try:
            loaded = self._read()
        except GitError as error:
            text = f"nothing is known of what this edit breaks: {error}"
            severity = Severity.WARNING if self.asked == AUTO else Severity.ERROR
            return [Diagnostic(CODE, text, help=_HELP, severity=severity)]
        now = self.project.read()
        if name not in overlay.names(loaded.documents):
            return []
        before, _ = overlay.resolve(loaded.documents, name, lost=loaded.unread)
        after, _ = overlay.resolve(now.documents, name, lost=now.unread)
        if before is None or after is None:
            return []
        old, _ = compiler.read(loaded.documents, before, loaded.unread)
        new, _ = compiler.read(now.documents, after, now.unread)
        return evolution.since(old, new, lineage(old))

    def _read(self) -> Loaded:
        """The files at the commit.

        Raises:
            GitError: the repository does not have it, or not all of it.
        """
        if self._loaded is None:
            commit = base(os.environ, "" if self.asked == AUTO else self.asked)
            if not commit:
                raise GitError(f"this repository has no commit {self.asked!r}")
            places = [self.project.specs, self.project.environments]
            with TemporaryDirectory() as folder:
                paths = export(commit, places, Path(folder))
                self._loaded = load(paths, relative_to=Path(folder))
        return self._loaded
