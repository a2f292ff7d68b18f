"""`moorline drift`: every difference between AWS and the specs, who made it, and what to do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from reconciler.cli.frame import documents
from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Exit, Project

if TYPE_CHECKING:
    from reconciler.cli.world.live import World
    from reconciler.model.plan import Plan, Step
    from reconciler.model.value import Json

LEAST = 10.0
"""Seconds between two looks at least."""


def _every(_context: click.Context, _option: click.Parameter, text: str) -> float:
    from reconciler.kinds.api import seconds  # noqa: PLC0415 - only where it is asked for

    try:
        found = float(seconds(text))
    except (ValueError, KeyError):
        found = 0.0
    if found < LEAST:
        raise click.BadParameter(f"{text!r} is no duration from 10s on; write 10m or 1h")
    return found


@click.command("drift")
@environment
@click.option(
    "--write",
    "write",
    multiple=True,
    metavar="ADDRESS",
    help="Write what drifted in a resource (TYPE/NAME) into the specs. May be repeated.",
)
@click.option("--all", "write_all", is_flag=True, help="Write what drifted in all resources.")
@click.option("--dry-run", is_flag=True, help="With --write or --all: only show the changes.")
@click.option("--watch", is_flag=True, help="Look again and again; print what changes.")
@click.option(
    "--every",
    "every",
    default="10m",
    show_default=True,
    metavar="DURATION",
    callback=_every,
    help="With --watch: how long to wait between two looks.",
)
@documents.options
@click.option("--verbose", is_flag=True, help="Show all values in full.")
@folders
def command(
    name: str | None,
    write: tuple[str, ...],
    every: float,
    form: str,
    html: Path | None,
    specs: Path,
    environments: Path,
    *,
    write_all: bool,
    dry_run: bool,
    watch: bool,
    verbose: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Report every difference between AWS and the specs, and who made it.

    Reads only. Exits with 4 when something differs, 0 when nothing does, and 1 when
    something could not be compared: then it says what, beside all that differs. What an
    autoscaler or a rollout moves at run time is shown as theirs, and is no drift.

    To revert what drifted, apply. To keep it, `--write` edits the value in the spec
    (or in the environment that sets it) and leaves comments and all else as they are,
    where compiling the result gives exactly what is live.
    """
    from reconciler.cli.world import live  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.render.text import drift  # noqa: PLC0415 - only where it is asked for

    writing = bool(write) or write_all
    _check(
        (dry_run and not writing, "--dry-run goes with --write ADDRESS or --all"),
        (bool(write) and write_all, "--write ADDRESS and --all are two ways; choose one"),
        (watch and (writing or html is not None), "--watch only prints; leave out the others"),
        (writing and html is not None, "--html is of the report; leave out --write"),
    )
    project, form = documents.project(specs, environments, form, as_json=as_json, no_color=no_color)
    _check(
        (
            form not in {documents.TEXT, documents.JSON} and (watch or writing),
            "--format is of a report",
        )
    )
    if watch:
        _watch(project, name, every, verbose=verbose)
    world = live.open_world(project, name, role="plan")
    if writing:
        from reconciler.cli.world import keep  # noqa: PLC0415 - only where it is asked for

        raise SystemExit(keep.run(world, _drifted(world)[0], write, dry_run=dry_run))
    report = look(world, world.named_all, all_of_it=False)
    report.show(world, form, html, verbose=verbose)
    if report.plan.errors:
        raise SystemExit(Exit.ERROR)
    raise SystemExit(Exit.DRIFT if drift.differs(report.data) else Exit.OK)


def _check(*wrong: tuple[bool, str]) -> None:
    for is_so, text in wrong:
        if is_so:
            raise click.UsageError(text)


@dataclass(frozen=True, slots=True)
class Report:
    """What differs: as a plan, as JSON, and what moves by right."""

    plan: Plan
    data: Json
    owned: list[Json]

    def text(self, world: World, *, verbose: bool) -> str:
        """The report for people, in lines that the terminal has room for."""
        from reconciler.render.text import drift  # noqa: PLC0415
        from reconciler.render.vocabulary.fold import LAYOUT, fold  # noqa: PLC0415

        project, seconds = world.project, world.seconds
        text = drift.text(
            self.data,
            color=project.color,
            width=project.width or LAYOUT,
            verbose=verbose,
            seconds=seconds,
            owned=self.owned,
        )
        return fold(text, project.width)

    def json(self) -> dict[str, Json]:
        """The report for machines."""
        from reconciler.render.text import drift  # noqa: PLC0415

        return drift.as_json(self.data, self.owned)

    def show(self, world: World, form: str, html: Path | None, *, verbose: bool) -> None:
        """Print it in one form, and write the page where one is asked for."""
        from reconciler.render import formats  # noqa: PLC0415

        sources = world.project.loaded.sources
        context = formats.Context(sources=sources, drift=True, owned=self.owned)
        if html:
            documents.write_html(html, self.data, context)
        if form == documents.JSON:
            world.project.print_json(self.json())
        elif form != documents.TEXT:
            click.echo(formats.document(form, self.data, context).rstrip("\n"))
        else:
            click.echo(self.text(world, verbose=verbose))


def look(world: World, named: Callable[[Plan], Plan], *, all_of_it: bool = True) -> Report:
    """Observe, compare, and find out who did it.

    Exits with 1 when AWS could not be read, or not `all_of_it` where that is asked for.
    """
    from reconciler.model.plan import plan_to_json  # noqa: PLC0415

    plan, owned = _drifted(world, all_of_it=all_of_it)
    plan = named(plan)
    theirs = plan_to_json(replace(plan, steps=owned))["steps"]
    return Report(plan, plan_to_json(plan), theirs)


def _drifted(world: World, *, all_of_it: bool = True) -> tuple[Plan, tuple[Step, ...]]:
    from reconciler import engine  # noqa: PLC0415
    from reconciler.cli.world import live  # noqa: PLC0415

    plan = world.plan()
    if all_of_it or not (plan.steps or plan.unchanged):
        live.stop_on_errors(world.project, plan)
    plan, owned = engine.drifted(plan, world.session)
    if all_of_it:
        live.stop_on_errors(world.project, plan)
    return plan, owned


def _watch(project: Project, name: str | None, every: float, *, verbose: bool) -> NoReturn:
    from reconciler.cli.world import live, watching  # noqa: PLC0415 - boto3 is loaded only here

    def open_() -> World:
        again = replace(project, loaded=type(project.loaded)())  # the files may have changed
        return live.open_world(again, name, role="plan")

    def drift(world: World, remembered: Callable[[Plan], Plan]) -> watching.Found:
        def named(plan: Plan) -> Plan:
            plan = remembered(plan)
            return world.named_all(plan)

        report = look(world, named)
        return report.plan, report.json(), report.text(world, verbose=verbose)

    watching.Service(open_, drift, every, project.as_json).run()
    raise SystemExit(Exit.OK)
