"""`moorline docs`: pages about the platform itself, written from its specs."""

from __future__ import annotations

import json
from pathlib import Path

import click

from reconciler.cli.frame.examples import epilog
from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project
from reconciler.model.diagnostic import Diagnostic

FORMS = ("markdown", "html", "json")


@click.command("docs", epilog=epilog("docs"))
@click.argument("subject", type=click.Choice(["features"]))
@environment
@click.option(
    "--format",
    "form",
    type=click.Choice(FORMS),
    default="markdown",
    show_default=True,
    help="What to print. --json is the same as --format json.",
)
@click.option(
    "--drift",
    "report",
    metavar="FILE",
    type=click.Path(path_type=Path, dir_okay=False),
    help="What `moorline drift --json` printed last: says of each group how it was found.",
)
@folders
def command(
    subject: str,  # noqa: ARG001 - there is one as yet
    name: str | None,
    form: str,
    report: Path | None,
    specs: Path,
    environments: Path,
    *,
    as_json: bool,
    no_color: bool,
) -> None:
    """Print a catalogue of features: what there is, whose, from what, and who uses it.

    It is written from the specs of an environment; nothing is asked of AWS.
    """
    from reconciler.compile import catalogue, compiler  # noqa: PLC0415
    from reconciler.compile.lineage import lineage  # noqa: PLC0415
    from reconciler.render import catalogue as pages  # noqa: PLC0415

    form = "json" if as_json else form
    project = Project(specs, environments, form == "json", no_color)
    view = project.view(name)
    loaded = project.read()
    checked, found = compiler.read(loaded.documents, view, loaded.unread)
    graph, more = compiler.build(checked, view)
    found = [*loaded.diagnostics, *found, *more]
    if any(each.is_error for each in found):
        project.fail(found)
    drift = _drift(project, report) if report else None
    data = catalogue.features(checked, graph, lineage(checked), drift)
    if form == "json":
        project.print_json({"environment": view.name, **data})
        return
    click.echo(pages.html(data) if form == "html" else pages.markdown(data), nl=False)


def _drift(project: Project, file: Path) -> dict[str, object]:
    """The report in a file; exits where it is none."""
    try:
        found = json.loads(file.read_bytes())
    except OSError as error:
        text = f"cannot read {str(file)!r}: {error.strerror or error}"
        project.fail([Diagnostic("CLI016", text)])
    except ValueError:
        found = None
    if not isinstance(found, dict) or not isinstance(found.get("drifted"), list):
        text = f"{str(file)!r} is not what `moorline drift --json` prints"
        project.fail([Diagnostic("CLI018", text, help="write it anew")])
    told: dict[str, object] = found
    return told
