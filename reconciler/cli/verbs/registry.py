"""`moorline registry`: the list of what is done with versions of models."""

from __future__ import annotations

import importlib

import click

from reconciler.cli.frame.nested import Nested

MEANT = {
    "accept": "approve",
    "back": "revert",
    "deny": "reject",
    "evaluate": "check",
    "list": "status",
    "ls": "status",
    "clean": "prune",
    "delete": "prune",
    "rollback": "revert",
    "show": "status",
    "stage": "promote",
    "transition": "promote",
}
NAMES = ("status", "check", "approve", "reject", "promote", "archive", "revert", "prune")


class Lazy(Nested):
    """A group whose commands are imported on demand."""

    meant = MEANT

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A subcommand, imported now."""
        if cmd_name not in NAMES:
            return None
        module = importlib.import_module(f"reconciler.cli.registry.{cmd_name}")
        found: click.Command = module.command
        return found


@click.command("registry", cls=Lazy)
def command() -> None:
    """Check, approve and promote versions of models.

    Each decision is a plan first: what the registry's policy wants, what was found and where, and
    what becomes different. Decisions run under the environment's approve role, or as whoever
    calls where it names none.
    """
