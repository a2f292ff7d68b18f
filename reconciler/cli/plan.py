"""`moorline plan`: what apply would change, without changing anything."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.project import (
    Exit,
    Project,
    environment,
    exceptions,
    folders,
    sign_key as signing,
)


def _writable(_context: click.Context, _option: click.Parameter, out: Path | None) -> Path | None:
    """Refuse a file in no folder before AWS is read, not after."""
    if out and not out.parent.is_dir():
        raise click.BadParameter(f"there is no folder {str(out.parent)!r}")
    return out


@click.command("plan")
@environment
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=_writable,
    help="Also write the plan to a file, which `moorline apply FILE` takes.",
)
@signing
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@exceptions
@click.option("--destroy", is_flag=True, help="Plan as if no spec were left.")
@click.option("--verbose", is_flag=True, help="Show all values in full.")
@folders
def command(
    name: str | None,
    out: Path | None,
    sign_key: Path | None,
    adopt: tuple[str, ...],
    retry: tuple[str, ...],
    specs: Path,
    environments: Path,
    *,
    detailed_exitcode: bool,
    destroy: bool,
    verbose: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Show what apply would change.

    Reads the specs and AWS, changes nothing, and says how many AWS calls it took.
    The file of `-o` is bound to commit, account and what was observed; `moorline
    apply FILE` carries out exactly what it says, until it expires.
    """
    from reconciler import engine  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.cli import live, reviewed  # noqa: PLC0415
    from reconciler.model.plan import plan_to_json  # noqa: PLC0415
    from reconciler.render import plan as render  # noqa: PLC0415

    if sign_key and not out:
        raise click.UsageError("--sign-key signs the file of -o FILE")
    project = Project(specs, environments, as_json, no_color)
    world = live.open_world(project, name, role="plan", adopt=adopt, retry=retry, destroy=destroy)
    key = reviewed.key_of(project, world.view, sign_key) if out else None
    plan = engine.settled(world.plan())
    data = plan_to_json(plan)
    if out and key is not None and not plan.errors:
        reviewed.write(world, plan, out, key)
    if as_json:
        project.print_json(data)
    elif plan.errors:
        project.show(list(plan.diagnostics))
    else:
        click.echo(render.text(data, color=project.color, verbose=verbose, seconds=world.seconds))
    raise SystemExit(_code(plan, detailed=detailed_exitcode))


def _code(plan: object, *, detailed: bool) -> Exit:
    from reconciler.model.plan import Plan  # noqa: PLC0415

    assert isinstance(plan, Plan)  # noqa: S101 - narrows the type
    if plan.errors:
        return Exit.ERROR
    if plan.refused:
        return Exit.BLOCKED
    return Exit.CHANGES if detailed and plan.steps else Exit.OK
