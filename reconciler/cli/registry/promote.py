"""`moorline registry promote`: bring a version to the next stage, and pin it in Git."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project
from reconciler.cli.registry import act
from reconciler.registry.stage import Stage

if TYPE_CHECKING:
    from reconciler.registry.decision import Decision

_TO = (Stage.DEVELOPMENT, Stage.STAGING, Stage.PRODUCTION)


@click.command("promote")
@click.argument("registry", metavar="REGISTRY")
@click.argument("number", type=click.IntRange(1), metavar="VERSION")
@environment
@click.option(
    "--to",
    "to",
    required=True,
    type=click.Choice([each.value for each in _TO]),
    help="The stage.",
)
@click.option("--write", is_flag=True, help="Pin the version in the specs that deploy it.")
@act.evidence_option
@act.options
@folders
def command(
    registry: str,
    number: int,
    name: str | None,
    to: str,
    evidence: str,
    note: str,
    specs: Path,
    environments: Path,
    *,
    write: bool,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Bring a version to a stage: Development, Staging, Production, in this order.

    Staging wants what an approval wants, Production an approval that is not over as well. The
    version that leaves Production is archived, after the new one is there. With --write the specs
    of this environment that deploy from the registry say the number: commit it, and the next plan
    deploys it. Exits with 3 when the policy or the order of stages refuses.
    """
    from reconciler.cli.registry import pins, scene  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.registry import Purpose, decide, judge  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    found = scene.opened(project, name, registry, "approve")
    stage = Stage(to)
    purpose = Purpose.DEPLOY if stage is Stage.PRODUCTION else Purpose.APPROVE

    def decision() -> Decision:
        known = found.evidence(found.version(number))
        verdict = judge(found.policy, known, found.now, purpose)
        every = [known.version if each.number == number else each for each in found.versions()]
        made = decide.promote(every, number, stage, verdict, found.who, found.now, note)
        return decide.resting(made, known)

    pinned = pins.pins(found, number) if write else pins.Pins()
    raise SystemExit(act.Act(found, "promote", number, decision, yes, evidence, pinned).run())
