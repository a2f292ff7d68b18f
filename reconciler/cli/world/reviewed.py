"""Plan files at the edge: write and sign what was planned, open and prove what was reviewed.

What a file says and when it may be applied is decided in `reconciler.planfile.file`
and `reconciler.plan.moved`; here are the disk, the clock, the keys and the exit codes.
"""

from __future__ import annotations

import os
import tempfile
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import NoReturn

from reconciler import engine
from reconciler.aws import notary
from reconciler.aws.errors import AwsError
from reconciler.aws.recheck import recheck
from reconciler.aws.session import Session
from reconciler.cli.frame.project import Exit, Project, commit
from reconciler.cli.world import live, putting, unshown
from reconciler.cli.world.book import Book, store_of
from reconciler.cli.world.live import World
from reconciler.compile import compiler
from reconciler.compile.request import Request
from reconciler.kinds.api import seconds
from reconciler.model.change import Action
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Plan
from reconciler.model.policy import Policy
from reconciler.planfile import file as planfile, stale
from reconciler.planfile.file import PlanFile
from reconciler.planfile.signature import Key, Signature, sign
from reconciler.receipts import intent
from reconciler.resources import api as resources
from reconciler.specs import overlay
from reconciler.specs.overlay import EnvironmentView

SECRET = "MOORLINE_PLAN_KEY"  # noqa: S105 - the name of the variable
NO_KEY = "STALE010"
_ERRORS = frozenset({NO_KEY, "AWS001", "AWS002"})
"""Findings that leave open whether a file is stale."""


@dataclass(frozen=True, slots=True)
class Demands:
    """What apply was asked to hold a plan file to.

    `commit` is the one to apply, "" when one is demanded and not known, and absent when
    any will do.
    """

    environment: str | None = None
    commit: str | None = None
    sign_key: Path | None = None
    destroy: bool = False
    """The plan was made as if no spec were left."""


# -- writing


def key_of(project: Project, view: EnvironmentView, path: Path | None) -> Key:
    """The key of an environment, or the one in a file or in the variable; none when there is none.

    Exits when there should be a key and it is empty: a secret that a CI system did not
    hand over must not pass for none.
    """
    if view.spec.signing:
        return Key(kms=view.spec.signing.key)
    if path is None and SECRET not in os.environ:
        return Key()
    secret = path.read_bytes() if path else os.environb[SECRET.encode()]
    if not secret.strip():
        where = repr(str(path)) if path else SECRET
        help_ = f"put a secret into it, or unset {SECRET} where plans are not signed"
        project.fail([Diagnostic(NO_KEY, f"the key in {where} is empty", help=help_)])
    return Key(secret=secret.rstrip(b"\r\n"))


def write(world: World, plan: Plan, out: Path, key: Key) -> None:
    """Write a plan file, signed when there is a key.

    Exits, having written nothing, when the key cannot be used.
    """
    lifetime = seconds(world.view.spec.plans_expire_after)
    file = planfile.make(
        plan,
        now=datetime.now(UTC),
        lifetime=lifetime,
        commit=commit(64),
        specs=intent.digests(world.request.specs, world.view),
    )
    if key:
        file = planfile.signed(file, _signature(world, file.digest, key))
    save(out, planfile.pack(file))


def _signature(world: World, digest: str, key: Key) -> Signature:
    if not key.kms:
        return sign(digest, key.secret)
    try:
        return notary.sign(world.session, digest, key.kms)
    except AwsError as error:
        at = world.view.document.at(("spec", "signing", "key"))
        help_ = "the key must be ECC_NIST_P256 for SIGN_VERIFY, and allow kms:Sign to who plans"
        text = f"the plan could not be signed: {error}"
        world.project.fail([Diagnostic(NO_KEY, text, at, help_)])


def save(out: Path, data: bytes) -> None:
    """Write a file that only its owner may read, all of it or nothing."""
    target = Path(os.path.realpath(out))
    if target.exists() and not target.is_file():  # a device or a pipe
        target.write_bytes(data)
        return
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


# -- opening


def open_file(project: Project, path: Path, demands: Demands) -> tuple[World, Plan]:
    """A plan file that may be applied as far as the file goes, and the world it is for.

    Only the environments are read, not the specs: the file says what to do. Exits with 5
    when the file is stale, with 3 when its plan was refused, with 1 when that could not be
    found out; nothing is changed then.
    """
    started = time.monotonic()
    file, found = planfile.unpack(path.read_bytes())
    if file is None:
        _stop(project, found)
    plan = file.plan
    if demands.environment not in {None, plan.environment}:
        text = f"the plan is of environment {plan.environment!r}, not of {demands.environment!r}"
        help_ = "leave `-e` and MOORLINE_ENVIRONMENT away, or make a plan for that environment"
        _stop(project, [Diagnostic("STALE004", text, help=help_)])
    view = _view(project, plan.environment)
    place, key = compiler.place_of(view), key_of(project, view, demands.sign_key)
    now = datetime.now(UTC)
    if found := stale.check(file, place, now=now, key=key, commit=demands.commit):
        _stop(project, found)
    policy = compiler.policy_of(view, today=now.date())
    if found := [*stale.unpermitted(plan, policy)]:
        _stop(project, found)
    session = live.open_session(project, view, "apply", wrong_account=Exit.STALE)
    _prove(project, session, file, key)
    if not key and not view.spec.sandbox:
        _plan_again(project, session, plan, destroy=demands.destroy)
    plan = _filled(project, plan) if unshown.needed(plan) else plan
    request = Request((), view, Policy(), commit=plan.commit)
    world = World(project, view, session, request, started)
    world.book.specs = file.specs
    return world, plan


def _filled(project: Project, plan: Plan) -> Plan:
    """The plan with values that its file does not hold. Exits with 5 when they are others now."""
    again = Project(project.specs, project.environments, project.as_json, project.no_color)
    whole, found = unshown.filled(plan, live.request_of(again, plan.environment))
    if found:
        _stop(project, found)
    return whole


def look_again(world: World, plan: Plan) -> None:
    """Exit with 5, having changed nothing, when something that a plan touches has moved."""
    place = compiler.place_of(world.view)
    found = putting.changed(plan, world.project)
    if found or (found := recheck(plan, world.session, resources.load(), place)):
        _stop(world.project, found)


def _plan_again(project: Project, session: Session, plan: Plan, *, destroy: bool) -> None:
    """Make the plan of an unsigned file again. Exits with 5 when another one comes out."""
    adopt = tuple(str(step.address) for step in plan.steps if step.action is Action.ADOPT)
    retry = tuple(str(step.address) for step in plan.steps if step.retry)
    again = Project(project.specs, project.environments, project.as_json, project.no_color)
    request = live.request_of(again, plan.environment, adopt=adopt, retry=retry, destroy=destroy)
    request = replace(request, sent=Book(store_of(request.view, lambda: session)).sent)
    made = engine.make_plan(request, session, lambda *_: None)
    live.stop_on_errors(project, made)
    if made.digest != plan.digest:
        _stop(project, [stale.another(plan, made)])


def _view(project: Project, name: str) -> EnvironmentView:
    view, found = overlay.resolve(project.read_environments().documents, name, specs=False)
    if view is None or any(each.is_error for each in project.loaded.diagnostics):
        project.fail([*project.loaded.diagnostics, *found])
    return view


def _prove(project: Project, session: Session, file: PlanFile, key: Key) -> None:
    """Ask KMS whether its key made the signature, where it is KMS's."""
    raw = file.signature.raw if file.signature else None
    if not key.kms or raw is None:
        return
    try:
        if notary.verify(session, file.digest, key.kms, raw):
            return
    except AwsError as error:
        text = f"the signature of the plan could not be checked: {error}"
        help_ = "allow kms:Verify on the key to who applies"
        _stop(project, [Diagnostic(NO_KEY, text, help=help_)])
    _stop(project, [stale.forged(f"its signature was not made with {key}")])


def _stop(project: Project, found: list[Diagnostic]) -> NoReturn:
    codes = {each.code for each in found}
    project.show(found)
    if codes - _ERRORS - {stale.BLOCKED}:
        raise SystemExit(Exit.STALE)
    raise SystemExit(Exit.ERROR if codes & _ERRORS else Exit.BLOCKED)
