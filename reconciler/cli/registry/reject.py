"""`moorline registry reject`: let nothing new be deployed of a version."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project
from reconciler.cli.registry import act

if TYPE_CHECKING:
    from reconciler.registry.decision import Decision


@click.command("reject")
@click.argument("registry", metavar="REGISTRY")
@click.argument("number", type=click.IntRange(1), metavar="VERSION")
@environment
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
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Reject a version; no rule stands against it.

    Takes away what an approval wrote. What serves the version goes on: the next plan has the
    newest version that is approved, or is refused where a spec pins the rejected one.
    """
    from reconciler.aws.errors import AwsError  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.aws.registry.versions import described, why  # noqa: PLC0415
    from reconciler.cli.registry import scene  # noqa: PLC0415
    from reconciler.registry import decide  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    found = scene.opened(project, name, registry, "approve")

    def decision() -> Decision:
        arn = found.version(number).arn
        try:
            known, _ = described(found.session, arn)
        except AwsError as error:
            found.asked(error, f"version {number}")
        try:
            served = [f"endpoint {each}" for each in found.served(all_=False).get(arn, [])]
        except AwsError as error:
            served = [f"it is not known what serves it ({why(error)}); whatever"]
        return decide.reject(known, found.who, found.now, note, served)

    raise SystemExit(act.Act(found, "reject", number, decision, yes).run())
