"""`moorline retry`: go on with a failed run from the step that failed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project


@click.command("retry")
@click.argument("spec", metavar="KIND/NAME")
@click.argument("run", required=False, metavar="[RUN]")
@environment
@click.option("--watch", is_flag=True, help="Follow the run until it is over.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask, outside of the sandbox.")
@folders
def command(
    spec: str,
    run: str | None,
    name: str | None,
    specs: Path,
    environments: Path,
    *,
    watch: bool,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Go on with a run from the step that failed: the named one, or the newest that failed.

    What went well is not done again. The run goes on with the definition that it was started with:
    what was applied since counts for new runs. In a sandbox its jobs are simulated.
    """
    from reconciler.aws.errors import AwsError  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.cli.world import running  # noqa: PLC0415
    from reconciler.model.run import Stage  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    scene = running.opened(project, name, spec, yes=yes, does="Go on with a run of")
    bad = {Stage.FAILED, Stage.STOPPED, Stage.TIMED_OUT}
    arn = running.chosen(scene, run, lambda stage: stage in bad, "go on with")
    before = scene.look(arn)
    if not before.again:
        scene.fail("RUN004", f"AWS does not go on with {before.name!r}", "start a new run")
    token = hashlib.sha256(f"{arn} {before.ended}".encode()).hexdigest()
    try:
        scene.way.again(scene.session, arn, token)
    except AwsError as error:
        scene.asked(error)
    raise SystemExit(
        running.report(scene, [running.follow(scene, arn) if watch else scene.look(arn)])
    )
