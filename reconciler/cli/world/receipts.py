"""Receipts at the edge: the lease of a run, and what a run writes."""

from __future__ import annotations

import getpass
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from reconciler.cli.frame.project import say
from reconciler.cli.world import notes
from reconciler.cli.world.book import Book, unreadable
from reconciler.compile import packing
from reconciler.disk import write
from reconciler.git import commit as git
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.receipt import (
    Receipt,
    ReceiptError,
    Result,
    StepRecord,
    iso,
    new_id,
    to_bytes,
)
from reconciler.model.value import Json
from reconciler.receipts import intent
from reconciler.receipts.collect import Collector, Run
from reconciler.receipts.lease import TERM, HeldError, Keeper, Lease, acquire
from reconciler.resources import api as resources

if TYPE_CHECKING:
    from reconciler.aws.apply import Interrupt
    from reconciler.cli.world.live import World
    from reconciler.model.plan import Plan


def who(world: World) -> str:
    """The ARN of the caller; for the sandbox the name of the user, never that of a host."""
    if not world.view.spec.sandbox:
        return world.session.caller
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user without a name, as in some containers
        return "unknown"


# -- the lease


def wait(world: World, patience: float) -> None:
    """Take the lease now, before planning, where the user would wait for it."""
    if patience:
        take(world, patience)


def take(world: World, patience: float = 0.0, *, needed: bool = True) -> None:
    """Take the lease of the environment until the command ends. Exits when someone else has it.

    What is not `needed` is done without it then.
    """
    book = world.book
    if book.lease is not None:
        return
    now = book.now()
    started, owner = iso(now), who(world)
    id_ = new_id(now, world.view.name, owner)
    lease = Lease(world.view.name, owner, id_, started)

    def told(holder: Lease) -> None:
        click.echo(f"waiting: {HeldError(holder)}", err=True)

    book.run = Run(id_, owner, started)
    try:
        acquire(book.store.leases, lease, world.session.clock, wait=patience, told=told)
    except (HeldError, ReceiptError) as error:
        if not needed:
            click.echo(f"without the lease: {error}", err=True)
            return
        _refused(world, error)
    book.lease = lease
    context = click.get_current_context(silent=True)
    if context is not None:
        context.call_on_close(lambda: _release(book))


def _refused(world: World, error: HeldError | ReceiptError) -> NoReturn:
    """Exit: the lease is someone else's, or nobody can say whose it is."""
    if isinstance(error, HeldError):
        help_ = "wait for it, or give --wait DURATION; nothing was changed"
        world.project.fail([Diagnostic("LEASE001", str(error), help=help_)])
    help_ = "receipts are kept there by the environment; nothing was changed"
    world.project.fail([Diagnostic("LEASE002", str(error), help=help_)])


def _release(book: Book) -> None:
    if book.lease is not None:
        lease, book.lease = book.lease, None
        try:
            book.store.leases.release(lease)
        except ReceiptError as error:
            click.echo(f"the lease stays until {TERM} have passed: {error}", err=True)


# -- a run


@contextmanager
def kept(
    world: World,
    plan: Plan,
    interrupt: Interrupt,
    *,
    needed: bool = True,
    carried: tuple[StepRecord, ...] = (),
) -> Iterator[Collector]:
    """Hold the lease around a run and write its receipt; yields the sink that collects it.

    Exits before anything is done when someone else holds the lease, or no receipt can be kept.
    What does not need the lease (`needed`) goes on without, and then leaves no receipt: it would
    be in the way of the one of whoever holds it. `carried` are steps that an earlier run left
    undone.
    """
    take(world, needed=needed)
    book = world.book
    assert book.run is not None  # noqa: S101 - set by `take`
    collector = Collector(
        plan,
        _run(world, plan, book.run),
        resources.load(),
        _before(book),
        note=notes.noter(book),
        now=lambda: iso(book.now()),
        carried=carried,
    )
    if book.lease is None:
        yield collector
        return
    _begin(world, collector.receipt(""), needed=needed)

    def lost() -> None:
        place = f"{world.view.name!r} in {book.store.where()}"
        text = f"the lease of {place} was lost: it was taken, or not renewed for {TERM}"
        help_ = "nothing new was begun after that; apply again when nobody else does"
        book.troubles += (Diagnostic("LEASE003", text, help=help_),)
        interrupt.ask()
        getattr(world.session.clock, "wake", bool)()

    keeper = Keeper(book.store.leases, book.lease, lost, now=book.now)
    interrupt.watch(keeper.over)
    try:
        with keeper:
            yield collector
    finally:
        interrupt.watch(bool)
        world.session.interrupted = bool  # what is kept of the run is worth another try
        receipt = collector.receipt(iso(book.now()), interrupted=interrupt())
        _write(world, receipt)
        _release(book)


def _begin(world: World, intended: Receipt, *, needed: bool) -> None:
    """Write down what is about to be done. Exits, having changed nothing, when it cannot be."""
    book = world.book
    try:
        book.store.begin(intended)
    except ReceiptError as error:
        if not needed:
            return
        _release(book)
        text = f"no receipt could be kept of this apply: {error}"
        help_ = f"make {book.store.where()} writable; nothing was changed"
        world.project.fail([Diagnostic("RECEIPT005", text, help=help_)])


def _run(world: World, plan: Plan, run: Run) -> Run:
    book, project = world.book, world.project
    files = project.repository.files(packing.wanted(world.request.specs))
    paths = [project.specs, project.environments]
    commit, changed = git.commit(paths, [*project.files(), *files])
    if plan.commit and not commit.startswith(plan.commit):
        commit, changed = plan.commit, False
    if book.commit:
        commit, changed = book.commit, False
    specs = book.specs or intent.digests(world.request.specs, world.view)
    return replace(
        run, commit=commit, changed=changed, resumes=book.resumes, reverts=book.reverts, specs=specs
    )


def _before(book: Book) -> Receipt | None:
    try:
        return book.last
    except ReceiptError:
        return None


def _write(world: World, receipt: Receipt) -> None:
    """Keep the receipt; where that fails, leave it in a file and say so."""
    book = world.book
    try:
        book.store.write(receipt)
        book.written = book.store.where(receipt.id)
    except ReceiptError as error:
        book.written, there = _fallback(receipt)
        text = f"the receipt could not be kept: {error}"
        add = f"; bring it in with `moorline history -e {receipt.environment} --add {book.written}`"
        help_ = f"what was applied stands; the receipt is in {book.written}{add if there else ''}"
        book.troubles += (Diagnostic("RECEIPT001", text, help=help_),)
        return
    notes.forget(receipt)


def _fallback(receipt: Receipt) -> tuple[str, bool]:
    """Where the receipt is instead, and whether it is a file."""
    here = notes.aside(receipt.environment)
    try:
        here.write(receipt)
    except ReceiptError:
        return _elsewhere(f"{receipt.id}.json", to_bytes(receipt))
    return here.where(receipt.id), True


def _elsewhere(name: str, body: bytes) -> tuple[str, bool]:
    """A folder that is new, since others may write where temporary files are."""
    try:
        folder = Path(tempfile.mkdtemp(prefix="moorline-"))
        write.write_new(folder / name, body, within=folder)
    except OSError:
        return "no file, since none could be written", False
    return str(folder / name), True


def report(world: World) -> dict[str, Json]:
    """What `--json` says of the receipt of a run."""
    book = world.book
    return {
        "id": book.run.id if book.run else "",
        "at": book.written,
        "left_out": [{"step": each.step.id, "why": each.why} for each in book.left],
        "waits": [each.as_json() for each in book.seen],
        "problems": [
            {"code": each.code, "message": each.message, "help": each.help}
            for each in book.troubles
        ],
    }


def show(world: World) -> None:
    """Say on standard error what went wrong with the receipt or the lease."""
    if world.book.troubles and not world.project.as_json:
        world.project.show(list(world.book.troubles))


# -- going on


def resumed(world: World, plan: Plan) -> Plan:
    """The part of a plan that the last apply, which failed, meant too. Exits without one."""
    book = world.book
    try:
        last = notes.newest(world)
    except ReceiptError as error:
        world.project.fail([unreadable(error)])
    if last is None or last.result is Result.DONE:
        text = f"the last apply, {last.id}, is done" if last else "there is no receipt"
        found = Diagnostic("RECEIPT004", text, help="apply without --resume")
        world.project.fail([found])
    book.resumes = last.id
    notes.tell(world, plan, last)
    plan, book.left = intent.resumed(plan, last, intent.digests(world.request.specs, world.view))
    if not world.project.as_json:
        for each in book.left:
            say(f"left out: {each.step.action} {each.step.address}: {each.why}", err=True)
    return plan
