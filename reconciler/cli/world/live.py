"""What the verbs that look at AWS share: a session, checked specs, a plan."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from reconciler import engine
from reconciler.aws import trail
from reconciler.aws.connect import WrongAccount, connect, sandbox
from reconciler.aws.errors import AwsError, Denied
from reconciler.aws.session import Session
from reconciler.cli.frame.project import Exit, Project, commit
from reconciler.cli.world import lasting, meanwhile, rollouts
from reconciler.cli.world.book import Book, store_of
from reconciler.cli.world.embedded import start_sandbox
from reconciler.compile import compiler
from reconciler.compile.request import Request
from reconciler.drift.actor import Scene
from reconciler.facts.availability import table
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Plan
from reconciler.model.receipt import ReceiptError
from reconciler.render.text import progress
from reconciler.specs.overlay import EnvironmentView

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(slots=True)
class World:
    """A platform's files, its environment and a way to AWS."""

    project: Project
    view: EnvironmentView
    session: Session
    request: Request
    started: float
    book: Book = field(init=False)
    """The receipts of the environment."""

    def __post_init__(self) -> None:
        store = store_of(self.view, lambda: self.session)
        self.book = Book(store, since=self.session.began)

    def plan(self) -> Plan:
        """Observe and plan; reads only."""
        applied, sent = self.book.applied, self.book.sent
        request = replace(
            self.request,
            left=frozenset(applied),
            applied=applied,
            begun=self.book.begun,
            just=self.book.just(compiler.place_of(self.view)) if self.session.lags else {},
            unshown=self.book.unshown,
            beside=self.book.beside,
            sent=sent,
        )
        with progress.reading(terminal=self.project.terminal) as told:
            plan = engine.make_plan(request, self.session, told)
        plan = meanwhile.told(self.book.explained(plan), self.book.store)
        plan = lasting.told(plan, self.session, datetime.now(UTC))
        plan = rollouts.told(self.book.told(plan), self)
        return replace(plan, observed_calls=self.session.total)

    def named_all(self, plan: Plan) -> Plan:
        """As `named`, for every step for which nobody is named yet."""
        return self.named(plan, most=None)

    def named(self, plan: Plan, *, most: int | None = trail.IN_PLAN) -> Plan:
        """The plan with who made its steps necessary; asks only where something drifted."""
        place = compiler.place_of(self.view)
        scene = Scene(place, self.view.spec.roles.apply or "")
        try:
            last = self.book.last if plan.steps else None
        except ReceiptError:  # `explained` has told it
            last = None
        with progress.reading(terminal=self.project.terminal) as told:
            return trail.named(plan, self.session, scene, last, most=most, told=told)

    @property
    def seconds(self) -> float:
        """Since the command began."""
        return time.monotonic() - self.started


def open_world(
    project: Project,
    name: str | None,
    *,
    role: str,
    adopt: tuple[str, ...] = (),
    retry: tuple[str, ...] = (),
    destroy: bool = False,
) -> World:
    """Read and check the files, then open a session in the environment's account.

    Exits with code 1, having changed nothing, when the files are wrong, the
    account is another one, or AWS cannot be reached. `role` is "plan", "apply" or "approve".
    """
    started = time.monotonic()
    request = request_of(project, name, adopt=adopt, retry=retry, destroy=destroy)
    session = open_session(project, request.view, role)
    session.services = table(request.terms.services)
    return World(project, request.view, session, request, started)


def request_of(
    project: Project,
    name: str | None,
    *,
    adopt: tuple[str, ...] = (),
    retry: tuple[str, ...] = (),
    destroy: bool = False,
) -> Request:
    """What is to be planned, without AWS. Exits with code 1 when the files are wrong."""
    view = project.view(name)
    loaded = project.read()
    specs, found = project.checked(view)
    found = [*loaded.diagnostics, *found]
    if not any(each.is_error for each in found):
        found += compiler.build(specs, view)[1]
    if any(each.is_error for each in found):
        project.fail(found)
    policy = compiler.policy_of(
        view,
        today=datetime.now(UTC).date(),
        adopt=frozenset(_address(project, text) for text in adopt),
    )
    policy = replace(policy, retry=frozenset(_address(project, text) for text in retry))
    return Request(specs, view, policy, destroy, commit())


def _address(project: Project, text: str) -> Address:
    try:
        return Address.parse(text)
    except ValueError as error:
        project.fail([Diagnostic("CLI001", str(error), help="copy the address from the plan")])


def open_session(
    project: Project, view: EnvironmentView, role: str, *, wrong_account: Exit = Exit.ERROR
) -> Session:
    """A session in the environment's account; exits when there is none, having changed nothing."""
    try:
        roles = view.spec.roles
        arn = {"apply": roles.apply, "approve": roles.approve}.get(role, roles.plan)
        if view.spec.sandbox:
            there = start_sandbox(project, view)
            long = role == "apply"
            made = sandbox(
                view.account, view.region, there.url, role=arn, pace=there.pace, long=long
            )
            made.began, made.lags = there.began, there.lags
            return made
        return connect(view.account, view.region, role=arn, long=role == "apply")
    except WrongAccount as error:
        at = view.document.at(("spec", "account"))
        help_ = "use the credentials of the environment's account; nothing was changed"
        project.fail([Diagnostic("AWS003", str(error), at, help_)], code=wrong_account)
    except Denied as error:
        help_ = "log in to AWS (for example `aws sso login`) and check the role"
        project.fail([Diagnostic("AWS001", str(error), help=help_)])
    except AwsError as error:
        project.fail([Diagnostic("AWS002", str(error), help="is AWS reachable from here?")])


def stop_on_errors(project: Project, plan: Plan) -> None:
    """Exit with code 1 when the plan is not to be trusted."""
    if plan.errors:
        project.show(list(plan.diagnostics))
        raise SystemExit(Exit.ERROR)
