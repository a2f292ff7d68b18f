"""`moorline rollout advance`: the one next thing, for a job that runs every few minutes."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from reconciler.cli.frame.options import environment, folders, wait_option
from reconciler.cli.frame.project import Exit, Project, say
from reconciler.cli.rollout import options

if TYPE_CHECKING:
    from reconciler.cli.rollout.act import Driver
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.value import Json


@click.command("advance")
@click.argument("rollout", required=False, metavar="[NAME]")
@environment
@click.option(
    "--all", "all_", is_flag=True, help="All with `drive: ci` in their spec, or without a spec."
)
@options.yes
@options.detailed
@wait_option
@folders
def command(
    rollout: str | None,
    name: str | None,
    wait: float,
    specs: Path,
    environments: Path,
    *,
    all_: bool,
    yes: bool,
    detailed: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Do the one next thing of a rollout, and no more: it never waits for a bake.

    It looks, decides, and sends at most one change of the endpoint. Run again too early it does
    nothing; killed anywhere, the next run goes on. The exit code is 0 while all goes well, and 6
    once the rollout fails or goes back. A job of CI runs it with --all --yes every few minutes.
    """
    from reconciler.cli.rollout import act, chosen, scene  # noqa: PLC0415 - boto3 only here

    if bool(rollout) == all_:
        raise click.UsageError("give NAME, or --all")
    project = Project(specs, environments, as_json, no_color)
    if all_:
        scenes, unread = chosen.every(project, name, "apply")
        ours = [it for it in scenes if options.drives(it) in {"ci", ""}]
        drivers = [act.Driver(each, yes=yes, wait=wait) for each in ours]
        _all(project, drivers, unread, detailed=detailed)
    found = chosen.opened(project, name, rollout or "", "apply")
    driver = act.Driver(found, yes=yes, wait=wait)
    try:
        options.not_of_aws(found)
        first = driver.look()
        calm = options.OVER if first.ended else frozenset()
        after = driver.step(seen=first)
    except scene.Stop as stop:
        options.stopped(driver, stop)
    options.end(driver, after, detailed=detailed, calm=calm)


def _all(
    project: Project, drivers: list[Driver], unread: list[Diagnostic], *, detailed: bool
) -> NoReturn:
    """One after the other; one that goes no further keeps no other from it."""
    from reconciler.render.text import rollout as text  # noqa: PLC0415

    rows: list[dict[str, Json]] = []
    problems, exits = [*unread], [Exit.ERROR if unread else Exit.OK]
    for driver in drivers:
        data, found, code = _one(driver, detailed=detailed)
        rows += [data] if data is not None else []
        problems += found
        exits.append(code)
    code = options.worst(exits)
    if project.as_json:
        told = options.problems(problems)
        project.print_json({"rollouts": rows, "diagnostics": told, "exit": int(code)})
    else:
        say(text.table(rows, color=project.color))
        project.show(problems)
    raise SystemExit(code)


def _one(
    driver: Driver, *, detailed: bool
) -> tuple[dict[str, Json] | None, list[Diagnostic], Exit]:
    """What became of one; it and what is wrong with it, and its exit code."""
    from reconciler.cli.rollout import scene  # noqa: PLC0415

    driver.quiet = True
    try:
        first = driver.look()
        calm = options.OVER if first.ended else frozenset()
        data = driver.data(driver.step(seen=first))
    except scene.Stop as stop:
        return None, [stop.found], stop.exit
    exit_ = options.exit_of(data, detailed=detailed, calm=calm)
    return data, [*options.findings(data, exit_)], exit_
