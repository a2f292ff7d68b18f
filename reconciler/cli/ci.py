"""`moorline ci`: the list of what CI does. A subcommand's module is imported when it is used."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from reconciler.forge.detect import Wanted

F = TypeVar("F", bound=Callable[..., Any])
MODULES = {
    "comment": "ci_comment",
    "report": "ci_report",
    "reviewed": "ci_reviewed",
    "init": "ci_init",
}


class Lazy(click.Group):
    """A group whose commands are imported on demand."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A subcommand, imported now."""
        if cmd_name not in MODULES:
            return None
        module = importlib.import_module(f"reconciler.cli.{MODULES[cmd_name]}")
        found: click.Command = module.command
        return found


@click.command("ci", cls=Lazy)
def command() -> None:
    """Comment, report and write delivery files for CI."""


def forge(command: F) -> F:
    """Options that say which forge and repository, where the environment of CI does not."""
    for option in (
        click.option("--api-url", default="", metavar="URL", help="Address of the forge's API."),
        click.option(
            "--repository",
            default="",
            metavar="OWNER/NAME",
            help="The repository or project; else GITHUB_REPOSITORY or CI_PROJECT_ID.",
        ),
        click.option(
            "--provider",
            type=click.Choice(["github", "gitlab"]),
            help="The forge; else the one whose CI this runs in.",
        ),
    ):
        command = option(command)
    return command


def wanted(
    provider: str | None, repository: str, api_url: str, change: int | None = None
) -> Wanted:
    """What those options said."""
    from reconciler.forge.detect import Wanted  # noqa: PLC0415 - only where it is used

    return Wanted(provider or "", repository, change, api_url)
