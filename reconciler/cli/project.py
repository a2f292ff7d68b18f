"""What every verb needs: options, the files of the platform, output, exit codes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from enum import IntEnum
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import click

from reconciler.model.diagnostic import Diagnostic, ordered
from reconciler.secret.redact import redact
from reconciler.specs import overlay
from reconciler.specs.load import Loaded, load
from reconciler.specs.overlay import EnvironmentView

F = TypeVar("F", bound=Callable[..., Any])
STATE = Path(".moorline")


class Exit(IntEnum):
    """Exit codes, the same for every verb."""

    OK = 0
    ERROR = 1
    CHANGES = 2
    BLOCKED = 3
    DRIFT = 4
    STALE = 5


def folders(command: F) -> F:
    """Options that say where the files are and how output looks."""
    for option in (
        click.option(
            "--specs",
            "specs",
            type=click.Path(path_type=Path),
            default=Path("specs"),
            show_default=True,
            help="Folder or file with the specs.",
        ),
        click.option(
            "--environments",
            "environments",
            type=click.Path(path_type=Path),
            default=Path("environments"),
            show_default=True,
            help="Folder or file with the environments.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print JSON for machines."),
        click.option("--no-color", is_flag=True, help="Print without colours."),
    ):
        command = option(command)
    return command


def _completing(what: str) -> Callable[..., list[str]]:
    """What a shell offers for an option, looked up when a shell asks."""

    def found(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[str]:
        from reconciler.cli import completion  # noqa: PLC0415 - only where it is asked for

        names: list[str] = getattr(completion, what)(context, parameter, incomplete)
        return names

    return found


def environment(command: F) -> F:
    """The option that names the environment."""
    return click.option(
        "-e",
        "--environment",
        "name",
        metavar="NAME",
        envvar="MOORLINE_ENVIRONMENT",
        shell_complete=_completing("environments"),
        help="The environment, as in environments/NAME.yaml.",
    )(command)


def _seconds(_context: click.Context, _option: click.Parameter, text: str | None) -> float:
    from reconciler.kinds.api import seconds  # noqa: PLC0415 - only where it is asked for

    try:
        return float(seconds(text)) if text else 0.0
    except (ValueError, KeyError):
        raise click.BadParameter(f"{text!r} is no duration; write 30s, 10m or 1h") from None


wait_option = click.option(
    "--wait",
    metavar="DURATION",
    callback=_seconds,
    help="Wait for an apply of someone else that is under way, as in 10m.",
)


def exceptions(command: F) -> F:
    """Options that name resources for which a plan makes an exception."""
    adopt = click.option(
        "--adopt",
        multiple=True,
        metavar="ADDRESS",
        shell_complete=_completing("addresses"),
        help="Take over an existing resource, as TYPE/NAME. May be repeated.",
    )
    retry = click.option(
        "--retry",
        multiple=True,
        metavar="ADDRESS",
        shell_complete=_completing("addresses"),
        help="Try an update again that failed before, as TYPE/NAME. May be repeated.",
    )
    return adopt(retry(command))


@dataclass(slots=True)
class Project:
    """The files of a platform, and how to speak to the user."""

    specs: Path
    environments: Path
    as_json: bool = False
    no_color: bool = False
    loaded: Loaded = field(default_factory=Loaded)

    def read(self) -> Loaded:
        """Load every document once."""
        if not self.loaded.files:
            self.loaded = load([self.specs, self.environments])
        return self.loaded

    @property
    def color(self) -> bool:
        """Whether standard output takes colours."""
        plain = self.no_color or os.environ.get("NO_COLOR") or self.as_json
        return sys.stdout.isatty() and not plain

    @property
    def terminal(self) -> bool:
        """Whether a person watches."""
        return sys.stderr.isatty() and not os.environ.get("CI") and not self.as_json

    def view(self, name: str | None) -> EnvironmentView:
        """The environment asked for; the only one when none is named. Exits on problems."""
        documents = self.read().documents
        if name is None:
            known = overlay.names(documents)
            if len(known) != 1:
                names = ", ".join(known) or "none"
                self.fail(
                    [
                        Diagnostic(
                            "ENV001", f"which environment? There are: {names}", help="add `-e NAME`"
                        )
                    ]
                )
            name = known[0]
        view, found = overlay.resolve(documents, name)
        if view is None:
            self.fail([*self.loaded.diagnostics, *found])
        return view

    def fail(self, found: Iterable[Diagnostic], *, code: Exit = Exit.ERROR) -> NoReturn:
        """Print findings and stop."""
        self.show(list(found))
        raise SystemExit(code)

    def show(self, found: list[Diagnostic]) -> None:
        """Print findings: JSON on standard output, text on standard error."""
        from reconciler.render import diagnostics  # noqa: PLC0415 - only when there are any

        found = ordered([self._clean(each) for each in found])
        if self.as_json:
            self.print_json({"diagnostics": diagnostics.as_json(found)})
        elif found:
            color = self.color and sys.stderr.isatty()
            text = diagnostics.text(
                found, self.loaded.sources, color=color, files=self.loaded.files
            )
            click.echo(text.rstrip("\n"), err=True)

    def _clean(self, found: Diagnostic) -> Diagnostic:
        """A finding without secrets, whoever put them into it."""
        message = redact(found.message, self.loaded.hidden)
        return replace(found, message=message, help=redact(found.help, self.loaded.hidden))

    def print_json(self, data: object) -> None:
        """One JSON document on standard output."""
        click.echo(json.dumps(data, indent=2, sort_keys=True, default=str))


def commit(length: int = 7) -> str:
    """The id of the Git commit in the current folder, cut; "" when there is none."""
    try:
        done = subprocess.run(
            ["git", "rev-parse", "--verify", "HEAD"],  # noqa: S607 - the user's own git
            capture_output=True,
            text=True,
            check=False,
        )
    except OSError:  # no git here
        return ci_commit()[:length]
    return done.stdout.strip()[:length]


def ci_commit() -> str:
    """The id of the commit that a CI system runs for; "" outside of one."""
    return os.environ.get("GITHUB_SHA") or os.environ.get("CI_COMMIT_SHA") or ""


def sign_key(command: F) -> F:
    """The option that names the key of plan files."""
    return click.option(
        "--sign-key",
        "sign_key",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="A file with the secret that plan files are signed with (HMAC-SHA256)."
        " MOORLINE_PLAN_KEY may hold the secret itself; `signing` of the environment, a key"
        " in AWS KMS, goes before both.",
    )(command)
