"""`moorline rollout pause`: nothing moves until somebody says so."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project
from reconciler.cli.rollout import options


@click.command("pause")
@click.argument("rollout", required=False, metavar="[NAME]")
@environment
@options.endpoint
@options.yes
@folders
def command(
    rollout: str | None,
    name: str | None,
    endpoint: str,
    specs: Path,
    environments: Path,
    *,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Hold a rollout where it is, until `resume`.

    No weight moves meanwhile; an analysis that fails still takes the traffic back. It needs the
    environment and the endpoint's name alone, whatever is wrong with the specs.
    """
    from reconciler.cli.rollout import chosen, words  # noqa: PLC0415 - boto3 only here

    project = Project(specs, environments, as_json, no_color)
    found = chosen.by_endpoint(project, name, rollout, endpoint, "apply")
    words.say(found, "pause", yes=yes)
