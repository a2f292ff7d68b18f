"""A platform in the sandbox: YAML in, plans and events out.

It drives the same passes as the command line, with a clock that never sleeps.
Clients are made once in a process; botocore's own retries are off, as in `BotoClients`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, lru_cache, partial
from pathlib import Path
from typing import Any

from botocore.config import Config

from reconciler import engine
from reconciler.assets.repository import Repository
from reconciler.aws.apply import WORKERS, Interrupt, Outcome, apply
from reconciler.aws.clock import FakeClock
from reconciler.aws.limiter import Limiter
from reconciler.aws.session import READS, Session
from reconciler.aws.wire import watch
from reconciler.compile import compiler, packing
from reconciler.compile.request import Request
from reconciler.compile.spec import Spec
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.event import CallSent, Event, StepFailed, StepSkipped
from reconciler.model.plan import Plan, Step
from reconciler.resources import api as resources
from reconciler.sandbox.door.faults import Faults
from reconciler.sandbox.inprocess import ACCOUNT, REGION, Sandbox
from reconciler.sandbox.protocol.sessions import signed
from reconciler.specs import overlay
from reconciler.specs.source import parse

from . import files, kept

FAULTS = Faults()
"""One for the process, because the clients are."""
NO_RETRIES = Config(retries={"total_max_attempts": 1, "mode": "standard"})


def client(service: str, region: str = REGION, account: str = ACCOUNT) -> Any:
    """The process's one client of a service, a region and an account."""
    return _client(service, region, account)


@cache
def _client(service: str, region: str, account: str) -> Any:
    session = signed("sandbox")
    found = session.client(service, region_name=region, config=NO_RETRIES)
    if account != ACCOUNT:  # moto's way to be somebody else
        add = partial(_signed_in, account)
        found.meta.events.register("before-call", add)
    return watch(FAULTS.attach(found))


def _signed_in(account: str, params: dict[str, Any], **_: Any) -> None:
    params["headers"]["x-moto-account-id"] = account


@dataclass(frozen=True, slots=True)
class Clients:
    region: str = REGION
    account: str = ACCOUNT

    def client(self, service: str) -> Any:
        return client(service, self.region, self.account)


ENVIRONMENT = """
apiVersion: moorline/v1
kind: Environment
metadata: {{name: {name}}}
spec:
  platform: acme
  account: "{account}"
  region: {region}
  protection: {{allow: [{allow}], approvals: [{approvals}]}}
  tags: {{{tags}}}
{more}"""


TODAY = date(2026, 11, 23)


@dataclass(frozen=True, slots=True)
class Site:
    """Where a platform is; every test but those of regions plans in the same place."""

    name: str = "dev"
    region: str = REGION
    account: str = ACCOUNT


HOME = Site()


def environment(
    allow: str = "", tags: str = "", approvals: str = "", site: Site = HOME, assets: str = ""
) -> str:
    """The text of the environment every test plans in."""
    return ENVIRONMENT.format(
        allow=allow,
        tags=tags,
        approvals=approvals,
        name=site.name,
        region=site.region,
        account=site.account,
        more=f"  assets: {assets}\n" if assets else "",
    )


def spec(kind: str, name: str, body: str) -> str:
    """One document; `body` is the spec in YAML flow style or a block."""
    inner = body if body.startswith("\n") else f" {body}"
    head = f"apiVersion: moorline/v1\nkind: {kind}\nmetadata: {{name: {name}, owner: fraud-team}}"
    return f"{head}\nspec:{inner}\n"


def join(*documents: str) -> str:
    return "\n---\n".join(documents)


@lru_cache(maxsize=64)
def _read(
    text: str, environment: str
) -> tuple[overlay.EnvironmentView, tuple[Spec, ...], list[Diagnostic]]:
    """What a text says, read once: a test plans the same one again and again."""
    documents = parse(text, "platform.yaml")
    assert documents.diagnostics == ()
    view, found = overlay.resolve(documents.documents, environment)
    assert view is not None, found
    return (view, *compiler.read(documents.documents, view))


@dataclass(slots=True)
class Run:
    """How one apply went."""

    outcome: Outcome
    events: list[Event]

    @property
    def calls(self) -> list[str]:
        """Methods of the plan's calls, in the order AWS answered them."""
        return [event.call.method for event in self.events if isinstance(event, CallSent)]

    @property
    def failures(self) -> dict[str, str]:
        """Codes of failed steps by step id."""
        return {e.step: e.code for e in self.events if isinstance(e, StepFailed)}

    @property
    def skipped(self) -> dict[str, str]:
        """Causes of skipped steps by step id."""
        return {e.step: e.cause for e in self.events if isinstance(e, StepSkipped)}


@dataclass(slots=True)
class Platform:
    """A platform whose specs a test changes between plans."""

    aws: Sandbox
    text: str = ""
    allow: str = ""
    tags: str = ""
    approvals: str = ""
    clock: FakeClock = field(default_factory=FakeClock)
    site: Site = HOME
    assets: str = ""
    root: Path | None = None
    """The folder of the repository, of what names files of it."""
    session: Session = field(init=False)

    def __post_init__(self) -> None:
        files.given(self.site.region, self.site.account)
        self.restart()

    def restart(self) -> None:
        """A new process: nothing but AWS remembers what was done."""
        limiter = Limiter(self.clock, unlimited=True)
        clients = Clients(self.site.region, self.site.account)
        self.session = Session(clients, clock=self.clock, limiter=limiter)

    def client(self, service: str) -> Any:
        return client(service, self.site.region, self.site.account)

    @property
    def repository(self) -> Repository:
        """The files that specs name, read anew."""
        return Repository(self.root or Path("nowhere"))

    @property
    def faults(self) -> Faults:
        """Those of its clients."""
        return FAULTS

    # -- the loop

    def request(
        self,
        *,
        adopt: Iterable[Address] = (),
        retry: Iterable[Address] = (),
        destroy: bool = False,
    ) -> Request:
        about = environment(self.allow, self.tags, self.approvals, self.site, self.assets)
        texts = (about, self.text)
        text = join(*filter(None, texts))
        text = text.replace(files.MODELS, files.bucket_in(self.site.region, self.site.account))
        text = text.replace(f".ecr.{REGION}.", f".ecr.{self.site.region}.")
        view, specs, found = _read(text, self.site.name)
        specs, more = packing.given(specs, self.repository.read(packing.wanted(specs)))
        assert [*found, *more] == [], found
        policy = compiler.policy_of(view, today=TODAY, adopt=frozenset(adopt))
        policy = replace(policy, retry=frozenset(retry))
        return Request(specs, view, policy, destroy=destroy)

    def plan(
        self,
        *,
        adopt: Iterable[Address] = (),
        retry: Iterable[Address] = (),
        destroy: bool = False,
        left: frozenset[Address] = frozenset(),
    ) -> Plan:
        """A plan; making it must not have sent anything but reads."""
        before = Counter(self.session.calls)
        request = self.request(adopt=adopt, retry=retry, destroy=destroy)
        request = replace(request, left=left)
        plan = engine.make_plan(request, self.session, lambda *_: None)
        sent = self.session.calls - before
        assert [call for call in sent if not call.split(".")[1].startswith(READS)] == []
        return plan

    def apply(
        self,
        plan: Plan,
        *,
        interrupt: Interrupt | None = None,
        sink: Any = None,
        workers: int = WORKERS,
    ) -> Run:
        """Carry out a plan. Each of `workers` moves the one clock on when it waits."""
        events: list[Event] = []
        interrupt = interrupt or Interrupt()
        self.session.interrupted = interrupt

        def hear(event: Event) -> None:
            events.append(event)
            if sink:
                sink(event)

        place = compiler.place_of(self.request().view)
        outcome = apply(
            plan,
            self.session,
            resources.load(),
            place,
            hear,
            interrupt=interrupt,
            workers=workers,
            assets=self.repository.data,
        )
        return Run(outcome, events)

    def converge(self, text: str | None = None) -> Plan:
        """Apply until there is nothing left; returns the plan that was carried out.

        In an empty account the end is put there from memory, if this process came to it before.
        """
        self.text = self.text if text is None else text
        what = kept.key(self)
        if what in kept.KEPT:
            return kept.KEPT[what].back(self)
        plan = self.plan()
        assert [found for found in plan.diagnostics if found.is_error] == []
        run = self.apply(plan)
        assert (run.failures, run.skipped) == ({}, {})
        assert steps(self.plan()) == []
        if what is not None:
            kept.KEPT[what] = kept.Kept.of(self, plan)
        return plan


def steps(plan: Plan) -> list[tuple[str, str]]:
    """What a plan does, as (action, name)."""
    return [(str(step.action), step.address.name) for step in plan.steps]


def methods(plan: Plan) -> list[str]:
    """The calls of a plan."""
    return [call.method for step in plan.steps for call in step.calls]


def paths(plan: Plan) -> dict[str, list[str]]:
    """The properties that differ, by resource name."""
    return {
        step.address.name: [".".join(change.path) for change in step.fields] for step in plan.steps
    }


def codes(plan: Plan) -> list[str]:
    """The codes of a plan's findings."""
    return [found.code for found in plan.diagnostics]


def step_of(plan: Plan, id_: str) -> Step:
    return next(step for step in plan.steps if step.id == id_)
