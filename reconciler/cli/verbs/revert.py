"""`moorline revert`: plan the way back to what an earlier apply was of."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from reconciler.cli.frame.options import environment, folders, wait_option
from reconciler.cli.frame.project import Exit, Project
from reconciler.model.diagnostic import Diagnostic

if TYPE_CHECKING:
    from reconciler.cli.world.live import World
    from reconciler.compile.request import Request
    from reconciler.compile.spec import Spec
    from reconciler.model.receipt import Receipt
    from reconciler.receipts.store import Store
    from reconciler.specs.overlay import EnvironmentView


@click.command("revert")
@click.argument("receipt", required=False, metavar="[RECEIPT]")
@environment
@wait_option
@click.option("--verbose", is_flag=True, help="Show all values in full.")
@click.option("-y", "--yes", is_flag=True, help="Apply the plan; without it, only show it.")
@folders
def command(
    receipt: str | None,
    name: str | None,
    wait: float,
    specs: Path,
    environments: Path,
    *,
    verbose: bool,
    yes: bool,
    as_json: bool,
    no_color: bool,
) -> None:
    """Plan the way back to the commit of an earlier apply, and with --yes go it.

    Reads specs and environments of that commit from Git and plans them against what is
    live; your files stay as they are, so revert the commit in Git as well. Protection and
    approvals are those of now. Without RECEIPT: the last apply that went well and was of
    another commit than the last one.
    """
    from reconciler.cli.verbs import apply  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.cli.world import live, receipts  # noqa: PLC0415 - boto3 is loaded only here
    from reconciler.model.plan import plan_to_json  # noqa: PLC0415

    project = Project(specs, environments, as_json, no_color)
    with tempfile.TemporaryDirectory(prefix="moorline-") as folder:
        world = _world(_Way(project, project.view(name), Path(folder)), receipt, yes=yes)
        receipts.wait(world, wait)
        plan = world.plan()
        live.stop_on_errors(world.project, plan)
        if yes:
            raise SystemExit(apply.finish(plan, world, ask=False, verbose=verbose))
        if as_json:
            project.print_json(plan_to_json(plan))
        else:
            apply.show(plan, world, verbose=verbose)
        raise SystemExit(Exit.BLOCKED if plan.refused else Exit.OK)


@dataclass(frozen=True, slots=True)
class _Way:
    """From where, and a folder for the files of the commit to go back to."""

    project: Project
    view: EnvironmentView
    folder: Path


def _world(way: _Way, id_: str | None, *, yes: bool) -> World:
    """The world as the commit of a receipt would have it. Exits when there is no way back."""
    from reconciler.cli.world import live  # noqa: PLC0415
    from reconciler.cli.world.book import store_of, unreadable  # noqa: PLC0415
    from reconciler.model.receipt import ReceiptError  # noqa: PLC0415

    started = time.monotonic()
    session = live.open_session(way.project, way.view, "apply" if yes else "plan")
    try:
        store = store_of(way.view, lambda: session)
        target = _target(way.project, store, id_)
    except ReceiptError as error:
        way.project.fail([unreadable(error)])
    old, view = _files(way, target)
    world = live.World(old, view, session, _request(way, old, view, target), started)
    world.book.store = store
    world.book.commit, world.book.reverts = target.commit, target.id
    return world


def _target(project: Project, store: Store, id_: str | None) -> Receipt:
    from reconciler.cli.verbs.history import chosen  # noqa: PLC0415

    if id_ is not None:
        return chosen(project, store, id_)
    known = store.ids()
    last = store.read(known[0]) if known else None
    others = (store.read(each) for each in known[1:])
    good = (each for each in others if each and each.ok and each.commit)
    found = next((each for each in good if last and each.commit != last.commit), None)
    if found is None:
        text = f"no earlier apply went well from another commit, in {store.where()}"
        project.fail([Diagnostic("RECEIPT003", text, help="`moorline history` lists them")])
    return found


def _files(way: _Way, target: Receipt) -> tuple[Project, EnvironmentView]:
    """The platform as it was at the commit of a receipt."""
    from reconciler.git import export  # noqa: PLC0415
    from reconciler.git.run import GitError  # noqa: PLC0415
    from reconciler.specs.load import load  # noqa: PLC0415

    project = way.project
    if not target.commit:
        _refuse(project, target, "it names no commit")
    if target.changed:
        _refuse(project, target, "its files had changes that are in no commit")
    if not export.knows(target.commit):
        _refuse(project, target, f"this repository has no commit {target.commit}")
    try:
        paths = export.export(target.commit, [project.specs, project.environments], way.folder)
    except GitError as error:
        _refuse(project, target, str(error))
    old = Project(paths[0], paths[1], project.as_json, project.no_color)
    old.loaded = load(paths, relative_to=way.folder)
    view = old.view(way.view.name)
    here, there = ((each.account, each.region, each.platform) for each in (way.view, view))
    if here != there:
        _refuse(project, target, f"it was of {'/'.join(there)}, and this is {'/'.join(here)}")
    return old, view


def _request(way: _Way, old: Project, view: EnvironmentView, target: Receipt) -> Request:
    from reconciler.compile import compiler  # noqa: PLC0415
    from reconciler.compile.request import Request  # noqa: PLC0415

    specs, found = _specs(way, old, view, target)
    found = [*old.loaded.diagnostics, *found]
    if not any(each.is_error for each in found):
        found += compiler.build(specs, view)[1]
    if any(each.is_error for each in found):
        old.fail(found)
    policy = compiler.policy_of(way.view, today=datetime.now(UTC).date())
    return Request(specs, view, policy, commit=target.commit[:7], reverts=True)


def _specs(
    way: _Way, old: Project, view: EnvironmentView, target: Receipt
) -> tuple[tuple[Spec, ...], list[Diagnostic]]:
    """The specs of then, with the files of the same commit that they name."""
    from reconciler.cli.frame.checked import repository  # noqa: PLC0415
    from reconciler.compile import compiler, packing  # noqa: PLC0415
    from reconciler.git import export  # noqa: PLC0415
    from reconciler.git.run import GitError  # noqa: PLC0415

    specs, _ = compiler.read(old.loaded.documents, view)
    named = dict.fromkeys(path.rstrip("/") for path, _ in packing.wanted(specs))
    here = Path.cwd().resolve()
    try:
        if named:
            export.export(target.commit, [here / path for path in named], way.folder, again=True)
        root = way.folder / export.inside(here) if named else way.folder
    except GitError as error:
        _refuse(way.project, target, str(error))
    old.files_of = repository(root)
    return old.checked(view)


def _refuse(project: Project, target: Receipt, why: str) -> NoReturn:
    help_ = "name another receipt, or revert the commit in Git and apply"
    found = Diagnostic("REVERT001", f"cannot go back to {target.id}: {why}", help=help_)
    project.fail([found])
