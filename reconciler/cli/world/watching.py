"""`moorline drift --watch`: the report as a service, until it is told to stop."""

from __future__ import annotations

import json
import signal
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import click

from reconciler.aws.clock import Clock, RealClock
from reconciler.aws.errors import AwsError
from reconciler.cli.world.live import World
from reconciler.drift.watch import LookError, News, Watcher, findings
from reconciler.model.actor import ActorKind
from reconciler.model.plan import Plan
from reconciler.model.receipt import iso
from reconciler.model.value import Json

Found = tuple[Plan, Mapping[str, Json], str]
"""A plan with its drift, the report as JSON, and as text."""


@dataclass(slots=True)
class Service:
    """Looks with `drift`, which is given the plan and who is known already."""

    open: Callable[[], World]
    drift: Callable[[World, Callable[[Plan], Plan]], Found]
    every: float
    as_json: bool
    clock: Clock = field(default_factory=RealClock)
    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    said: Callable[[str], None] = click.echo
    stopping: bool = False
    _last: Plan | None = None
    _digests: Mapping[str, str] = field(default_factory=dict)
    _report: Mapping[str, Json] = field(default_factory=dict)
    _text: str = ""

    def run(self) -> None:
        """Until SIGTERM or SIGINT. What is being read when it comes is read to its end."""
        watcher = Watcher(
            self._look, self._tell, self._failed, self.clock, self.every, lambda: self.stopping
        )
        with self._signals():
            watcher.run()

    def stop(self) -> None:
        """End after the present look, and do not wait for the next."""
        self.stopping = True
        getattr(self.clock, "wake", bool)()

    @contextmanager
    def _signals(self) -> Iterator[None]:
        numbers = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.getsignal(number) for number in numbers}

        def heard(*_: object) -> None:
            self.stop()
            for number, handler in before.items():  # asked twice, it ends at once
                signal.signal(number, handler)

        for number in numbers:
            signal.signal(number, heard)
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _look(self) -> Mapping[str, str]:
        try:
            world = self.open()
            world.session.interrupted = lambda: self.stopping
            plan, self._report, self._text = self.drift(world, self._remembered)
        except SystemExit as error:  # what is wrong was said already
            raise LookError(f"exit {error.code}") from error
        except (AwsError, OSError) as error:
            raise LookError(str(error)) from error
        self._last, self._digests = plan, findings(self._report)
        return self._digests

    def _remembered(self, plan: Plan) -> Plan:
        """The plan with who was found out before, for what is still the same."""
        before = {step.id: step for step in self._last.steps} if self._last else {}
        steps = []
        for step in plan.steps:
            old = before.get(step.id)
            same = old is not None and old.fields == step.fields and old.reason is step.reason
            known = old.by if old and same else None
            if known and known.kind is not ActorKind.UNKNOWN:
                step = replace(step, by=known)  # noqa: PLW2901 - the same step, with a name
            steps.append(step)
        return replace(plan, steps=tuple(steps))

    def _tell(self, news: News) -> None:
        at = iso(self.now())
        if self.as_json:
            lists = {"new": news.new, "changed": news.changed, "gone": news.gone}
            document = {
                "at": at,
                "fingerprint": news.fingerprint,
                **{key: list(ids) for key, ids in lists.items()},
                "report": dict(self._report),
            }
            self.said(json.dumps(document, sort_keys=True, default=str))
            return
        parts = [(len(news.new), "new"), (len(news.changed), "changed"), (len(news.gone), "gone")]
        counts = ", ".join(f"{number} {word}" for number, word in parts if number)
        self.said(f"{at}  {counts or 'no drift'}")
        for id_ in news.gone:
            self.said(f"  gone       {id_}")
        self.said(self._text + "\n")

    def _failed(self, error: LookError, pause: float) -> None:
        text = f"could not look: {error}; again in {pause:.0f} s"
        if self.as_json:
            self.said(json.dumps({"at": iso(self.now()), "error": str(error), "again_in": pause}))
        else:
            click.echo(f"{iso(self.now())}  {text}", err=True)
