"""`moorline rollout resume`: go on where it was paused or held."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project
from reconciler.cli.rollout import options


@click.command("resume")
@click.argument("rollout", metavar="NAME")
@environment
@options.yes
@folders
def command(
    rollout: str,
    name: str | None,
    specs: Path,
    environments: Path,
    *,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Go on with a rollout that is paused, or held by an inconclusive analysis.

    The step that it is in bakes anew.
    """
    from reconciler.cli.rollout import chosen, words  # noqa: PLC0415 - boto3 only here

    project = Project(specs, environments, as_json, no_color)
    words.say(chosen.opened(project, name, rollout, "apply"), "resume", yes=yes)
