"""A run that is started here: by `run`, or by `retry`, which goes on with an old one."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.aws import machines
from reconciler.aws.errors import AwsError
from reconciler.cli.frame.project import Exit, say
from reconciler.cli.world import running
from reconciler.cli.world.running import Scene
from reconciler.cli.world.standing import StandIns
from reconciler.model.run import Run
from reconciler.model.value import Json


def stand_ins_of(scene: Scene) -> StandIns | None:
    """What does jobs of a run here, and what a run did not do: of a sandbox alone."""
    return StandIns(scene) if scene.view.spec.sandbox else None


def begin(
    scene: Scene, name: str, given: Mapping[str, Json], stand_ins: StandIns | None, *, watch: bool
) -> Run:
    """Start a run, and follow it where that was asked for."""
    machine = scene.what.machine
    arn = machines.arn_of(scene.what, name) if machine else f"{scene.what.arn}/{name}"
    if stand_ins:
        stand_ins.announce(arn)
    try:
        run: Run = scene.way.start(scene.session, scene.what, name, given)
    except AwsError as error:
        scene.asked(error, name)
    return _followed(scene, run, stand_ins) if watch else run


def again(scene: Scene, arn: str, token: str, *, watch: bool) -> Run:
    """Go on with a run of a training by itself, and follow it where that was asked for.

    Raises:
        AwsError: AWS does not.
    """
    stand_ins = stand_ins_of(scene) if watch else None
    if stand_ins:
        stand_ins.announce(arn)
    scene.way.again(scene.session, arn, token)
    run = scene.look(arn)
    return _followed(scene, run, stand_ins) if watch else run


def _followed(scene: Scene, run: Run, stand_ins: StandIns | None) -> Run:
    arn = run.arn
    if not scene.project.as_json:
        say(f"run {run.name}", err=True)
    try:
        run = running.follow(
            scene, arn, (lambda: stand_ins.serve(arn)) if stand_ins else None, run.name
        )
    except KeyboardInterrupt:
        say(f"the run {run.name} goes on; `moorline stop {scene.what.spec}` stops it", err=True)
        raise SystemExit(Exit.ERROR) from None
    if stand_ins and not scene.project.as_json:
        for note in stand_ins.notes(arn):
            say(f"  {note}", err=True)
    return run
