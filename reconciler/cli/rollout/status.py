"""`moorline rollout status`: how rollouts stand, by read rights alone."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Exit, Project, say
from reconciler.cli.rollout import options


@click.command("status")
@click.argument("rollout", required=False, metavar="[NAME]")
@environment
@options.endpoint
@options.detailed
@folders
def command(
    rollout: str | None,
    name: str | None,
    endpoint: str,
    specs: Path,
    environments: Path,
    *,
    detailed: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Show how a rollout stands: its step, the traffic, the analysis, and what is next.

    Without NAME a line for each rollout of the environment. Only reads, with the plan role.
    """
    from reconciler.cli.rollout import act, chosen, said, scene  # noqa: PLC0415 - boto3 only here
    from reconciler.render.text import rollout as text  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    if not rollout and not endpoint:
        _all(project, name, detailed=detailed)
    found = chosen.shown(project, name, rollout, endpoint, "plan")
    driver = act.Driver(found, yes=False)
    try:
        data = said.whole(found, driver.look())
    except scene.Stop as stop:
        options.stopped(driver, stop)
    if as_json:
        project.print_json(data)
    else:
        say(text.status(data, color=project.color))
    raise SystemExit(said.code(str(data["status"]), detailed=True) if detailed else Exit.OK)


def _all(project: Project, name: str | None, *, detailed: bool) -> NoReturn:
    """A line for each; what cannot be read is told, and the others are shown."""
    from reconciler.cli.rollout import act, chosen, said, scene  # noqa: PLC0415
    from reconciler.render.text import rollout as text  # noqa: PLC0415

    scenes, unread = chosen.every(project, name, "plan")
    rows, problems, exits = [], [*unread], [Exit.ERROR if unread else Exit.OK]
    for each in scenes:
        try:
            data = said.whole(each, act.Driver(each, yes=False).look())
        except scene.Stop as stop:
            problems.append(stop.found)
            exits.append(stop.exit)
        else:
            rows.append(data)
            exits += [said.code(str(data["status"]), detailed=True)] if detailed else []
    if project.as_json:
        project.print_json({"rollouts": rows, "diagnostics": options.problems(problems)})
    else:
        say(text.table(rows, color=project.color))
        project.show(problems)
    raise SystemExit(options.worst(exits))
