"""`moorline rollout abort`: all traffic back to the version before."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project
from reconciler.cli.rollout import options


@click.command("abort")
@click.argument("rollout", required=False, metavar="[NAME]")
@environment
@options.endpoint
@click.option("--no-wait", is_flag=True, help="Do not wait until the traffic is back.")
@options.yes
@folders
def command(
    rollout: str | None,
    name: str | None,
    endpoint: str,
    specs: Path,
    environments: Path,
    *,
    no_wait: bool,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Take all traffic back to the version before, in every phase of a rollout.

    It needs the environment and the endpoint's name: no spec that can be read, no plan, no
    approval, and no lease. While AWS is at an update the abort is marked, and takes effect at its
    end. Where nothing runs, nothing is sent.
    """
    from reconciler.cli.rollout import chosen, words  # noqa: PLC0415 - boto3 only here

    project = Project(specs, environments, as_json, no_color)
    found = chosen.by_endpoint(project, name, rollout, endpoint, "apply")
    words.abort(found, yes=yes, patient=not no_wait)
