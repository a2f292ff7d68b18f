"""`moorline plan`: what apply would change, without changing anything."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.frame import documents
from reconciler.cli.frame.options import environment, exceptions, folders, sign_key as signing
from reconciler.cli.frame.project import Exit, say


@click.command("plan")
@environment
@click.option(
    "-o",
    "--out",
    type=click.Path(path_type=Path, dir_okay=False),
    callback=documents.writable,
    help="Also write the plan to a file, which `moorline apply FILE` takes.",
)
@signing
@click.option("--detailed-exitcode", is_flag=True, help="Exit with 2 when there are changes.")
@exceptions
@click.option(
    "--offline",
    is_flag=True,
    help="Compare with the last receipt and do not ask AWS; for where there are no credentials.",
)
@click.option(
    "--receipt",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="With --offline: a receipt, as of `moorline history ID --json`.",
)
@click.option("--destroy", is_flag=True, help="Plan as if no spec were left.")
@click.option(
    "--base",
    default="",
    metavar="COMMIT",
    help="What the environment is compared with; else what CI says, or the commit before.",
)
@documents.options
@click.option("--verbose", is_flag=True, help="Show all values in full.")
@folders
def command(
    name: str | None,
    out: Path | None,
    sign_key: Path | None,
    adopt: tuple[str, ...],
    retry: tuple[str, ...],
    form: str,
    html: Path | None,
    receipt: Path | None,
    base: str,
    specs: Path,
    environments: Path,
    *,
    offline: bool,
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
    from reconciler.cli.world import live, moved, reviewed  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.model.plan import plan_to_json  # noqa: PLC0415
    from reconciler.render import formats, section  # noqa: PLC0415
    from reconciler.render.text import plan as render  # noqa: PLC0415
    from reconciler.render.vocabulary.fold import LAYOUT  # noqa: PLC0415

    if sign_key and not out:
        raise click.UsageError("--sign-key signs the file of -o FILE")
    if offline and out:
        raise click.UsageError("--offline is a preview; a plan file of -o needs AWS to be asked")
    if receipt and not offline:
        raise click.UsageError("--receipt is what --offline compares with")
    project, form = documents.project(specs, environments, form, as_json=as_json, no_color=no_color)
    seconds = None
    if offline:
        from reconciler.cli.world import offline as preview  # noqa: PLC0415

        request = live.request_of(project, name, adopt=adopt, retry=retry, destroy=destroy)
        plan = preview.plan(project, request, receipt)
    else:
        world = live.open_world(
            project, name, role="plan", adopt=adopt, retry=retry, destroy=destroy
        )
        key = reviewed.key_of(project, world.view, sign_key) if out else None
        plan = engine.settled(world.named(world.plan()))
        if out and key is not None and not plan.errors:
            reviewed.write(world, plan, out, key)
        seconds = world.seconds
    plan = moved.told(project, project.view(plan.environment), plan, base)
    data = plan_to_json(plan)
    context = formats.Context(sources=project.loaded.sources)
    if html:
        documents.write_html(html, data, context)
    if form == documents.JSON:
        project.print_json(section.with_data(data, context))
    elif form != documents.TEXT:
        click.echo(formats.document(form, data, context).rstrip("\n"))
    elif plan.errors:
        project.show(list(plan.diagnostics))
    else:
        color, width = project.color, project.width or LAYOUT
        say(render.text(data, color=color, width=width, verbose=verbose, seconds=seconds))
    raise SystemExit(_code(plan, detailed=detailed_exitcode))


def _code(plan: object, *, detailed: bool) -> Exit:
    from reconciler.cli.world import rollouts  # noqa: PLC0415
    from reconciler.model.plan import Plan  # noqa: PLC0415

    assert isinstance(plan, Plan)  # noqa: S101 - narrows the type
    if plan.errors:
        return Exit.ERROR
    if plan.refused or rollouts.stuck(plan):
        return Exit.BLOCKED
    return Exit.CHANGES if detailed and plan.steps else Exit.OK
