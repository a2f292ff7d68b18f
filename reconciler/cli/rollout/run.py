"""`moorline rollout run`: drive a rollout from this desk until it is over."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from reconciler.cli.frame.options import environment, folders, wait_option
from reconciler.cli.frame.project import Exit, Project, say
from reconciler.cli.rollout import options

if TYPE_CHECKING:
    from reconciler.aws.apply import Interrupt
    from reconciler.aws.rollout.driving import Look
    from reconciler.cli.rollout.act import Driver

POLL = 30.0
"""Seconds between two looks: DescribeEndpoint is not asked more often for a wait."""


@click.command("run")
@click.argument("rollout", metavar="NAME")
@environment
@options.yes
@wait_option
@folders
def command(
    rollout: str,
    name: str | None,
    wait: float,
    specs: Path,
    environments: Path,
    *,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Drive a rollout until it is over or waits for a person, and tell how it goes.

    Ctrl-C ends the driving, not the rollout: it stays in the phase that is told, and `run` or
    `advance`, here or elsewhere, goes on from it. A second Ctrl-C ends at once. The exit code is 0
    once it is done, 6 where it failed or went back, and 3 where it waits for a person.
    """
    from reconciler.aws.apply import Interrupt  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.cli.rollout import act, chosen, scene  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    found = chosen.opened(project, name, rollout, "apply")
    driver = act.Driver(found, yes=yes, wait=wait)
    interrupt = Interrupt()
    try:
        options.not_of_aws(found)
        with _ctrl_c(interrupt, getattr(found.world.session.clock, "wake", bool)):
            last = drive(driver, interrupt)
    except scene.Stop as stop:
        options.stopped(driver, stop)
    if interrupt():
        _left(driver, last)
    options.end(driver, last, detailed=True)


def drive(driver: Driver, interrupt: Interrupt) -> Look:
    """Do one thing after the other until it is over, waits for a person, or is interrupted.

    Raises:
        Stop: it goes no further.
    """
    from reconciler.rollout.values import Act  # noqa: PLC0415

    clock, seen = driver.scene.world.session.clock, ""
    found = driver.look()
    driver.show(found)
    driver.quiet = True
    while not interrupt():
        seen = _news(driver, found, seen)
        if found.sends:
            found = driver.step(seen=found)
            continue
        if found.action is None or found.action.act is not Act.WAIT:
            break
        until = found.action.until
        left = POLL if until is None else max(1.0, min(POLL, until - found.now))
        clock.sleep(left)
        if not interrupt():
            found = driver.look()
    return found


def _news(driver: Driver, found: Look, seen: str) -> str:
    """Tell how it stands where that is something new; answers what is known now."""
    from reconciler.cli.rollout import said  # noqa: PLC0415
    from reconciler.render.text import rollout as text  # noqa: PLC0415

    data = said.whole(driver.scene, found)
    line = text.news(data)
    if line != seen and not driver.scene.project.as_json:
        say(f"{data['at'][11:19]}  {line}", err=True)
    return line


@contextmanager
def _ctrl_c(interrupt: Interrupt, wake: Callable[[], object]) -> Iterator[None]:
    """The first Ctrl-C ends the driving after what is in flight; the second one at once."""

    def ask(_signal: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        interrupt.ask()
        wake()
        click.echo("stopping: finishing what is in flight", err=True)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _left(driver: Driver, found: Look) -> NoReturn:
    """Say in which phase it was left, and who goes on."""
    from reconciler.cli.rollout import said  # noqa: PLC0415
    from reconciler.render.text import rollout as text  # noqa: PLC0415

    scene = driver.scene
    data = driver.data(found)
    if scene.project.as_json:
        scene.project.print_json({**data, "interrupted": True, "exit": int(Exit.ERROR)})
    else:
        say(f"left in {text.told(data)}; next: {text.line(data)}", err=True)
        goes = f"`moorline rollout run {scene.name} -e {scene.view.name}` goes on"
        back = f"`moorline rollout abort {scene.name} -e {scene.view.name}` goes back"
        say(f"{goes}, {back}", err=True)
    raise SystemExit(said.code(str(data["status"]), detailed=False) or Exit.ERROR)
