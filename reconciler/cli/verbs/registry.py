"""`moorline registry`: the list of what is done with versions of models."""

from __future__ import annotations

import click

from reconciler.cli.frame.nested import Lazy

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


class Versions(Lazy):
    """Its commands."""

    meant = MEANT
    folder = "reconciler.cli.registry"
    names = NAMES


@click.command("registry", cls=Versions)
def command() -> None:
    """Check, approve and promote versions of models.

    Each decision is a plan first: what the registry's policy wants, what was found and where, and
    what becomes different. Decisions run under the environment's approve role, or as whoever
    calls where it names none.
    """
