"""`moorline graph`: what an environment consists of, and what needs what, as a picture."""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project, say
from reconciler.model.diagnostic import Diagnostic

FORMS = ("mermaid", "dot", "svg", "text")
"""Each is a module of `reconciler.render` with `of_graph`."""


@click.command("graph")
@click.argument("address", metavar="[ADDRESS]", required=False)
@environment
@click.option(
    "--format",
    "form",
    type=click.Choice([*FORMS, "json"]),
    default="mermaid",
    show_default=True,
    help="What to print. --json is the same as --format json.",
)
@click.option(
    "--lineage",
    "lined",
    is_flag=True,
    help="What becomes what: sources, pipelines, features, trainings, models and endpoints.",
)
@folders
def command(
    address: str | None,
    name: str | None,
    form: str,
    lined: bool,
    specs: Path,
    environments: Path,
    *,
    as_json: bool,
    no_color: bool,
) -> None:
    """Draw the resources of an environment and what they need, without talking to AWS.

    An arrow leads from what must be there first to what needs it. With an ADDRESS,
    as TYPE/NAME, only that resource is drawn, what it needs, and what needs it.

    With --lineage the specs are drawn, and data flows along the arrows; an ADDRESS is then the
    KIND/NAME of one, and only what it comes from and what comes of it is drawn.
    """
    from reconciler.compile import compiler  # noqa: PLC0415
    from reconciler.compile.check import problems  # noqa: PLC0415
    from reconciler.compile.lineage import lineage  # noqa: PLC0415
    from reconciler.model import lineage as lines  # noqa: PLC0415
    from reconciler.render.diagram import net  # noqa: PLC0415
    from reconciler.render.machine import graph as graphs  # noqa: PLC0415

    form = "json" if as_json else form
    project = Project(specs, environments, form == "json", no_color)
    view = project.view(name)
    loaded = project.read()
    checked, found = project.checked(view)
    graph, more = compiler.build(checked, view)
    found = [*loaded.diagnostics, *found, *more, *problems(graph)]
    if any(each.is_error for each in found):
        project.fail(found)
    data = lines.as_json(lineage(checked)) if lined else graphs.as_json(graph)
    if address is not None:
        _known(project, address, data)
        data = net.around(data, address)
    if form == "json":
        project.print_json(data)
        return
    if found:
        project.show(found)
    module = importlib.import_module(f"reconciler.render.diagram.{form}")
    most, count = getattr(module, "LIMIT", 0), len(data["nodes"])
    if 0 < most < count:
        text = (
            f"{count} are too many for boxes of their own here (at most {most}), so each type is"
            " one; give an ADDRESS, or --format dot, for single ones"
        )
        say(text, err=True)
    click.echo(module.of_graph(data).rstrip("\n"))


def _known(project: Project, address: str, data: Mapping[str, Any]) -> None:
    """Exit when no resource has the address."""
    known = [f"{node['type']}/{node['name']}" for node in data["nodes"]]
    if address not in known:
        from difflib import get_close_matches  # noqa: PLC0415 - only for a slip of the keys

        close = get_close_matches(address, known, n=1)
        hint = f"did you mean {close[0]!r}?" if close else "`moorline graph` shows all addresses"
        project.fail([Diagnostic("CLI001", f"no spec makes {address!r}", help=hint)])
