"""A platform whose applies keep receipts in a bucket, as `moorline apply --json` does."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from reconciler.aws.clock import FakeClock
from reconciler.aws.limiter import Limiter
from reconciler.aws.session import READS, Session
from reconciler.cli.frame.project import Exit, Project
from reconciler.cli.verbs import apply
from reconciler.cli.world import live, receipts
from reconciler.cli.world.live import World
from reconciler.receipts.s3 import S3Store
from reconciler.receipts.store import Store
from reconciler.sandbox.inprocess import Sandbox

from .platform import Clients, Platform

KEPT = "receipts"
START = datetime(2026, 11, 23, 8, 0, 0, tzinfo=UTC)
ALICE = "arn:aws:iam::123456789012:user/alice"


class Now:
    """A wall clock that moves when it is told to."""

    def __init__(self, at: datetime = START) -> None:
        self.at = at

    def __call__(self) -> datetime:
        return self.at


@dataclass(slots=True)
class Said:
    """How a command ended and what it said."""

    code: Exit
    json: Any

    @property
    def codes(self) -> list[str]:
        """Codes about the receipt and the lease, or of why nothing was done."""
        known = self.json.get("diagnostics")
        found = self.json["receipt"]["problems"] if known is None else known
        return [each["code"] for each in found]


@dataclass(slots=True)
class Team:
    """A platform whose applies keep receipts, and somebody else with the same bucket."""

    platform: Platform
    aws: Sandbox
    now: Now
    capsys: pytest.CaptureFixture[str]

    def store(self, now: Now | None = None) -> S3Store:
        """The store as another machine would have it, perhaps with a clock of its own."""
        clock = FakeClock()
        session = Session(Clients(), clock=clock, limiter=Limiter(clock, unlimited=True))
        return S3Store(session, KEPT, "", "dev", now or self.now)

    def apply(
        self, store: Store | None = None, *, resume: bool = False, destroy: bool = False
    ) -> Said:
        """What `moorline apply --json` does once it has a plan."""
        session, request = self.platform.session, self.platform.request(destroy=destroy)
        session.caller = ALICE
        project = Project(Path("specs"), Path("environments"), True, True)
        world = World(project, request.view, session, request, 0.0)
        world.book.store = store or S3Store(session, KEPT, "", "dev", self.now)
        world.book.now = self.now
        self.capsys.readouterr()
        try:
            plan = world.plan()
            live.stop_on_errors(project, plan)
            plan = receipts.resumed(world, plan) if resume else plan
            code = apply.finish(plan, world, ask=False, verbose=False)
        except SystemExit as end:
            code = Exit(int(str(end.code)))
        return Said(code, json.loads(self.capsys.readouterr().out))

    @property
    def writes(self) -> int:
        """Requests so far that changed something outside the bucket of the receipts."""
        calls = self.platform.session.calls
        changing = {
            call: n for call, n in calls.items() if not call.split(".")[1].startswith(READS)
        }
        return sum(n for call, n in changing.items() if call != "s3.put_object")

    @property
    def keys(self) -> list[str]:
        found = self.platform.client("s3").list_objects_v2(Bucket=KEPT).get("Contents", [])
        return [each["Key"] for each in found]
