"""`moorline rollout promote`: to the next step now, or all the way."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project
from reconciler.cli.rollout import options


@click.command("promote")
@click.argument("rollout", metavar="NAME")
@environment
@click.option("--full", is_flag=True, help="Through all steps that are left, without their bakes.")
@options.yes
@folders
def command(
    rollout: str,
    name: str | None,
    specs: Path,
    environments: Path,
    *,
    full: bool,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """End the bake of the step that a rollout is in, and go to the next one.

    Instances come before traffic all the same, and an analysis that has failed is not passed
    over: abort, or mend it.
    """
    from reconciler.cli.rollout import chosen, words  # noqa: PLC0415 - boto3 only here

    project = Project(specs, environments, as_json, no_color)
    found = chosen.opened(project, name, rollout, "apply")
    words.say(found, "full" if full else "promote", yes=yes)
