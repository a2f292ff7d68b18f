"""`moorline retry`: go on with a failed run from the step that failed."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project, say


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

    What went well is not done again. A pipeline of data goes on as a new run with what the old one
    knew, by what is applied now; a training goes on by itself, as it was started.
    """
    from reconciler.aws import machines  # noqa: PLC0415
    from reconciler.aws.errors import AwsError  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.cli.world import begun, running  # noqa: PLC0415
    from reconciler.model.run import Stage  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    scene = running.opened(project, name, spec, yes=yes, does="Go on with a run of")
    bad = {Stage.FAILED, Stage.STOPPED, Stage.TIMED_OUT}
    arn = running.chosen(scene, run, lambda stage: stage in bad, "go on with")
    before = scene.look(arn)
    token = hashlib.sha256(f"{arn} {before.ended}".encode()).hexdigest()
    try:
        on = machines.resume(scene.session, scene.what, arn) if scene.what.machine else None
        if on is not None:
            step, given = on
            if not as_json:
                say(f"{before.name} goes on from {step} as a new run", err=True)
            called = f"{before.name[:60].rstrip('-')}-{token[:8]}"
            stand_ins = begun.stand_ins_of(scene) if watch else None
            run_ = begun.begin(scene, called, given, stand_ins, watch=watch)
            raise SystemExit(running.report(scene, [run_]))
        if not before.again:
            scene.fail("RUN004", f"AWS does not go on with {before.name!r}", "start a new run")
        run_ = begun.again(scene, arn, token, watch=watch)
    except AwsError as error:
        scene.asked(error)
    raise SystemExit(running.report(scene, [run_]))
