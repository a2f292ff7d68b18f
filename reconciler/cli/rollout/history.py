"""`moorline rollout history`: what was done to an endpoint, by whom and why, from receipts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.frame.options import environment, folders
from reconciler.cli.frame.project import Project, say
from reconciler.cli.rollout import options

if TYPE_CHECKING:
    from reconciler.model.address import Address
    from reconciler.model.receipt import Receipt
    from reconciler.model.value import Json
    from reconciler.receipts.store import Store

LIMIT = 200
"""Receipts that are looked through by default."""


@click.command("history")
@click.argument("rollout", required=False, metavar="[NAME]")
@environment
@options.endpoint
@click.option("--limit", default=LIMIT, show_default=True, help="Receipts to look through.")
@folders
def command(
    rollout: str | None,
    name: str | None,
    endpoint: str,
    limit: int,
    specs: Path,
    environments: Path,
    *,
    as_json: bool,
    no_color: bool,
) -> None:
    """Show what was done to a rollout's endpoint: when, by whom, what and why.

    From the receipts of applies and of each action of a rollout, the newest first, and from the
    marks of the endpoint, which tell how the last one ended even where no receipt is left.
    """
    from reconciler.cli.rollout import act, chosen, said, scene  # noqa: PLC0415 - boto3 only here
    from reconciler.cli.world.book import unreadable  # noqa: PLC0415
    from reconciler.model.receipt import ReceiptError  # noqa: PLC0415
    from reconciler.render.text import rollout as text  # noqa: PLC0415
    from reconciler.render.vocabulary.rollout import ending  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    found = chosen.by_endpoint(project, name, rollout, endpoint, "plan")
    try:
        rows = [*_rows(found.world.book.store, found.address, limit)]
    except ReceiptError as error:
        project.fail([unreadable(error)])
    try:
        now = said.whole(found, act.Driver(found, yes=False).look())
    except scene.Stop:
        now = {}
    if as_json:
        marks = {key: now.get(key, "") for key in ("status", "phase", "word", "ended", "version")}
        project.print_json({"endpoint": found.about.endpoint, "did": rows, "now": marks})
    else:
        say(text.history(rows, color=project.color))
        if now.get("ended"):
            say(f"the marks say: {ending(str(now['ended']))}")


def _rows(store: Store, address: Address, limit: int) -> Iterator[dict[str, Json]]:
    """What receipts say of an endpoint, the newest first.

    Raises:
        ReceiptError: they could not be read.
    """
    for id_ in store.ids()[:limit]:
        receipt = store.read(id_)
        if receipt is not None:
            yield from _of(receipt, address)


def _of(receipt: Receipt, address: Address) -> Iterator[dict[str, Json]]:
    from reconciler.cli.rollout.kept import BEGINS  # noqa: PLC0415

    drives = any(step.id.startswith(BEGINS) for step in receipt.steps)
    for step in receipt.steps:
        ours = step.id.startswith(BEGINS)
        if step.address != address or (drives and not ours):  # others were left by an apply before
            continue
        sent = [each.method for each in receipt.calls if each.step == step.id]
        yield {
            "receipt": receipt.id,
            "at": receipt.started,
            "who": receipt.who,
            "commit": receipt.commit,
            "what": step.id.removeprefix(BEGINS) if ours else f"apply: {step.action}",
            "result": str(step.result),
            "code": step.code,
            "calls": sent,
        }
