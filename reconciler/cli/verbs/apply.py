"""`moorline apply`: make AWS as the specs say, step by step, verified."""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.frame.options import (
    environment,
    exceptions,
    folders,
    sign_key as signing,
    wait_option,
)
from reconciler.cli.frame.project import Exit, Project, ci_commit, say

if TYPE_CHECKING:
    from reconciler.aws.apply import Interrupt, Outcome
    from reconciler.cli.world.live import World
    from reconciler.cli.world.reviewed import Demands
    from reconciler.model.event import Event, Sink
    from reconciler.model.plan import Plan

PATIENCE = 3600.0
PAUSE = 10.0
MOVED = frozenset({"APPLY001", "APPLY003"})
"""Failures of a step whose resource is not as the plan saw it."""


@click.command("apply")
@click.argument(
    "file", required=False, type=click.Path(path_type=Path, exists=True, dir_okay=False)
)
@environment
@exceptions
@click.option("--destroy", is_flag=True, help="Delete everything the platform owns here.")
@click.option(
    "--commit", metavar="SHA", help="Apply FILE only if its plan was made at this commit."
)
@click.option(
    "--require-commit",
    is_flag=True,
    help="As --commit, with the commit in GITHUB_SHA or CI_COMMIT_SHA.",
)
@signing
@click.option("--verbose", is_flag=True, help="Show all values in full.")
@click.option("--resume", is_flag=True, help="Only what the last apply meant and did not finish.")
@wait_option
@click.option("-y", "--yes", is_flag=True, help="Do not ask on a terminal.")
@folders
def command(
    file: Path | None,
    name: str | None,
    adopt: tuple[str, ...],
    retry: tuple[str, ...],
    commit: str | None,
    sign_key: Path | None,
    wait: float,
    specs: Path,
    environments: Path,
    *,
    destroy: bool,
    resume: bool,
    require_commit: bool,
    verbose: bool,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Make AWS as the specs say.

    Plans, shows the plan, asks on a terminal, then carries it out. A step that
    fails stops only what depends on it. One Ctrl-C finishes what is in flight;
    run apply again to go on. Where the credentials end in the middle, it begins nothing
    new and exits with 1; log in again, and --resume sees how it went on.

    With FILE, from `moorline plan -o FILE`, it carries out exactly that plan. It exits
    with 5, before the first write, when the file was changed, has expired, is of another
    place or commit, lacks its signature, or when something that the plan touches has
    moved. A file permits nothing by itself: its calls and losses must follow from its
    changes, and one that is not signed is planned again outside the sandbox (give
    --destroy where it was made with it).
    """
    from reconciler.cli.world import (  # noqa: PLC0415 - boto3 is loaded only here
        lasting,
        live,
        receipts,
        reviewed,
    )

    project = Project(specs, environments, as_json, no_color)
    wanted = ci_commit() if require_commit and commit is None else commit
    demands = reviewed.Demands(name, wanted, sign_key, destroy=bool(file) and destroy)
    _sensible(file, demands, replans=bool(adopt or retry) or resume)
    if file:
        world, plan = reviewed.open_file(project, file, demands)
        receipts.wait(world, wait)
        reviewed.look_again(world, plan)
        plan = lasting.told(plan, world.session, datetime.now(UTC))
    else:
        world = live.open_world(
            project, name, role="apply", adopt=adopt, retry=retry, destroy=destroy
        )
        receipts.wait(world, wait)
        plan = _settled_plan(world)
        live.stop_on_errors(project, plan)
        plan = receipts.resumed(world, plan) if resume else plan
    raise SystemExit(finish(plan, world, ask=project.terminal and not yes, verbose=verbose))


def finish(plan: Plan, world: World, *, ask: bool, verbose: bool) -> Exit:
    """Show a plan without errors, carry it out, and say how it went."""
    from reconciler.cli.world import receipts, rollouts  # noqa: PLC0415
    from reconciler.render.text import progress  # noqa: PLC0415

    project = world.project
    well = Exit.BLOCKED if plan.refused or rollouts.stuck(plan) else Exit.OK
    if not project.as_json:
        show(plan, world, verbose=verbose)
    if plan.refused or plan.is_empty:
        if project.as_json:
            _report(plan, *_untried(plan), world)
        return well
    if ask:
        click.confirm("Apply these changes?", abort=True, err=True)
    outcome, events = run(plan, world)
    if project.as_json:
        _report(plan, outcome, events, world)
    else:
        receipts.show(world)
        say(progress.outcome_text(plan, outcome, events, color=project.color))
    return _code(outcome, events) or world.book.code or well


def _sensible(file: Path | None, demands: Demands, *, replans: bool) -> None:
    """Refuse options that say nothing with, or nothing without, a plan file."""
    if file and replans:
        raise click.UsageError("FILE says what to do: give --adopt and --retry to plan")
    if not file and (demands.commit is not None or demands.sign_key):
        raise click.UsageError("--commit, --require-commit and --sign-key are about a plan FILE")


def _code(outcome: Outcome, events: list[Event]) -> Exit:
    from reconciler.model.event import StepFailed  # noqa: PLC0415

    if outcome.ok:
        return Exit.OK
    failures = {event.code for event in events if isinstance(event, StepFailed)}
    return Exit.STALE if failures & MOVED else Exit.ERROR


def _settled_plan(world: World) -> Plan:
    """The plan, made again while AWS still works on something that it would change.

    It may be another apply that AWS works for: whoever holds the lease is asked first.
    """
    from reconciler import engine  # noqa: PLC0415
    from reconciler.cli.world import receipts  # noqa: PLC0415

    clock = world.session.clock
    deadline = clock.now() + PATIENCE
    plan = world.plan()
    while (waiting := engine.busy(plan)) and clock.now() < deadline:
        receipts.take(world)
        for found in waiting:
            say(f"waiting: {found.message}", err=True)
        clock.sleep(PAUSE)
        plan = world.plan()
    return engine.settled(plan)


def show(plan: Plan, world: World, *, verbose: bool) -> None:
    """Print a plan for people."""
    from reconciler.model.plan import plan_to_json  # noqa: PLC0415
    from reconciler.render.text import plan as render  # noqa: PLC0415
    from reconciler.render.vocabulary.fold import LAYOUT  # noqa: PLC0415

    data, project = plan_to_json(plan), world.project
    color, width = project.color, project.width or LAYOUT
    text = render.text(data, color=color, width=width, verbose=verbose, seconds=world.seconds)
    say(text)


def run(plan: Plan, world: World) -> tuple[Outcome, list[Event]]:
    """Carry out a plan with progress on standard error; every event is kept.

    Holds the lease of the environment meanwhile, and writes a receipt at the end.
    """
    from reconciler.aws.apply import Interrupt, apply  # noqa: PLC0415
    from reconciler.cli.world import receipts  # noqa: PLC0415
    from reconciler.compile import compiler  # noqa: PLC0415
    from reconciler.receipts import recent  # noqa: PLC0415
    from reconciler.render.text import progress  # noqa: PLC0415
    from reconciler.resources import api as resources  # noqa: PLC0415

    events: list[Event] = []
    interrupt = Interrupt()
    world.session.interrupted = interrupt
    place = compiler.place_of(world.view)
    with (
        receipts.kept(world, plan, interrupt) as receipt,
        _ctrl_c(interrupt, world),
        _sink(world, plan) as sink,
    ):
        all_ = progress.tee(events.append, receipt, sink)
        known, book = resources.load(), world.book
        outcome = apply(
            plan,
            world.session,
            known,
            place,
            all_,
            interrupt=interrupt,
            run=book.run.id if book.run else "",
            assets=world.project.repository.data,
            earlier=lambda: recent.changed(book.store, known, place, book.now()),
        )
    return outcome, events


@contextmanager
def _sink(world: World, plan: Plan) -> Iterator[Sink]:
    from reconciler.model import tally  # noqa: PLC0415
    from reconciler.render.text import progress  # noqa: PLC0415

    if world.project.as_json:
        yield lambda _event: None
    elif world.project.terminal:
        from rich.console import Console  # noqa: PLC0415

        console, changes = Console(stderr=True), tally.mains(plan.steps)
        with progress.live(console, len({*changes.values()}), changes) as sink:
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


def _untried(plan: Plan) -> tuple[Outcome, list[Event]]:
    """How a plan ends that is not carried out: something of it is refused, or it is empty."""
    from reconciler.aws.apply import Outcome  # noqa: PLC0415
    from reconciler.model.event import BLOCKED, REFUSED, StepSkipped  # noqa: PLC0415

    held = plan.held
    skips: list[Event] = []
    for step in plan.steps:
        cause = REFUSED if step.refused else held.get(step.id, BLOCKED)
        skips.append(StepSkipped(step.id, step.address, step.action, 0.0, cause))
    return Outcome(skipped=tuple(step.id for step in plan.steps)), skips


def _report(plan: Plan, outcome: Outcome, events: list[Event], world: World) -> None:
    from dataclasses import asdict  # noqa: PLC0415

    from reconciler.cli.world import receipts  # noqa: PLC0415
    from reconciler.model.event import StepFailed, StepSkipped  # noqa: PLC0415
    from reconciler.model.plan import plan_to_json  # noqa: PLC0415

    failures = [asdict(event) for event in events if isinstance(event, StepFailed)]
    skips = [(each.step, each.cause) for each in events if isinstance(each, StepSkipped)]
    at = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    data = {"plan": plan_to_json(plan), "outcome": asdict(outcome), "failures": failures}
    data["skips"] = [{"step": step, "cause": cause} for step, cause in skips]
    world.project.print_json({**data, "at": at, "receipt": receipts.report(world)})
