"""`moorline history`: what earlier applies did."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Exit, Project

if TYPE_CHECKING:
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.receipt import Receipt
    from reconciler.receipts.store import Store

LIMIT = 20


@click.command("history")
@click.argument("receipt", required=False, metavar="[ID]")
@environment
@click.option(
    "--add",
    "file",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Bring in a receipt that an apply had to leave in a file.",
)
@click.option("--limit", default=LIMIT, show_default=True, help="How many applies, newest first.")
@folders
def command(
    receipt: str | None,
    name: str | None,
    file: Path | None,
    limit: int,
    specs: Path,
    environments: Path,
    *,
    as_json: bool,
    no_color: bool,
) -> None:
    """Show what earlier applies did: when, who, from which commit, and how it ended.

    With ID, or the beginning of one, shows that apply in full: its steps and its AWS calls.

    A receipt that cannot be read is named, the others are shown, and the exit code is 1.
    """
    from reconciler.cli.world import live  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.cli.world.book import store_of, unreadable  # noqa: PLC0415
    from reconciler.model.diagnostic import diagnostic_to_json  # noqa: PLC0415
    from reconciler.model.receipt import ReceiptError, to_json  # noqa: PLC0415
    from reconciler.render.text import history  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    view = project.view(name)
    if receipt and file:
        raise click.UsageError("ID shows a receipt and --add FILE brings one in; choose one")
    role = "apply" if file else "plan"
    store = store_of(view, lambda: live.open_session(project, view, role))
    damaged: list[Diagnostic] = []
    try:
        if file is not None:
            from reconciler.cli.world import notes  # noqa: PLC0415

            one = to_json(notes.brought_in(project, view, store, file))
            text = f"{one['id']} is in {store.where()}."
            said = history.row(one) if as_json else text
        elif receipt is not None:
            one = to_json(chosen(project, store, receipt))
            said = one if as_json else history.full(one, color=project.color)
        else:
            read, damaged = _newest(store, limit)
            found = [to_json(each) for each in read]
            rows = {"environment": view.name, "receipts": [history.row(each) for each in found]}
            if damaged:
                rows["diagnostics"] = [diagnostic_to_json(each) for each in damaged]
            said = rows if as_json else history.table(found, color=project.color)
            if not (found or damaged or as_json):
                said = f"No apply of {view.name!r} has left a receipt in {store.where()}."
    except ReceiptError as error:
        project.fail([unreadable(error)])
    if as_json:
        project.print_json(said)
    else:
        click.echo(said)
    if damaged:
        if not as_json:
            project.show(damaged)
        raise SystemExit(Exit.ERROR)


def _newest(store: Store, limit: int) -> tuple[list[Receipt], list[Diagnostic]]:
    """The receipts that can be read, and findings about the others.

    Raises:
        ReceiptError: they could not be listed.
    """
    from reconciler.model.diagnostic import Diagnostic  # noqa: PLC0415
    from reconciler.model.receipt import ReceiptError  # noqa: PLC0415

    found: list[Receipt] = []
    damaged: list[Diagnostic] = []
    help_ = "the others are complete; get this one from a backup, or remove it"
    for id_ in store.ids()[: max(0, limit)]:
        try:
            one = store.read(id_)
        except ReceiptError as error:
            damaged.append(Diagnostic("RECEIPT007", f"receipt {id_!r}: {error}", help=help_))
        else:
            found += [one] if one else []
    return found, damaged


def chosen(project: Project, store: Store, id_: str) -> Receipt:
    """The receipt whose id is, or begins with, this text. Exits when it is not one receipt.

    Raises:
        ReceiptError: it could not be read.
    """
    from reconciler.model.diagnostic import Diagnostic  # noqa: PLC0415

    known = store.ids()
    close = [each for each in known if each.startswith(id_)]
    one = id_ if id_ in known else close[0] if len(close) == 1 else ""
    found = store.read(one) if one else None
    if found is None:
        text = f"{len(close)} receipts begin with {id_!r}" if close else f"no receipt {id_!r}"
        where = f"in {store.where()}; `moorline history` lists them"
        project.fail([Diagnostic("RECEIPT003", f"{text} {where}")])
    return found
