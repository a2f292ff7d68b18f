"""`moorline compile`: the graph of an environment, for people and other tools."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project


@click.command("compile")
@environment
@click.option(
    "--format",
    "form",
    type=click.Choice(["graph", "cloudformation"]),
    default="graph",
    show_default=True,
    help="What to print.",
)
@folders
def command(
    name: str | None, form: str, specs: Path, environments: Path, *, as_json: bool, no_color: bool
) -> None:
    """Print the resource graph or a CloudFormation template. Both are JSON."""
    from reconciler.compile import compiler  # noqa: PLC0415
    from reconciler.compile.check import problems  # noqa: PLC0415
    from reconciler.render.cloudformation import template as cloudformation  # noqa: PLC0415
    from reconciler.render.machine import graph as graphs  # noqa: PLC0415
    from reconciler.resources import api as resources  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    view = project.view(name)
    loaded = project.read()
    checked, found = project.checked(view)
    graph, more = compiler.build(checked, view)
    found = [*loaded.diagnostics, *found, *more, *problems(graph)]
    if any(each.is_error for each in found):
        project.fail(found)
    if form == "cloudformation":
        place = compiler.place_of(view)
        output, warnings = cloudformation.template(graph, resources.load(), place)
        found += warnings
    else:
        output = graphs.as_json(graph)
    if found and not as_json:
        project.show(found)
    project.print_json(output)
    sys.stdout.flush()
