"""`moorline registry approve`: let a version be deployed, with the evidence that it rests on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project
from reconciler.cli.registry import act

if TYPE_CHECKING:
    from reconciler.registry.decision import Decision


@click.command("approve")
@click.argument("registry", metavar="REGISTRY")
@click.argument("number", type=click.IntRange(1), metavar="VERSION")
@environment
@act.evidence_option
@act.options
@folders
def command(
    registry: str,
    number: int,
    name: str | None,
    evidence: str,
    note: str,
    specs: Path,
    environments: Path,
    *,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Approve a version, if its registry's policy allows it.

    Shows every rule with what was found, asks, looks at all of it again, and sets the status
    together with who approved it, when, until when, and the digest of the evidence. One that is
    approved and not over stays as it is. Nothing is deployed by it: the next plan has the version.
    Exits with 3 when the policy refuses, with 5 when the evidence has changed meanwhile.
    """
    from reconciler.cli.registry import scene  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.registry import decide, judge  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    found = scene.opened(project, name, registry, "approve")

    def decision() -> Decision:
        known = found.evidence(found.version(number))
        verdict = judge(found.policy, known, found.now)
        return decide.approve(known, found.policy, verdict, found.who, found.now, note)

    raise SystemExit(act.Act(found, "approve", number, decision, yes, evidence).run())
