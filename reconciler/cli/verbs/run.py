"""`moorline run`: start a pipeline, and follow its steps."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project, say

if TYPE_CHECKING:
    from reconciler.cli.world.running import Scene
    from reconciler.cli.world.standing import StandIns
    from reconciler.model.run import Run

MOST_DAYS = 366
MOST_TEXT = 1024
"""Characters of a parameter's value (SageMaker API, Parameter); people report that none is
refused."""


@click.command("run")
@click.argument("spec", metavar="KIND/NAME")
@environment
@click.option(
    "-p",
    "--parameter",
    "given",
    multiple=True,
    metavar="NAME=VALUE",
    help="A parameter of the pipeline for this run. May be repeated.",
)
@click.option(
    "--for",
    "days",
    metavar="FROM..TO",
    help="A run for each day, one after another, both included, as in 2026-11-01..2026-11-07.",
)
@click.option("--name", "called", metavar="NAME", help="The run's name: the same is the same run.")
@click.option("--again", is_flag=True, help="With --for: run days again that have had their run.")
@click.option("--watch", is_flag=True, help="Follow the run until it is over.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask, outside of the sandbox.")
@folders
def command(
    spec: str,
    name: str | None,
    given: tuple[str, ...],
    days: str | None,
    called: str | None,
    specs: Path,
    environments: Path,
    *,
    again: bool,
    watch: bool,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Start a pipeline: a DataPipeline's state machine, or a Training's pipeline.

    Outside of the sandbox it asks first, or needs --yes. With --watch it follows the steps and
    exits with 1 where the run does not go well; Ctrl-C stops following, not the run. In a sandbox,
    jobs are simulated; with --watch, a file of the repository that the spec names as a stand-in
    does a job of Spark, and the scripts of a training are run, each in a process of its own.
    Nothing else ever runs the repository's code.
    """
    from reconciler.cli.world import begun, running  # noqa: PLC0415 - boto3 is loaded only here

    project = Project(specs, environments, as_json, no_color)
    if days and called:
        raise click.UsageError("--for names its runs itself: leave --name away")
    scene = running.opened(project, name, spec, yes=yes, does="Run")
    parameters = _parameters(scene, given)
    stand_ins = begun.stand_ins_of(scene) if watch or days else None
    if days:
        done = _backfill(scene, _days(scene, days), parameters, stand_ins, again=again)
    else:
        at = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
        called = called or f"{at}-{secrets.token_hex(4)}"
        given_ = _given(scene, parameters, None)
        done = [begun.begin(scene, called, given_, stand_ins, watch=watch)]
    raise SystemExit(running.report(scene, done))


def _backfill(
    scene: Scene,
    days: list[date],
    parameters: Mapping[str, Any],
    stand_ins: StandIns | None,
    *,
    again: bool,
) -> list[Run]:
    """A run for each day, one after another; the first that does not go well is the last.

    Its name follows from the day and the parameters: the same command goes on where it ended.
    """
    from reconciler.cli.world import begun  # noqa: PLC0415
    from reconciler.model.run import Stage  # noqa: PLC0415

    said = json.dumps(dict(parameters), sort_keys=True).encode()
    tail = hashlib.sha256(said).hexdigest()[:8]
    done: list[Run] = []
    for day in days:
        more = f"-{secrets.token_hex(4)}" if again else ""
        name = f"for-{day.isoformat()}-{tail}{more}"
        given = _given(scene, parameters, day)
        done.append(begun.begin(scene, name, given, stand_ins, watch=True))
        if done[-1].stage is not Stage.SUCCEEDED:
            left = len(days) - len(done)
            if left:
                say(f"{left} days are left: the same command goes on with them", err=True)
            break
    return done


def _given(scene: Scene, parameters: Mapping[str, Any], day: date | None) -> dict[str, Any]:
    """What a run is started with."""
    if not scene.what.machine:
        return dict(parameters)
    given: dict[str, Any] = {"parameters": dict(parameters)} if parameters else {}
    return {**given, "day": day.isoformat()} if day else given


def _days(scene: Scene, text: str) -> list[date]:
    """The days of ``FROM..TO``. Exits where these are none."""
    first, dots, last = text.partition("..")
    help_ = "write --for 2026-11-01..2026-11-07"
    if not scene.what.machine:
        scene.fail("RUN006", f"{scene.what.spec} knows no days", "run it without --for")
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last if dots else first)
    except ValueError:
        scene.fail("RUN006", f"{text!r} are no days", help_)
    count = (end - begin).days + 1
    if not 0 < count <= MOST_DAYS:
        scene.fail("RUN006", f"{text!r} are {count} days", f"{help_}, of at most {MOST_DAYS} days")
    return [begin + timedelta(days=number) for number in range(count)]


def _parameters(scene: Scene, given: tuple[str, ...]) -> dict[str, Any]:
    """What the command line gives, each as its default is. Exits where the pipeline has no such."""
    known = scene.what.parameters
    found: dict[str, Any] = {}
    names = ", ".join(f"{name}={_shown(value)}" for name, value in known.items()) or "none"
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or name not in known or name in found:
            scene.fail(
                "RUN003", f"{text!r} gives no parameter of {scene.what.spec}", f"it has {names}"
            )
        if not scene.what.machine and not 0 < len(value) <= MOST_TEXT:
            text_ = f"{name!r} has {len(value)} characters"
            scene.fail("RUN003", text_, f"SageMaker takes from 1 to {MOST_TEXT}")
        try:
            found[name] = _like(known[name], value)
        except ValueError:
            scene.fail(
                "RUN003", f"{value!r} cannot be {name!r}", f"it is {_shown(known[name])} by default"
            )
    return found


def _shown(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _like(default: object, text: str) -> object:
    """A text as a value of the type that the default has.

    Raises:
        ValueError: it is none.
    """
    if isinstance(default, bool):
        return {"true": True, "false": False}.get(text) if text in {"true", "false"} else _no()
    if isinstance(default, int):
        return int(text)
    if isinstance(default, float):
        return float(text)
    if isinstance(default, list | tuple):
        return text.split(",")
    return text


def _no() -> object:
    raise ValueError
