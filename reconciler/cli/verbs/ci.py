"""`moorline ci`: the list of what CI does. A subcommand's module is imported when it is used."""

from __future__ import annotations

import click

from reconciler.cli.frame.nested import Lazy

MEANT = {"bootstrap": "init", "create": "init", "new": "init", "post": "comment", "setup": "init"}
NAMES = ("comment", "report", "reviewed", "init", "check")


class Ci(Lazy):
    """Its commands."""

    meant = MEANT
    folder = "reconciler.cli.ci"
    names = NAMES


@click.command("ci", cls=Ci)
def command() -> None:
    """Comment, report and write delivery files for CI."""
