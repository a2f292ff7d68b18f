"""Carry out a plan: walk its steps in parallel, wait, verify, and report.

Apply never decides what to do; it sends the plan's calls. Before a step it
looks once more and stops that branch when the resource is not as the plan saw
it. What is refused, and what depends on a refused or a failed step, is skipped;
everything else is finished.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from functools import partial
from graphlib import TopologicalSorter
from uuid import uuid4

from reconciler.aws.clock import Clock
from reconciler.aws.ending import Ended, StepError
from reconciler.aws.errors import AwsError, Closed, Denied, Expired
from reconciler.aws.fresh import Earlier
from reconciler.aws.sending import Assets
from reconciler.aws.session import Session
from reconciler.aws.step import Runner
from reconciler.model.event import (
    ENDED,
    HANDED_OVER,
    INTERRUPTED,
    REFUSED,
    RunFinished,
    Sink,
    StepFailed,
    StepFinished,
    StepSkipped,
    StepStarted,
)
from reconciler.model.plan import WIDEN, Plan, Step
from reconciler.resources.api import Place, Resource

WORKERS = 10
DONE = "done"
LATER = "log in again and run `moorline apply --resume`: it sees how this ended and goes on"


@dataclass(frozen=True, slots=True)
class Outcome:
    """Ids of the steps, by how they ended: each step of the plan is in one of the three."""

    done: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    skipped: tuple[str, ...] = ()
    interrupted: bool = False

    @property
    def ok(self) -> bool:
        return not (self.failed or self.skipped)


@dataclass(slots=True)
class Interrupt:
    """Asks a run to stop: what is in flight is finished, nothing new is begun."""

    _asked: threading.Event = field(default_factory=threading.Event)
    _over: Callable[[], bool] = bool

    def watch(self, over: Callable[[], bool]) -> None:
        """Stop also as soon as this says so, such as a lost lease."""
        self._over = over

    def ask(self) -> None:
        """Stop soon."""
        self._asked.set()

    def __call__(self) -> bool:
        return self._asked.is_set() or self._over()


def apply(  # noqa: PLR0913 - a plan, the world it runs in, and who listens
    plan: Plan,
    session: Session,
    resources: Mapping[str, Resource],
    place: Place,
    sink: Sink,
    *,
    interrupt: Interrupt | None = None,
    workers: int = WORKERS,
    run: str = "",
    earlier: Earlier = dict,
    assets: Assets | None = None,
) -> Outcome:
    """Run every step of a plan that is not refused; what is, and what needs it, is told as skipped.

    `run` is the id of this run: the same requests of another run are other requests. `earlier`
    is asked where a policy refuses something: rights that a run has just changed may not decide
    yet. `assets` reads the bytes of what is put, and raises StepError where they are others. The
    caller has checked that the plan has no errors and that the account is the right one.
    """
    interrupt = interrupt or Interrupt()
    going = _Run(plan, session, resources, place, sink, interrupt, run, earlier)
    if assets:
        going.runner.sender.assets = assets
    return going.all(workers)


class _Run:
    def __init__(  # noqa: PLR0913 - see `apply`
        self,
        plan: Plan,
        session: Session,
        resources: Mapping[str, Resource],
        place: Place,
        sink: Sink,
        interrupt: Interrupt,
        run: str,
        earlier: Earlier,
    ) -> None:
        self.held = plan.held
        self.planned = {step.id: step for step in plan.steps}
        self.steps = {id_: step for id_, step in self.planned.items() if id_ not in self.held}
        self.clock: Clock = session.clock
        self.interrupt = interrupt
        self._lock = threading.Lock()
        self._sink = sink
        self.runner = Runner(session, resources, place, self.emit, earlier)
        first = (id_ for id_ in self.planned if id_.endswith(WIDEN))
        self.runner.lasts = {id_: self.planned[id_.removesuffix(WIDEN)] for id_ in first}
        self.runner.sender.run_id = run or uuid4().hex
        self.runner.finder.rosters.expect(self.steps.values())
        self.before: dict[str, list[str]] = {}
        self.causes: dict[str, str] = {}
        """Why something did not run: the step that failed, or the interruption."""
        self.over: Expired | None = None
        """Why nothing more can be asked of AWS."""
        self.ended: dict[str, str] = {}

    def emit(self, event: object) -> None:
        with self._lock:
            self._sink(event)  # type: ignore[arg-type]  # the union is closed in model.event

    def all(self, workers: int) -> Outcome:
        """Run what is ready, in parallel, until nothing is left or nothing can go on."""
        order = self._order()
        for id_, cause in self.held.items():
            self._skip(self.planned[id_], REFUSED if cause == id_ else cause)
        ready: list[str] = []
        flying: dict[Future[str], str] = {}
        with ThreadPoolExecutor(workers) as pool:
            while order.is_active():
                ready += order.get_ready()
                while ready and len(flying) < workers:  # a queued step could not be called back
                    work = self._begin(name := ready.pop(0), order)
                    if work is not None:
                        flying[pool.submit(work)] = name
                if flying:
                    finished, _ = wait(flying, return_when=FIRST_COMPLETED)
                    for future in finished:
                        name = flying.pop(future)
                        self.ended[name] = future.result()
                        order.done(name)
        return self._outcome()

    def _order(self) -> TopologicalSorter[str]:
        """Steps and types as nodes: a type is done when every step on it is.

        Raises:
            CycleError: the steps need each other, which a planner must not produce.
        """
        for step in self.steps.values():
            self.before[step.id] = [need for need in step.needs if need in self.steps]
            self.before[step.id] += step.after
            self.before.setdefault(step.address.type, []).append(step.id)
        order = TopologicalSorter(self.before)
        order.prepare()
        return order

    def _begin(self, name: str, order: TopologicalSorter[str]) -> Callable[[], str] | None:
        """What to do now; nothing for a type that is seen, and for a step that cannot run."""
        step = self.steps.get(name)
        waits = step.waits if step else self.before.get(name, ())
        bad = next((n for n in waits if self.ended.get(n, DONE) != DONE), "")
        if step is None:
            self.ended[name] = self.causes[name] = self.causes.get(bad, bad) or DONE
            if self.runner.unseen(name) and not self.interrupt():
                return partial(self._seen, name)
        elif bad:
            self._skip(step, self.causes.get(bad, bad))
        elif self.interrupt():
            self._skip(step, ENDED if self.over else INTERRUPTED)
        else:
            return partial(self._one, step)
        order.done(name)
        return None

    def _skip(self, step: Step, cause: str) -> None:
        self.ended[step.id], self.causes[step.id] = "skipped", cause
        now = self.clock.now()
        self.emit(StepSkipped(step.id, step.address, step.action, now, cause))

    def _one(self, step: Step) -> str:
        self.emit(StepStarted(step.id, step.address, step.action, self.clock.now()))
        ended = self._tried(step, self.runner.run) or Ended()
        if isinstance(ended, str):
            return ended
        now = self.clock.now()
        self.emit(StepFinished(step.id, step.address, step.action, now, ended.desired, ended.live))
        return DONE

    def _seen(self, type_: str) -> str:
        """See that AWS shows what the steps of a type have made and deleted; how the type ended."""
        for step, look in self.runner.looks(type_):
            if isinstance(failed := self._tried(step, look), str):
                self.ended[step.id] = failed
                if self.ended[type_] == DONE:
                    self.ended[type_] = self.causes[type_] = step.id
        return self.ended[type_]

    def _tried(self, step: Step, work: Callable[[Step], Ended | None]) -> Ended | str | None:
        """What a step left behind, or how it failed, which is told."""
        try:
            return work(step)
        except Expired as error:
            return self._handed_over(step, error)
        except StepError as error:
            if self.over and error.code == "APPLY010":  # it would have asked next
                return self._handed_over(step, self.over)
            return self._failed(step, error.code, str(error), error.help)
        except Closed as error:
            return self._failed(step, "CLOSED004", str(error), error.help)
        except AwsError as error:
            return self._failed(step, "APPLY002", str(error), self._allowed(step, error))
        except Exception as error:  # noqa: BLE001 - one step's fault must not stop the others
            return self._failed(step, "APPLY009", f"{type(error).__name__}: {error}", "")

    def _allowed(self, step: Step, error: AwsError) -> str:
        """What has to be allowed, where AWS's refusal does not say all of it."""
        method = error.what.split()[0].rpartition(".")[2]
        known = self.runner.resources[step.address.type].aside.both
        return known.get(method, "") if isinstance(error, Denied) else ""

    def _handed_over(self, step: Step, error: Expired) -> str:
        """Nothing more can be known of this step by this run; it begins no other."""
        self.over = self.over or error
        self.interrupt.ask()
        getattr(self.clock, "wake", bool)()
        return self._failed(step, HANDED_OVER, f"{ENDED}: {error}", LATER)

    def _failed(self, step: Step, code: str, message: str, hint: str) -> str:
        now = self.clock.now()
        event = StepFailed(step.id, step.address, step.action, now, code, message, hint)
        self.emit(event)
        return "failed"

    def _outcome(self) -> Outcome:
        by: dict[str, list[str]] = {DONE: [], "failed": [], "skipped": []}
        for id_ in self.planned:
            by[self.ended[id_]].append(id_)
        done, failed, skipped = (tuple(by[how]) for how in (DONE, "failed", "skipped"))
        now = self.clock.now()
        self.emit(RunFinished(len(done), len(failed), len(skipped), now))
        return Outcome(done, failed, skipped, interrupted=self.interrupt())
