"""Options of the verbs that can say a plan in other forms, and how they write them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler.cli.frame.project import Project
from reconciler.model.value import Json
from reconciler.render import formats
from reconciler.render.formats import Context

F = TypeVar("F", bound=Callable[..., Any])
TEXT, JSON = "text", "json"


def writable(_context: click.Context, _option: click.Parameter, out: Path | None) -> Path | None:
    """Refuse a file in no folder before AWS is read, not after."""
    if out and not out.parent.is_dir():
        raise click.BadParameter(f"there is no folder {str(out.parent)!r}")
    return out


def options(command: F) -> F:
    """`--format` and `--html`."""
    form = click.option(
        "--format",
        "form",
        type=click.Choice([TEXT, JSON, *formats.FORMS]),
        default=TEXT,
        show_default=True,
        help="What to print. `--json` is `--format json`.",
    )
    html = click.option(
        "--html",
        "html",
        type=click.Path(path_type=Path, dir_okay=False),
        callback=writable,
        help="Also write the report as one HTML page that needs nothing else.",
    )
    return form(html(command))


def project(
    specs: Path, environments: Path, form: str, *, as_json: bool, no_color: bool
) -> tuple[Project, str]:
    """The project and the form that was asked for."""
    if as_json and form not in {TEXT, JSON}:
        raise click.UsageError(f"--json and --format {form} are two forms; choose one")
    form = JSON if as_json else form
    return Project(specs, environments, form == JSON, no_color or form != TEXT), form


def write_html(file: Path, plan: Mapping[str, Json], context: Context) -> None:
    """Write the HTML report. Exits with an error that says why it could not be written."""
    try:
        file.write_text(formats.document("html", plan, context), encoding="utf-8")
    except OSError as error:
        message = f"cannot write {str(file)!r}: {error.strerror}"
        raise click.ClickException(message) from None
    click.echo(f"wrote {file}", err=True)
