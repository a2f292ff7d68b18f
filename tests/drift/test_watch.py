"""`drift --watch`: only news, patience when looking fails, and a clean end. No real waiting."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from reconciler.aws.clock import FakeClock
from reconciler.aws.errors import Retry
from reconciler.cli.world.live import World
from reconciler.cli.world.watching import Service
from reconciler.drift.watch import LONGEST, LookError, News, Watcher, compared, findings
from reconciler.model.actor import Actor, ActorKind
from reconciler.model.plan import Plan

from .events import ACCOUNT, drifted

LOOKS: list[tuple[Mapping[str, str], tuple[str, ...] | None]] = [
    ({}, ("first",)),
    ({}, None),
    ({"a": "1"}, ("new a",)),
    ({"a": "1"}, None),
    ({"a": "1", "b": "1"}, ("new b",)),
    ({"a": "2", "b": "1"}, ("changed a",)),
    ({"b": "1"}, ("gone a",)),
    ({"c": "1"}, ("new c", "gone b")),
    ({}, ("gone c",)),
    ({}, None),
]


def words(news: News) -> tuple[str, ...]:
    said = ["first"] if news.first else []
    for word in ("new", "changed", "gone"):
        said += [f"{word} {id_}" for id_ in getattr(news, word)]
    return tuple(said)


@dataclass
class Scene:
    """A watcher that looks at a list, and stops at its end."""

    looks: list[Any]
    every: float = 600.0
    clock: FakeClock = field(default_factory=FakeClock)
    said: list[Any] = field(default_factory=list)
    at: list[float] = field(default_factory=list)

    def look(self) -> Mapping[str, str]:
        self.at.append(self.clock.now())
        found = self.looks.pop(0)
        if isinstance(found, Exception):
            raise found
        return cast("Mapping[str, str]", found)

    def run(self) -> None:
        def failed(error: LookError, pause: float) -> None:
            self.said.append((str(error), pause))

        Watcher(
            self.look,
            lambda news: self.said.append(words(news)),
            failed,
            self.clock,
            self.every,
            lambda: not self.looks,
        ).run()


def test_only_news_is_told() -> None:
    scene = Scene([look for look, _ in LOOKS])
    scene.run()
    assert scene.said == [said for _, said in LOOKS if said is not None]
    assert scene.at == [600.0 * number for number in range(len(LOOKS))]


def test_it_backs_off_while_looking_fails_and_recovers() -> None:
    down = LookError("down")
    scene = Scene([{"a": "1"}, down, down, down, down, {"a": "1"}, {"a": "1"}, {}])
    scene.run()
    assert scene.said == [
        ("first", "new a"),
        ("down", 1200.0),
        ("down", 2400.0),
        ("down", LONGEST),
        ("down", LONGEST),
        ("gone a",),
    ]
    pauses = [later - sooner for sooner, later in zip(scene.at, scene.at[1:], strict=False)]
    assert pauses == [600, 1200, 2400, 3600, 3600, 600, 600]


def test_a_first_look_that_fails_is_followed_by_a_first_report() -> None:
    scene = Scene([LookError("down"), {}])
    scene.run()
    assert scene.said[-1] == ("first",)


def test_a_long_interval_is_kept_when_looking_fails() -> None:
    scene = Scene([LookError("down"), {}], every=7200.0)
    scene.run()
    assert scene.at == [0.0, 7200.0]


def test_the_same_findings_have_the_same_fingerprint() -> None:
    one = compared({}, {"a": "1", "b": "2"})
    other = compared({"x": "1"}, {"b": "2", "a": "1"})
    assert one.fingerprint == other.fingerprint
    assert compared({}, {"a": "2", "b": "2"}).fingerprint != one.fingerprint


def entry(**more: Any) -> dict[str, Any]:
    fields = [{"path": ["Threshold"], "declared": 1, "live": 2, "cause": "unknown"}]
    return {"type": "T", "name": "n", "kind": "changed", "fields": fields, "by": None, **more}


def test_who_did_it_is_no_news() -> None:
    one = findings({"drifted": [entry()]})
    assert one == findings({"drifted": [entry(by={"name": "alice"})]})
    other = entry(fields=[{"path": ["Threshold"], "declared": 1, "live": 3}])
    assert one.keys() == findings({"drifted": [other]}).keys()
    assert one != findings({"drifted": [other]})


# -- the command's part


class Session:
    interrupted = bool


class FakeWorld:
    session = Session()


PLAN = Plan("prod", "acme", ACCOUNT, "eu-west-1", (drifted(),))
BY = Actor(ActorKind.HUMAN, "alice", "CLI", "2026-11-20T14:02:11Z")


@dataclass
class Run:
    """A service that gets a list of reports or failures, then is stopped by a signal."""

    script: list[Any]
    as_json: bool = True
    said: list[str] = field(default_factory=list)
    asked: list[Any] = field(default_factory=list)
    signal: signal.Signals = signal.SIGTERM

    def __post_init__(self) -> None:
        self.service = Service(
            self.open, self.drift, 60.0, self.as_json, FakeClock(),
            lambda: datetime(2026, 11, 23, 8, tzinfo=UTC), self.said.append,
        )  # fmt: skip
        self.service.run()

    def open(self) -> World:
        if isinstance(self.script[0], BaseException):
            raise self.script.pop(0)
        return cast("World", FakeWorld())

    def drift(self, _world: World, remembered: Any) -> Any:
        entries = self.script.pop(0)
        plan = remembered(PLAN)
        self.asked.append([step.by for step in plan.steps])
        plan = replace(plan, steps=tuple(replace(step, by=BY) for step in plan.steps))
        if not self.script:
            os.kill(os.getpid(), self.signal)
        return plan, {"drifted": entries}, "the text"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_and_is_taken_back(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    run = Run([[entry()], []], signal=number)
    assert len(run.said) == 2
    assert run.service.stopping
    assert signal.getsignal(number) is before


def test_each_document_is_a_line() -> None:
    run = Run([[entry()], [entry()], []])
    first, last = (json.loads(line) for line in run.said)
    assert all("\n" not in line for line in run.said)
    assert (first["new"], first["changed"], first["gone"]) == (["T/n"], [], [])
    assert first["report"]["drifted"] == [entry()]
    assert (last["gone"], last["at"]) == (["T/n"], "2026-11-23T08:00:00Z")
    assert first["fingerprint"] != last["fingerprint"]


def test_who_is_known_is_not_asked_for_again() -> None:
    run = Run([[entry()], [entry()]])
    assert run.asked == [[None], [BY]]


@pytest.mark.parametrize(
    "failure", [SystemExit(1), Retry("sts.get_caller_identity", "Throttling", ""), OSError("no")]
)
def test_what_fails_is_told_and_tried_again(failure: BaseException) -> None:
    run = Run([failure, [entry()]])
    error, report = (json.loads(line) for line in run.said)
    assert error["again_in"] == 120.0
    assert error["error"]
    assert report["new"] == ["T/n"]


def test_people_get_text() -> None:
    run = Run([[entry()], []], as_json=False)
    assert run.said == [
        "2026-11-23T08:00:00Z  1 new",
        "the text\n",
        "2026-11-23T08:00:00Z  1 gone",
        "  gone       T/n",
        "the text\n",
    ]
