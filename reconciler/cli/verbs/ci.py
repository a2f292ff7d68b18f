"""`moorline ci`: the list of what CI does. A subcommand's module is imported when it is used."""

from __future__ import annotations

import importlib

import click

from reconciler.cli.frame.nested import Nested

MEANT = {"bootstrap": "init", "create": "init", "new": "init", "post": "comment", "setup": "init"}
NAMES = ("comment", "report", "reviewed", "init", "check")


class Lazy(Nested):
    """A group whose commands are imported on demand."""

    meant = MEANT

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A subcommand, imported now."""
        if cmd_name not in NAMES:
            return None
        module = importlib.import_module(f"reconciler.cli.ci.{cmd_name}")
        found: click.Command = module.command
        return found


@click.command("ci", cls=Lazy)
def command() -> None:
    """Comment, report and write delivery files for CI."""
