"""What endpoints meet: how many requests, how their models answer, and what CloudWatch says of it.

Everything holds from the moment when it was said on, so that a minute that has passed stays as it
was. Nothing is drawn by chance unless `noise` is asked for, and then by a fixed seed.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from fnmatch import fnmatchcase
from typing import Any

DELAY = 120.0
"""Seconds until CloudWatch shows a request; one to three minutes is usual."""
STATES = ("OK", "ALARM", "INSUFFICIENT_DATA")
STATUSES = ("Complete", "PartialData", "InternalError", "Forbidden")
SHARES = ("errors", "client_errors")


@dataclass(slots=True)
class Behaviour:
    """How a model answers; what is None is left as it was said before."""

    of: str
    """A model's name, ENDPOINT/VARIANT, or a pattern of either as of a shell."""
    errors: float | None = None
    """The share of requests that end in a 5XX of the model."""
    client_errors: float | None = None
    """The share that ends in a 4XX."""
    latency: float | None = None
    """Milliseconds that half of the answers take; 50 where nothing is said."""
    spread: float | None = None
    """How much longer than these the slowest hundredth takes: 3 times where nothing is said."""
    overhead: float | None = None
    """Milliseconds that SageMaker adds; 5 where nothing is said."""
    cpu: float | None = None
    """Percent of a host; so are the others. Of a GPU there are figures only where one is said."""
    memory: float | None = None
    disk: float | None = None
    gpu: float | None = None
    gpu_memory: float | None = None
    since: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a share is not between 0 and 1, or a number is negative.
        """
        for each in fields(self):
            value = getattr(self, each.name)
            if each.name == "of" or value is None:
                continue
            if value < 0 or (each.name in SHARES and value > 1):
                raise ValueError(f"{self.of}: {each.name} of {value} cannot be")


@dataclass(slots=True)
class Answer:
    """What the next readings of metrics answer instead of the whole."""

    status: str
    """A StatusCode. PartialData leaves out the newer half; the last two have no values."""
    of: str = "*"
    """The ids of queries, a pattern."""
    times: int = 1

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: there is no such status.
        """
        if self.status not in STATUSES:
            raise ValueError(f"no status {self.status!r}; use one of {', '.join(STATUSES)}")


@dataclass(slots=True)
class Point:
    """Values that somebody has measured: AWS or a business."""

    namespace: str
    name: str
    dimensions: dict[str, str]
    at: float
    value: float
    count: float = 1.0


@dataclass(slots=True)
class Traffic:
    """All of it, by account-wide names: an endpoint's name is the same in every Region."""

    rates: dict[str, list[tuple[float, float]]] = field(default_factory=dict)
    """By endpoint: since when, and requests a second."""
    behaviours: list[Behaviour] = field(default_factory=list)
    answers: list[Answer] = field(default_factory=list)
    points: list[Point] = field(default_factory=list)
    held: dict[str, str] = field(default_factory=dict)
    """Alarms whose state is said, whatever is measured."""
    delay: float = DELAY
    page: int = 0
    """The most values of a page of GetMetricData; zero for as many as are asked for."""
    noise: int = 0
    """A seed, for numbers that are drawn; zero for numbers that are as expected."""

    def rate(self, endpoint: str, at: float) -> float:
        """Requests a second at a moment."""
        told = [rate for since, rate in self.rates.get(endpoint, ()) if since <= at]
        return told[-1] if told else 0.0

    def send(self, endpoint: str, rate: float, at: float) -> None:
        """From a moment on an endpoint gets so many requests a second.

        Raises:
            ValueError: a negative rate.
        """
        if rate < 0:
            raise ValueError(f"{endpoint}: a rate of {rate} cannot be")
        self.rates.setdefault(endpoint, []).append((at, rate))

    def behaviour(self, names: Iterable[str], at: float) -> dict[str, float]:
        """What was said of these names up to a moment, the last word counts."""
        found: dict[str, float] = {}
        wanted = tuple(names)
        for each in self.behaviours:
            if each.since <= at and any(fnmatchcase(name, each.of) for name in wanted):
                told = asdict(each)
                found |= {k: v for k, v in told.items() if v is not None and k != "of"}
        return found

    def changes(self, endpoint: str) -> list[float]:
        """The moments when anything of an endpoint changed."""
        return [*(since for since, _ in self.rates.get(endpoint, ())),
                *(each.since for each in self.behaviours)]  # fmt: skip

    def status(self, query: str) -> str:
        """What a reading of a query answers now; a script that fits is used up by one."""
        for each in self.answers:
            if each.times > 0 and fnmatchcase(query, each.of):
                each.times -= 1
                return each.status
        return "Complete"

    def hold(self, alarm: str, state: str) -> None:
        """Say the state of an alarm; "" lets it follow what is measured again.

        Raises:
            ValueError: there is no such state.
        """
        if state and state not in STATES:
            raise ValueError(f"no state {state!r} of {alarm}; use one of {', '.join(STATES)}")
        self.held.pop(alarm, None)
        if state:
            self.held[alarm] = state

    def clear(self) -> None:
        """Back to nothing."""
        self.rates.clear()
        self.behaviours.clear()
        self.answers.clear()
        self.points.clear()
        self.held.clear()
        self.delay, self.page, self.noise = DELAY, 0, 0

    def state(self) -> dict[str, Any]:
        """What the control API shows, and snapshots keep."""
        return asdict(self)

    def restore(self, state: dict[str, Any]) -> None:
        """Take over a saved `state`."""
        self.clear()
        self.rates |= {name: [(at, n) for at, n in told] for name, told in state["rates"].items()}
        self.behaviours += [Behaviour(**each) for each in state["behaviours"]]
        self.answers += [Answer(**each) for each in state["answers"]]
        self.points += [Point(**each) for each in state["points"]]
        self.held |= state["held"]
        self.delay, self.page, self.noise = state["delay"], state["page"], state["noise"]
