"""`moorline history`: what earlier applies did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Exit, Project, say
from reconciler.receipts.filters import OUTCOMES, VERBS, Filter, moment

if TYPE_CHECKING:
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.receipt import Receipt
    from reconciler.model.value import Json
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
@click.option("--since", metavar="TIME", help="Begun then or later: 2026-11-20, or 7d for ago.")
@click.option("--until", metavar="TIME", help="Begun then or earlier; a day is all of it.")
@click.option("--who", multiple=True, metavar="NAME", help="Applied by; a part of the name.")
@click.option(
    "--address", multiple=True, metavar="TYPE/NAME", help="Of this resource; * is anything."
)
@click.option("--kind", multiple=True, metavar="KIND", help="Of specs of this kind.")
@click.option("--spec", multiple=True, metavar="KIND/NAME", help="Of this spec; * is anything.")
@click.option("--verb", multiple=True, type=click.Choice(VERBS), help="What was done with it.")
@click.option("--outcome", multiple=True, type=click.Choice(OUTCOMES), help="How the apply ended.")
@click.option(
    "-n",
    "--limit",
    default=LIMIT,
    type=click.IntRange(1),
    show_default=True,
    help="How many applies, newest first.",
)
@folders
def command(
    receipt: str | None,
    name: str | None,
    file: Path | None,
    since: str | None,
    until: str | None,
    who: tuple[str, ...],
    address: tuple[str, ...],
    kind: tuple[str, ...],
    spec: tuple[str, ...],
    verb: tuple[str, ...],
    outcome: tuple[str, ...],
    limit: int,
    specs: Path,
    environments: Path,
    *,
    as_json: bool,
    no_color: bool,
) -> None:
    """Show what earlier applies did: when, who, from which commit, and how it ended.

    With ID, or the beginning of one, shows that apply in full: its steps and its AWS calls.

    Filters together show the applies that all of them let pass; one step must have the
    address, kind, spec and verb that are asked for. A filter that is given several times
    lets either value pass.

    A receipt that cannot be read is named, the others are shown, and the exit code is 1.
    """
    from reconciler.cli.world import live  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.cli.world.book import store_of, unreadable  # noqa: PLC0415
    from reconciler.model.receipt import ReceiptError, to_json  # noqa: PLC0415
    from reconciler.render.text import history  # noqa: PLC0415

    asked = _filter(Asked(since, until, who, address, kind, spec, verb, outcome))
    project = Project(specs, environments, as_json, no_color)
    view = project.view(name)
    if receipt and file:
        raise click.UsageError("ID shows a receipt and --add FILE brings one in; choose one")
    if (receipt or file) and asked != Filter():
        raise click.UsageError("filters choose from the list; leave out ID and --add")
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
            said, damaged = _listed(project, store, view.name, asked, limit)
    except ReceiptError as error:
        project.fail([unreadable(error)])
    if as_json:
        project.print_json(said)
    else:
        say(str(said))
    if damaged:
        if not as_json:
            project.show(damaged)
        raise SystemExit(Exit.ERROR)


def _listed(
    project: Project, store: Store, name: str, asked: Filter, limit: int
) -> tuple[Json, list[Diagnostic]]:
    """The list, as JSON or as text, and findings about receipts that cannot be read.

    Raises:
        ReceiptError: the receipts could not be listed.
    """
    from reconciler.model.diagnostic import diagnostic_to_json  # noqa: PLC0415
    from reconciler.model.receipt import to_json  # noqa: PLC0415
    from reconciler.render.text import history  # noqa: PLC0415

    read, damaged = _newest(store, limit, asked)
    found = [to_json(each) for each in read]
    if project.as_json:
        rows: dict[str, Json] = {"environment": name}
        rows["receipts"] = [history.row(each) for each in found]
        if damaged:
            rows["diagnostics"] = [diagnostic_to_json(each) for each in damaged]
        return rows, damaged
    if found or damaged:
        return history.table(found, color=project.color), damaged
    if asked != Filter():
        return f"No apply of {name!r} in {store.where()} passes these filters.", damaged
    return f"No apply of {name!r} has left a receipt in {store.where()}.", damaged


@dataclass(frozen=True, slots=True)
class Asked:
    """The filters as they were typed."""

    since: str | None
    until: str | None
    who: tuple[str, ...]
    addresses: tuple[str, ...]
    kinds: tuple[str, ...]
    specs: tuple[str, ...]
    verbs: tuple[str, ...]
    outcomes: tuple[str, ...]


def _filter(asked: Asked) -> Filter:
    """What was asked for. Exits when a value cannot be meant."""
    now = datetime.now(UTC)
    since = _moment("--since", asked.since, now, end=False)
    until = _moment("--until", asked.until, now, end=True)
    if since and until and since > until:
        raise click.UsageError(f"--since {asked.since} is after --until {asked.until}")
    for option, values in (("--address", asked.addresses), ("--spec", asked.specs)):
        for text in values:
            if "/" not in text and "*" not in text:
                form = "TYPE/NAME" if option == "--address" else "KIND/NAME"
                raise click.BadParameter(f"{text!r} is not {form}", param_hint=option)
    for option, texts in (("--who", asked.who), ("--address", asked.addresses)):
        if not all(text.strip() for text in texts):
            raise click.BadParameter("it is empty", param_hint=option)
    _known(asked.kinds)
    return Filter(
        since,
        until,
        asked.who,
        asked.addresses,
        asked.kinds,
        asked.specs,
        asked.outcomes,
        asked.verbs,
    )


def _moment(option: str, text: str | None, now: datetime, *, end: bool) -> datetime | None:
    if text is None:
        return None
    try:
        return moment(text, now, end=end)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint=option) from None


def _known(kinds: tuple[str, ...]) -> None:
    """Exits when there is no such kind of spec."""
    if not kinds:
        return
    from difflib import get_close_matches  # noqa: PLC0415 - only for a slip of the keys

    from reconciler.kinds.api import load  # noqa: PLC0415 - only where it is asked for

    known = {each.lower(): each for each in load()}
    for text in kinds:
        if text not in known.values():
            close = get_close_matches(text.lower(), known, 1)
            hint = f"did you mean {known[close[0]]!r}?" if close else ", ".join(known.values())
            raise click.BadParameter(f"there is no kind {text!r}: {hint}", param_hint="--kind")


def _newest(store: Store, limit: int, asked: Filter) -> tuple[list[Receipt], list[Diagnostic]]:
    """The newest receipts that are asked for, and findings about those that cannot be read.

    Raises:
        ReceiptError: they could not be listed.
    """
    from reconciler.model.diagnostic import Diagnostic  # noqa: PLC0415
    from reconciler.model.receipt import ReceiptError  # noqa: PLC0415

    found: list[Receipt] = []
    damaged: list[Diagnostic] = []
    help_ = "the others are complete; get this one from a backup, or remove it"
    for id_ in filter(asked.may, store.ids()):
        if len(found) + len(damaged) >= limit:
            break
        try:
            one = store.read(id_)
        except ReceiptError as error:
            damaged.append(Diagnostic("RECEIPT007", f"receipt {id_!r}: {error}", help=help_))
        else:
            found += [one] if one and asked.passes(one) else []
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
