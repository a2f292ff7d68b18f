"""`moorline registry status`: versions, who approved them, their stages, and what serves them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project, say

if TYPE_CHECKING:
    from reconciler.cli.registry.scene import Scene
    from reconciler.registry import Version

NEWEST = 10
"""Versions that are shown, besides those in use."""


@click.command("status")
@click.argument("registry", metavar="REGISTRY")
@click.argument("number", required=False, type=click.IntRange(1), metavar="[VERSION]")
@environment
@click.option("--all", "all_", is_flag=True, help="Show every version, not only the newest ten.")
@folders
def command(
    registry: str,
    number: int | None,
    name: str | None,
    specs: Path,
    environments: Path,
    *,
    all_: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Show the versions of a registry, or one of them and where it comes from.

    Who approved a version stands in its metadata; an approval that was given elsewhere is looked
    up in CloudTrail, else it is "by unknown". With VERSION: its judgement, and the way from it to
    execution, job, data and commit. Only reads.
    """
    from reconciler.cli.registry import scene  # noqa: PLC0415 - boto3 is loaded only here

    project = Project(specs, environments, as_json, no_color)
    found = scene.opened(project, name, registry, "plan")
    if number is None:
        _table(found, all_=all_)
    else:
        _one(found, number)


def _table(scene: Scene, *, all_: bool) -> None:
    from reconciler.cli.registry import said  # noqa: PLC0415
    from reconciler.render.text import registry as text  # noqa: PLC0415

    known = scene.versions()
    serves = _serves(scene)
    shown = known if all_ else [*_chosen(known, serves)]
    rows = [said.version(scene, each, scene.evidence(each), serves) for each in shown]
    if scene.project.as_json:
        scene.project.print_json({**said.place(scene), "versions": rows})
    else:
        say(text.table(rows, color=scene.project.color, more=len(known) - len(shown)))


def _chosen(known: list[Version], serves: dict[str, list[str]] | None) -> list[Version]:
    """The newest, and whatever is in use."""
    used = {*(serves or ())}
    return [
        each
        for index, each in enumerate(known)
        if index < NEWEST or each.arn in used or each.said_stage in {"Staging", "Production"}
    ]


def _serves(scene: Scene) -> dict[str, list[str]] | None:
    from reconciler.aws.errors import AwsError  # noqa: PLC0415
    from reconciler.aws.registry.versions import why  # noqa: PLC0415

    try:
        return scene.served(all_=False)
    except AwsError as error:
        scene.warn("DECISION006", f"what serves the versions is not known: {why(error)}")
        return None


def _one(scene: Scene, number: int) -> None:
    from reconciler.aws.registry import lineage  # noqa: PLC0415
    from reconciler.cli.registry import said  # noqa: PLC0415
    from reconciler.registry import Purpose, judge  # noqa: PLC0415
    from reconciler.registry.decision import evidence_digest  # noqa: PLC0415
    from reconciler.registry.version import APPROVED  # noqa: PLC0415
    from reconciler.render.text import registry as text  # noqa: PLC0415

    evidence = scene.evidence(scene.version(number))
    purpose = Purpose.DEPLOY if evidence.version.approval == APPROVED else Purpose.APPROVE
    judged = judge(scene.policy, evidence, scene.now, purpose)
    verdict = said.verdict(judged, evidence_digest(evidence, judged))
    row = said.version(scene, evidence.version, evidence, _serves(scene))
    hops = [each.data() for each in lineage.hops(scene.session, evidence.version)]
    if scene.project.as_json:
        more = {"purpose": purpose.value, "verdict": verdict, "lineage": hops}
        scene.project.print_json({**said.place(scene), **row, **more})
        return
    color = scene.project.color
    say(text.table([row], color=color))
    say(f"\n{text.verdict(verdict, color=color)}\n\n{text.lineage(hops, color=color)}")
