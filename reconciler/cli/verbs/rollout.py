"""`moorline rollout`: the list of what is done with a rollout that goes step by step."""

from __future__ import annotations

import importlib

import click

from reconciler.cli.frame.nested import Nested

MEANT = {
    "back": "abort",
    "cancel": "abort",
    "continue": "resume",
    "describe": "status",
    "get": "status",
    "list": "status",
    "ls": "status",
    "log": "history",
    "next": "advance",
    "reconcile": "advance",
    "rollback": "abort",
    "show": "status",
    "skip": "promote",
    "step": "advance",
    "stop": "pause",
    "undo": "abort",
    "unpause": "resume",
    "watch": "run",
}
NAMES = ("status", "advance", "run", "pause", "resume", "promote", "abort", "history")


class Lazy(Nested):
    """A group whose commands are imported on demand."""

    meant = MEANT

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(NAMES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A subcommand, imported now."""
        if cmd_name not in NAMES:
            return None
        module = importlib.import_module(f"reconciler.cli.rollout.{cmd_name}")
        found: click.Command = module.command
        return found


@click.command("rollout", cls=Lazy)
def command() -> None:
    """See, drive, pause and abort how a new version takes over.

    `apply` starts a rollout; these go on with it. Each action is a plan first: what is live, what
    the analysis says, and the one next call. Nothing is kept on this machine: whoever has the
    repository, or the name of the endpoint alone, can go on or go back.
    """
