"""`moorline ci reviewed`: is this plan the one that people saw before the merge?"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.ci import options
from reconciler.cli.frame.options import environment
from reconciler.cli.frame.project import Exit, Project, ci_commit
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.value import Json

if TYPE_CHECKING:
    from reconciler.delivery.merged import Merged


@click.command("reviewed")
@click.argument(
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    metavar="PLAN_FILE",
)
@environment
@click.option("--change", type=click.IntRange(1), help="The request; else that of the commit.")
@click.option("--commit", default="", metavar="SHA", help="The merged commit; else that of CI.")
@click.option(
    "--author",
    default="",
    envvar="MOORLINE_AUTHOR",
    metavar="LOGIN",
    help="Whose comment counts, by name or as id:NUMBER; else that of the token's own user.",
)
@options.forge
@click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")
def command(
    file: Path,
    name: str | None,
    change: int | None,
    commit: str,
    author: str,
    provider: str | None,
    repository: str,
    api_url: str,
    *,
    as_json: bool,
) -> None:
    """Say whether a plan is the one that was reviewed.

    Looks up the change request that the commit was merged by, and compares the plan with
    the one in its comment. A comment counts by who wrote it, and only as long as nobody else
    has changed it. Exits with 0 when they are the same or nothing is to be done, with 5 when
    they differ or nothing was reviewed. Only reads.
    """
    from reconciler.delivery import merged  # noqa: PLC0415

    project = Project(Path(), Path(), as_json)
    plan = _plan(project, file, name)
    if not plan["steps"]:
        _tell(project, plan, [])
        return
    commit = commit or os.environ.get("MOORLINE_COMMIT", "") or ci_commit()
    wanted = options.wanted(provider, repository, api_url, change)
    found = _found(project, wanted, commit, plan, author)
    against = merged.objection(plan["digest"], plan["environment"], commit, found)
    if against:
        project.fail([against], code=Exit.STALE)
    _tell(project, plan, found)


def _plan(project: Project, file: Path, name: str | None) -> Mapping[str, Json]:
    from reconciler.cli.ci.comment import read  # noqa: PLC0415

    plan, problems = read(file.read_bytes())
    if plan is None:
        project.fail(problems)
    if name not in {None, plan["environment"]}:
        text = f"the plan is of environment {plan['environment']!r}, not of {name!r}"
        project.fail([Diagnostic("CI011", text, help="give the plan of that environment")])
    return plan


def _found(
    project: Project, options: object, commit: str, plan: Mapping[str, Json], author: str
) -> list[Merged]:
    """What the forge knows. Exits with 1 when it cannot be asked."""
    from reconciler.delivery import changes, merged  # noqa: PLC0415
    from reconciler.forge.api import ForgeError  # noqa: PLC0415 - urllib3 only to ask
    from reconciler.forge.detect import Wanted, detect  # noqa: PLC0415
    from reconciler.forge.findings import finding, open_forge  # noqa: PLC0415
    from reconciler.render.comment import comment  # noqa: PLC0415

    assert isinstance(options, Wanted)  # noqa: S101 - narrows the type
    place, problems = detect(os.environ, options, change=False)
    if place is None:
        project.fail(problems)
    marker = comment.marker(plan["environment"], "plan")
    try:
        numbers = [options.change] if options.change else changes.of_commit(place, commit)
        found = []
        for number in numbers:
            forge = open_forge(replace(place, change=number))
            who = (lambda: author) if author else forge.me
            said = merged.planned(number, forge.comments(), marker, who, forge.edited_by)
            found.append(said)
    except ForgeError as error:
        project.fail([replace(finding(error, place), severity=Severity.ERROR)])
    return found


def _tell(project: Project, plan: Mapping[str, Json], found: list[Merged]) -> None:
    same = [each for each in found if each.digest and plan["digest"].startswith(each.digest)]
    if project.as_json:
        numbers = [each.number for each in same]
        project.print_json({"environment": plan["environment"], "reviewed_in": numbers})
    elif same:
        click.echo(f"{plan['environment']}: the plan is the one reviewed in #{same[0].number}")
    else:
        click.echo(f"{plan['environment']}: nothing to do")
