"""What every verb needs: options, the files of the platform, output, exit codes."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click
from click.core import ParameterSource

from reconciler.model.diagnostic import Diagnostic, ordered
from reconciler.secret.redact import redact
from reconciler.specs import absent, overlay
from reconciler.specs.files import shown
from reconciler.specs.load import Loaded, listed, load
from reconciler.specs.overlay import EnvironmentView

if TYPE_CHECKING:
    from reconciler.assets.repository import Repository
    from reconciler.compile.spec import Spec

STATE = Path(".moorline")
_UNREADABLE = "YAML02"
"""Begins the codes of what keeps a file or folder from being read at all."""
USUAL = (Path("specs"), Path("environments"))


class Exit(IntEnum):
    """Exit codes, the same for every verb."""

    OK = 0
    ERROR = 1
    CHANGES = 2
    BLOCKED = 3
    DRIFT = 4
    STALE = 5
    ROLLED_BACK = 6
    """Of a rollout: it failed, or went back."""


@dataclass(slots=True)
class Project:
    """The files of a platform, and how to speak to the user."""

    specs: Path
    environments: Path
    as_json: bool = False
    no_color: bool = False
    loaded: Loaded = field(default_factory=Loaded)
    files_of: Repository | None = None
    """The files that specs name, where they are not those of the current folder."""

    def read(self) -> Loaded:
        """Load every document once. Exits in a folder that is no platform's."""
        self._somewhere()
        if not self.loaded.files:
            self.loaded = load([self.specs, self.environments], typed=typed())
        return self.loaded

    @property
    def repository(self) -> Repository:
        """The files that specs name, each read once."""
        if self.files_of is None:
            from reconciler.cli.frame.checked import repository  # noqa: PLC0415 - not for help

            self.files_of = repository()
        return self.files_of

    def checked(self, view: EnvironmentView) -> tuple[tuple[Spec, ...], list[Diagnostic]]:
        """The specs of an environment that are right, with what they name of the repository."""
        from reconciler.cli.frame.checked import checked  # noqa: PLC0415 - not for help

        loaded = self.read()
        return checked(loaded.documents, view, loaded.unread, self.repository)

    def without(self, name: str, found: Iterable[Diagnostic]) -> list[Diagnostic]:
        """What is wrong with an environment, then with the specs as far as they can be checked.

        `found` keeps the environment `name` from being used.
        """
        from reconciler.compile import without  # noqa: PLC0415 - only for mistakes

        loaded, found = self.read(), list(found)
        blamed = self.blamed()
        if any(each.code.startswith(_UNREADABLE) for each in blamed):
            found = [each for each in found if each.at or each.code != "ENV001"]
        if not any(each.at for each in (*blamed, *found)):
            return [*loaded.diagnostics, *found]  # a slip on the command line
        others = [each for each in loaded.diagnostics if each not in blamed]
        causes = [*blamed, *found]
        return [*without.report(loaded.documents, name, causes, loaded.unread), *others]

    def blamed(self) -> list[Diagnostic]:
        """Files of the folder with the environments that could not be read."""
        place = shown(self.environments, Path.cwd())
        return [
            each
            for each in self.read().diagnostics
            if each.is_error and each.at and f"{each.at.file}/".startswith(f"{place}/")
        ]

    def read_environments(self) -> Loaded:
        """Load the environments alone. Exits in a folder that is no platform's."""
        self._somewhere()
        self.loaded = load([self.environments], typed=typed())
        return self.loaded

    def files(self) -> list[Path]:
        """Every file that is, or would be, read."""
        return listed([self.specs, self.environments], typed=typed())

    @property
    def color(self) -> bool:
        """Whether standard output takes colours."""
        plain = self.no_color or os.environ.get("NO_COLOR") or self.as_json
        return sys.stdout.isatty() and not plain

    @property
    def width(self) -> int:
        """Cells of a line of the terminal on standard output; 0 where there is none."""
        from reconciler.render.vocabulary import fold  # noqa: PLC0415 - only to print

        return 0 if self.as_json else fold.room(sys.stdout)

    @property
    def terminal(self) -> bool:
        """Whether a person watches."""
        return sys.stderr.isatty() and not os.environ.get("CI") and not self.as_json

    def view(self, name: str | None) -> EnvironmentView:
        """The environment asked for; the only one when none is named. Exits on problems."""
        documents = self.read().documents
        if name is None:
            name = self._only(overlay.names(documents))
        view, found = overlay.resolve(documents, name, lost=self.loaded.unread)
        if view is None:
            self.fail(self.without(name, found))
        return view

    def _somewhere(self) -> None:
        """Exit where neither folder of a platform is and the user named none of them."""
        asked = (self.specs, self.environments)
        context = click.get_current_context(silent=True)
        if asked != USUAL or typed() or any(each.exists() for each in asked):
            return
        if context is not None and not context.resilient_parsing:
            from reconciler.cli.frame import nowhere  # noqa: PLC0415 - only for mistakes

            self.fail([nowhere.finding(Path.cwd())])

    def _only(self, known: list[str]) -> str:
        """The one environment that there is; exits where there are none or several."""
        only = known[0] if len(known) == 1 else ""
        broken = absent.broken(self.loaded.documents)
        if len(known) > 1 or not (known or broken or self.blamed()):
            names = ", ".join(known) or "none"
            text = f"which environment? There are: {names}"
            self.fail([Diagnostic("ENV001", text, help="add `-e NAME`")])
        if not known:
            self.fail(self.without("", broken))
        return only

    def fail(self, found: Iterable[Diagnostic], *, code: Exit = Exit.ERROR) -> NoReturn:
        """Print findings and stop."""
        self.show(list(found))
        raise SystemExit(code)

    def show(self, found: list[Diagnostic]) -> None:
        """Print findings: JSON on standard output, text on standard error."""
        from reconciler.render.text import diagnostics  # noqa: PLC0415 - only when there are any

        found = ordered([self._clean(each) for each in found])
        if self.as_json:
            self.print_json({"diagnostics": diagnostics.as_json(found)})
        elif found:
            from reconciler.render.vocabulary import fold  # noqa: PLC0415

            color = self.color and sys.stderr.isatty()
            sources, files = self.loaded.sources, self.loaded.files
            width = fold.room(sys.stderr)
            text = diagnostics.text(found, sources, color=color, files=files, width=width)
            click.echo(text.rstrip("\n"), err=True)

    def _clean(self, found: Diagnostic) -> Diagnostic:
        """A finding without secrets, whoever put them into it."""
        message = redact(found.message, self.loaded.hidden)
        return replace(found, message=message, help=redact(found.help, self.loaded.hidden))

    def print_json(self, data: object) -> None:
        """One JSON document on standard output."""
        click.echo(json.dumps(data, indent=2, sort_keys=True, default=str))


def say(text: str, *, err: bool = False) -> None:
    """Print text for people, in lines that the terminal has room for."""
    from reconciler.render.vocabulary import fold  # noqa: PLC0415 - only to print

    click.echo(fold.fold(text, fold.room(sys.stderr if err else sys.stdout)), err=err)


def typed() -> frozenset[Path] | None:
    """The folders that the user named in this command; None where there is no command.

    Only what a user types may be anywhere: a folder of the usual name may be the repository's
    link.
    """
    context = click.get_current_context(silent=True)
    if context is None:
        return None
    said = (name for name in ("specs", "environments") if name in context.params)
    return frozenset(
        Path(context.params[name])
        for name in said
        if context.get_parameter_source(name) not in {None, ParameterSource.DEFAULT}
    )


def commit(length: int = 7) -> str:
    """The id of the Git commit in the current folder, cut; "" when there is none."""
    from reconciler.git import commit as git, run  # noqa: PLC0415 - only where it is asked for

    return (git.head() if run.installed() else ci_commit())[:length]


def ci_commit() -> str:
    """The id of the commit that a CI system runs for; "" outside of one."""
    return os.environ.get("GITHUB_SHA") or os.environ.get("CI_COMMIT_SHA") or ""
