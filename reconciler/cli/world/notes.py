"""What a run says of its waits, and what a later one makes of it.

A note is kept before each wait, where receipts are, or in a folder of this machine where that
cannot be. It tells who waited for what since when. How a wait ended is told by what is live alone,
so a note that is lost costs no more than that.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from reconciler.cli.frame.project import STATE
from reconciler.disk import read, write
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.receipt import Receipt, ReceiptError, WaitRecord, from_bytes
from reconciler.model.value import Json
from reconciler.receipts.local import BEGUN, MOST, LocalStore

if TYPE_CHECKING:
    from reconciler.cli.frame.project import Project
    from reconciler.cli.world.book import Book
    from reconciler.cli.world.live import World
    from reconciler.model.plan import Plan
    from reconciler.receipts.store import Store
    from reconciler.specs.overlay import EnvironmentView

UNWRITTEN = STATE / "unwritten"
"""Where receipts and notes are that could not be kept where they belong."""


def aside(environment: str) -> LocalStore:
    """The folder of this machine for an environment's receipts that have no other place."""
    return LocalStore(UNWRITTEN / Path(environment).name, within=Path())


def noter(book: Book) -> Callable[[Receipt], None]:
    """Keeps what is known before a wait; says nothing, as the run goes on either way."""

    def note(receipt: Receipt) -> None:
        try:
            book.store.note(receipt)
        except ReceiptError:
            try:
                aside(receipt.environment).note(receipt)
            except ReceiptError:
                return

    return note


def forget(receipt: Receipt) -> None:
    """Take away the note of a run whose receipt is kept."""
    with suppress(OSError):
        path = UNWRITTEN / Path(receipt.environment).name / f"{Path(receipt.id).name}{BEGUN}"
        write.remove(path, within=Path())


def brought_in(project: Project, view: EnvironmentView, store: Store, file: Path) -> Receipt:
    """Put a receipt from a file where it belongs. Exits where it is not of this environment.

    Raises:
        ReceiptError: it is none, or it could not be kept.
    """
    try:
        raw = read.whole(file, within=file.absolute().parent, most=MOST)
    except OSError as error:
        raise ReceiptError(f"{file}: {error.strerror}") from error
    receipt = from_bytes(raw, str(file))
    if not _is_of(receipt, view):
        text = f"{file} is a receipt of {receipt.environment!r} of {receipt.platform!r} in"
        where = f"{receipt.account}, {receipt.region}"
        project.fail([Diagnostic("RECEIPT006", f"{text} {where}", help="name its environment")])
    if not receipt.ended:
        text = f"{file} is the note of an apply that has not ended, and no receipt"
        project.fail([Diagnostic("RECEIPT006", text, help="`apply --resume` reads it")])
    store.write(receipt)
    return receipt


def newest(world: World) -> Receipt | None:
    """What is known of the newest run: its receipt, or what it noted where it left none.

    Raises:
        ReceiptError: nothing is known, as something could not be read.
    """
    book, here = world.book, aside(world.view.name)
    looks: list[Callable[[], Receipt | None]] = [
        lambda: book.last,
        book.store.begun,
        here.latest,
        here.begun,
    ]
    found: list[Receipt] = []
    trouble: ReceiptError | None = None
    for look in looks:
        try:
            one = look()
        except ReceiptError as error:
            trouble = error
            continue
        if one is not None and _is_of(one, world.view):
            found.append(one)
    if not found and trouble:
        raise trouble
    return max(found, key=lambda each: (each.id, bool(each.ended)), default=None)


def _is_of(receipt: Receipt, view: EnvironmentView) -> bool:
    said = (receipt.environment, receipt.account, receipt.region, receipt.platform)
    return said == (view.name, view.account, view.region, view.platform)


def tell(world: World, plan: Plan, last: Receipt) -> None:
    """Say how what the last run waited for has ended."""
    for wait in last.waits:
        said = Seen(wait, last.who, ended(plan, wait))
        world.book.seen += (said,)
        if not world.project.as_json:
            click.echo(f"waited for: {said}", err=True)


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody waited for, and how it ended."""

    wait: WaitRecord
    who: str
    how: str

    def __str__(self) -> str:
        wait = self.wait
        where = f"{wait.address.type} {wait.address.name}"
        return f"{where} ({wait.state}; {self.who} since {wait.since}): {self.how}"

    def as_json(self) -> dict[str, Json]:
        wait = self.wait
        plain = {"step": wait.step, "state": wait.state, "since": wait.since}
        return {**plain, "who": self.who, "ended": self.how}


def ended(plan: Plan, wait: WaitRecord) -> str:
    """How a wait ended, by a plan that was made of what is live."""
    return next(_ends(plan, wait))


def _ends(plan: Plan, wait: WaitRecord) -> Iterator[str]:
    for found in plan.diagnostics:
        if found.address == wait.address and found.code == "PLAN002":
            yield "AWS is still at it"
        elif found.address == wait.address and found.is_error:
            yield f"not known: {found.message}"
    for step in plan.steps:
        if step.address == wait.address:
            yield f"not as asked: {step.refused or f'{step.action} is pending'}"
    yield "verified: it is gone" if wait.action == "delete" else "verified: it is as asked"
