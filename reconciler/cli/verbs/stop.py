"""`moorline stop`: stop a run of a pipeline."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Exit, Project


@click.command("stop")
@click.argument("spec", metavar="KIND/NAME")
@click.argument("run", required=False, metavar="[RUN]")
@environment
@click.option("-y", "--yes", is_flag=True, help="Do not ask, outside of the sandbox.")
@folders
def command(
    spec: str,
    run: str | None,
    name: str | None,
    specs: Path,
    environments: Path,
    *,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Stop a run of a pipeline: the named one, or the only one that goes on.

    What its steps have written stays. Jobs that AWS runs for it are ended with it.
    """
    from reconciler.aws.errors import AwsError  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.cli.world import running  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    scene = running.opened(project, name, spec, yes=yes, does="Stop a run of")
    arn = running.chosen(scene, run, lambda stage: not stage.over, "stop")
    try:
        scene.way.stop(scene.session, arn)
    except AwsError as error:
        scene.asked(error)
    running.report(scene, [running.follow(scene, arn)])
    raise SystemExit(Exit.OK)
