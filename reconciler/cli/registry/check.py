"""`moorline registry check`: does a version satisfy its registry's policy? For CI."""

from __future__ import annotations

from pathlib import Path

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Exit, Project, say


@click.command("check")
@click.argument("registry", metavar="REGISTRY")
@click.argument("number", required=False, type=click.IntRange(1), metavar="[VERSION]")
@environment
@click.option(
    "--for",
    "purpose",
    type=click.Choice(["approve", "deploy"]),
    default="approve",
    show_default=True,
    help="What it is judged for: a deployment also wants an approval that is not over.",
)
@folders
def command(
    registry: str,
    number: int | None,
    name: str | None,
    purpose: str,
    specs: Path,
    environments: Path,
    *,
    as_json: bool,
    no_color: bool,
) -> None:
    """Judge a version by its registry's policy; without VERSION the newest.

    One line for each rule: what it wants, what was found, and where. What could not be read is
    unknown, and lets nothing by. Exits with 0 when every rule passes, with 3 otherwise. Only reads.
    """
    from reconciler.cli.registry import said, scene  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.registry import Purpose, judge  # noqa: PLC0415
    from reconciler.registry.decision import evidence_digest  # noqa: PLC0415
    from reconciler.render.text import registry as text  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    found = scene.opened(project, name, registry, "plan")
    evidence = found.evidence(found.version(number))
    verdict = judge(found.policy, evidence, found.now, Purpose(purpose))
    data = {
        **said.place(found),
        "version": evidence.version.number,
        "purpose": purpose,
        "verdict": said.verdict(verdict, evidence_digest(evidence, verdict)),
    }
    if as_json:
        project.print_json(data)
    else:
        say(f"version {evidence.version.number} of {found.registry.name}, to {purpose}\n")
        say(text.verdict(data["verdict"], color=project.color))
    raise SystemExit(Exit.OK if verdict.passed else Exit.BLOCKED)
