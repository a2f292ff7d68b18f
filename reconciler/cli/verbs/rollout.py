"""`moorline rollout`: the list of what is done with a rollout that goes step by step."""

from __future__ import annotations

import click

from reconciler.cli.frame.nested import Lazy

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


class Rollouts(Lazy):
    """Its commands."""

    meant = MEANT
    folder = "reconciler.cli.rollout"
    names = NAMES


@click.command("rollout", cls=Rollouts)
def command() -> None:
    """See, drive, pause and abort how a new version takes over.

    `apply` starts a rollout; these go on with it. Each action is a plan first: what is live, what
    the analysis says, and the one next call. Nothing is kept on this machine: whoever has the
    repository, or the name of the endpoint alone, can go on or go back.
    """
