"""`moorline apply`: make AWS as the specs say, step by step, verified."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from reconciler.cli.project import Exit, Project, environment, folders

if TYPE_CHECKING:
    from reconciler.aws.apply import Interrupt, Outcome
    from reconciler.cli.live import World
    from reconciler.model.event import Event, Sink
    from reconciler.model.plan import Plan

PATIENCE = 3600.0
PAUSE = 10.0


@click.command("apply")
@environment
@click.option(
    "--adopt",
    multiple=True,
    metavar="ADDRESS",
    help="Take over an existing resource, as TYPE/NAME. May be repeated.",
)
@click.option("--destroy", is_flag=True, help="Delete everything the platform owns here.")
@click.option("--verbose", is_flag=True, help="Show all values in full.")
@click.option("-y", "--yes", is_flag=True, help="Do not ask on a terminal.")
@folders
def command(
    name: str | None,
    adopt: tuple[str, ...],
    specs: Path,
    environments: Path,
    *,
    destroy: bool,
    verbose: bool,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Make AWS as the specs say.

    Plans, shows the plan, asks on a terminal, then carries it out. A step that
    fails stops only what depends on it. One Ctrl-C finishes what is in flight;
    run apply again to go on.
    """
    from reconciler.cli import live  # noqa: PLC0415 - boto3 is loaded only here

    project = Project(specs, environments, as_json, no_color)
    world = live.open_world(project, name, role="apply", adopt=adopt, destroy=destroy)
    plan = _settled_plan(world)
    live.stop_on_errors(project, plan)
    if not as_json:
        _show(plan, project, world, verbose=verbose)
    if plan.refused:
        if as_json:
            _report(plan, None, [], project)
        raise SystemExit(Exit.BLOCKED)
    if plan.is_empty:
        if as_json:
            _report(plan, None, [], project)
        return
    if project.terminal and not yes:
        click.confirm("Apply these changes?", abort=True, err=True)
    outcome, events = run(plan, world)
    if as_json:
        _report(plan, outcome, events, project)
    else:
        from reconciler.render import progress  # noqa: PLC0415

        click.echo(progress.outcome_text(plan, outcome, events, color=project.color))
    raise SystemExit(Exit.OK if outcome.ok else Exit.ERROR)


def _settled_plan(world: World) -> Plan:
    """The plan, made again while AWS still works on something that it would change."""
    from reconciler import engine  # noqa: PLC0415

    clock = world.session.clock
    deadline = clock.now() + PATIENCE
    plan = world.plan()
    while (waiting := engine.busy(plan)) and clock.now() < deadline:
        for found in waiting:
            click.echo(f"waiting: {found.message}", err=True)
        clock.sleep(PAUSE)
        plan = world.plan()
    return engine.settled(plan)


def _show(plan: Plan, project: Project, world: World, *, verbose: bool) -> None:
    from reconciler.model.plan import plan_to_json  # noqa: PLC0415
    from reconciler.render import plan as render  # noqa: PLC0415

    data = plan_to_json(plan)
    click.echo(render.text(data, color=project.color, verbose=verbose, seconds=world.seconds))


def run(plan: Plan, world: World) -> tuple[Outcome, list[Event]]:
    """Carry out a plan with progress on standard error; every event is kept."""
    from reconciler import compile as compiler  # noqa: PLC0415
    from reconciler.aws.apply import Interrupt, apply  # noqa: PLC0415
    from reconciler.render import progress  # noqa: PLC0415
    from reconciler.resources import api as resources  # noqa: PLC0415

    events: list[Event] = []
    interrupt = Interrupt()
    world.session.interrupted = interrupt
    place = compiler.place_of(world.view)
    with _ctrl_c(interrupt, world), _sink(world, len(plan.steps)) as sink:
        both = progress.tee(events.append, sink)
        outcome = apply(plan, world.session, resources.load(), place, both, interrupt=interrupt)
    return outcome, events


@contextmanager
def _sink(world: World, steps: int) -> Iterator[Sink]:
    from reconciler.render import progress  # noqa: PLC0415

    if world.project.as_json:
        yield lambda _event: None
    elif world.project.terminal:
        from rich.console import Console  # noqa: PLC0415

        with progress.live(Console(stderr=True), steps) as sink:
            yield sink
    else:
        start = world.session.clock.now()
        yield progress.plain(lambda line: click.echo(line, err=True), clock_start=start)


@contextmanager
def _ctrl_c(interrupt: Interrupt, world: World) -> Iterator[None]:
    """The first Ctrl-C stops cleanly; the second one at once."""

    def ask(_signal: int, _frame: object) -> None:
        signal.signal(signal.SIGINT, before)
        interrupt.ask()
        wake = getattr(world.session.clock, "wake", None)
        if wake:
            wake()
        click.echo("stopping: finishing what is in flight", err=True)

    before = signal.signal(signal.SIGINT, ask)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def _report(plan: Plan, outcome: Outcome | None, events: list[Event], project: Project) -> None:
    from dataclasses import asdict  # noqa: PLC0415

    from reconciler.model.event import StepFailed  # noqa: PLC0415
    from reconciler.model.plan import plan_to_json  # noqa: PLC0415

    failures = [asdict(event) for event in events if isinstance(event, StepFailed)]
    result = asdict(outcome) if outcome else {"done": [], "failed": [], "skipped": []}
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    project.print_json(
        {"plan": plan_to_json(plan), "outcome": result, "failures": failures, "at": at}
    )
