"""`moorline drift`: every difference between AWS and the specs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from reconciler.cli.project import Exit, Project, environment, folders


@click.command("drift")
@environment
@click.option("--verbose", is_flag=True, help="Show all values in full.")
@folders
def command(
    name: str | None,
    specs: Path,
    environments: Path,
    *,
    verbose: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Report every difference between AWS and the specs.

    Reads only. Exits with 4 when something differs, 0 when nothing does. What an
    autoscaler or a rollout moves at run time is shown as theirs, and is no drift.
    """
    from reconciler import engine  # noqa: PLC0415
    from reconciler.cli import live  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.model.plan import plan_to_json  # noqa: PLC0415
    from reconciler.render import drift  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    world = live.open_world(project, name, role="plan")
    plan = world.plan()
    live.stop_on_errors(project, plan)
    plan, owned = engine.drifted(plan, world.session)
    live.stop_on_errors(project, plan)
    data, theirs = plan_to_json(plan), plan_to_json(replace(plan, steps=owned))["steps"]
    if as_json:
        project.print_json(drift.as_json(data, theirs))
    else:
        color, seconds = project.color, world.seconds
        text = drift.text(data, color=color, verbose=verbose, seconds=seconds, owned=theirs)
        click.echo(text)
    stays = any(found.code == "PLAN004" for found in plan.diagnostics)
    raise SystemExit(Exit.DRIFT if plan.steps or stays else Exit.OK)
