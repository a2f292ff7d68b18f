"""`moorline registry archive`: take a version out of use."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project
from reconciler.cli.registry import act

if TYPE_CHECKING:
    from reconciler.registry.decision import Decision


@click.command("archive")
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
    """Archive a version that no endpoint serves.

    `latest-approved` passes it over from then on. Every endpoint of the region is looked at; where
    one could not be, nothing is archived. Exits with 3 when one serves the version.
    """
    from reconciler.aws.errors import AwsError  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.aws.registry.versions import described, why  # noqa: PLC0415
    from reconciler.cli.registry import scene  # noqa: PLC0415
    from reconciler.registry import decide  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    found = scene.opened(project, name, registry, "approve")

    def decision() -> Decision:
        arn = found.version(number).arn
        served: list[str] | None = None
        try:
            known, _ = described(found.session, arn)
        except AwsError as error:
            found.asked(error, f"version {number}")
        try:
            served = found.served(all_=True).get(arn, [])
        except AwsError as error:
            found.warn("DECISION006", f"what serves the version is not known: {why(error)}")
        every = [known if each.number == number else each for each in found.versions()]
        return decide.archive(every, number, served, found.who, found.now, note)

    raise SystemExit(act.Act(found, "archive", number, decision, yes).run())
