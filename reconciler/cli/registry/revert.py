"""`moorline registry revert`: go back to an earlier version, in one command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project
from reconciler.cli.registry import act

if TYPE_CHECKING:
    from reconciler.registry.decision import Decision


@click.command("revert")
@click.argument("registry", metavar="REGISTRY")
@click.argument("number", type=click.IntRange(1), metavar="VERSION")
@environment
@click.option("--write", is_flag=True, help="Pin the version in the specs that deploy it.")
@act.options
@folders
def command(
    registry: str,
    number: int,
    name: str | None,
    note: str,
    specs: Path,
    environments: Path,
    *,
    write: bool,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Go back to an earlier version: it comes to Production, and what was there is archived.

    The version has to be approved, and its approval not over, since it is deployed anew; that it
    is worse than the one in Production does not count. `latest-approved` passes over what is
    archived, so the next plan goes back; with --write the specs say the number, too.
    """
    from dataclasses import replace  # noqa: PLC0415 - only where it is used

    from reconciler.cli.registry import pins, scene  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.registry import Purpose, decide, judge  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    found = scene.opened(project, name, registry, "approve")
    found.policy = replace(found.policy, comparisons=())

    def decision() -> Decision:
        known = found.evidence(found.version(number))
        verdict = judge(found.policy, known, found.now, Purpose.DEPLOY)
        every = [known.version if each.number == number else each for each in found.versions()]
        made = decide.revert(every, number, verdict, found.who, found.now, note)
        return decide.resting(made, known)

    pinned = pins.pins(found, number) if write else pins.Pins()
    raise SystemExit(act.Act(found, "revert to", number, decision, yes, "", pinned).run())
