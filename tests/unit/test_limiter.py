"""The rate limit: what it lets through, how it falls and returns, and how long work then takes."""

from __future__ import annotations

import statistics

import pytest
from sweeps import LONG, sample

from reconciler.aws.clock import FakeClock, Faster
from reconciler.aws.errors import Retry
from reconciler.aws.limiter import CEILING, FALL, FLOOR, PLATEAU, Limiter
from reconciler.aws.session import Attempts, Session
from reconciler.facts.rates import family

from .fakes import Clients, refusal
from .queueing import Load, Ran, run

SERVICE, METHOD = "made", "get_it"
GUESS = family(SERVICE, METHOD).rate


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def limiter(clock: FakeClock) -> Limiter:
    return Limiter(clock)


def taken(limiter: Limiter, clock: FakeClock, service: str, method: str, calls: int) -> float:
    """Seconds that this many calls wait."""
    start = clock.now()
    for _ in range(calls):
        limiter.acquire(service, method)
    return clock.now() - start


def rate(limiter: Limiter, clock: FakeClock, service: str = SERVICE, method: str = METHOD) -> float:
    """Calls per second, once what was saved is spent."""
    while taken(limiter, clock, service, method, 1) == 0:
        pass
    return 1 / taken(limiter, clock, service, method, 1)


def busy(limiter: Limiter, calls: int) -> None:
    """Calls that wait and get through."""
    for _ in range(calls):
        limiter.served(limiter.acquire(SERVICE, METHOD))


DOCUMENTED = [
    ("cloudwatch", "put_metric_alarm", 3),
    ("cloudwatch", "describe_alarms", 9),
    ("cloudtrail", "lookup_events", 2),
    ("kms", "create_key", 5),
    ("kms", "describe_key", 2000),
    ("lambda", "create_function", 15),
    ("sns", "subscribe", 100),
    ("sns", "tag_resource", 10),
]


@pytest.mark.parametrize(("service", "method", "expected"), DOCUMENTED)
def test_a_documented_rate_is_kept(
    limiter: Limiter, clock: FakeClock, service: str, method: str, expected: float
) -> None:
    burst = int(family(service, method).burst)
    assert taken(limiter, clock, service, method, burst) == 0
    assert taken(limiter, clock, service, method, 90) == pytest.approx(90 / expected)
    for _ in range(300):
        limiter.served(limiter.acquire(service, method))
    assert rate(limiter, clock, service, method) == pytest.approx(expected)


def test_a_guess_grows_while_nobody_throttles(limiter: Limiter, clock: FakeClock) -> None:
    assert rate(limiter, clock) == pytest.approx(GUESS)
    busy(limiter, 60)
    assert rate(limiter, clock) == pytest.approx(CEILING)


def test_calls_that_never_wait_teach_nothing(limiter: Limiter, clock: FakeClock) -> None:
    for _ in range(500):
        clock.sleep(1.0)
        busy(limiter, 1)
    assert rate(limiter, clock) == pytest.approx(GUESS)


def test_calls_under_way_together_count_once(limiter: Limiter, clock: FakeClock) -> None:
    tickets = [limiter.acquire(SERVICE, METHOD) for _ in range(10)]
    for ticket in tickets:
        limiter.throttled(ticket)
    assert rate(limiter, clock) == pytest.approx(GUESS * FALL)
    limiter.throttled(limiter.acquire(SERVICE, METHOD))
    assert rate(limiter, clock) == pytest.approx(GUESS * FALL**2)


def test_the_last_good_rate_is_found_again_quickly_and_left_slowly(
    limiter: Limiter, clock: FakeClock
) -> None:
    limiter.throttled(limiter.acquire(SERVICE, METHOD))
    rates = []
    for _ in range(PLATEAU * 2):
        busy(limiter, 1)
        rates.append(rate(limiter, clock))
    assert rates == sorted(rates)
    assert rates[PLATEAU // 2] > 0.97 * GUESS
    assert rates[PLATEAU - 1] == pytest.approx(GUESS)
    assert rates[PLATEAU * 3 // 2] < 1.04 * GUESS
    assert rates[-1] > 1.15 * GUESS


def test_saved_calls_are_gone_once_it_throttles(limiter: Limiter, clock: FakeClock) -> None:
    limiter.throttled(limiter.acquire(SERVICE, METHOD))
    assert taken(limiter, clock, SERVICE, METHOD, 1) > 0


def test_the_rate_never_falls_below_the_floor(limiter: Limiter, clock: FakeClock) -> None:
    for _ in range(50):
        limiter.throttled(limiter.acquire(SERVICE, METHOD))
    assert rate(limiter, clock) == pytest.approx(FLOOR)


APART = {
    "another service": ("other", METHOD),
    "another Region": (f"{SERVICE}@us-east-1", METHOD),
    "another family": ("cloudwatch", "describe_alarms"),
}


@pytest.mark.parametrize("who", APART)
def test_what_has_a_bucket_of_its_own_does_not_wait_for(who: str) -> None:
    clock = FakeClock()
    limiter = Limiter(clock)
    for service, method in ((SERVICE, METHOD), ("cloudwatch", "put_metric_alarm")):
        for _ in range(20):
            limiter.throttled(limiter.acquire(service, method))
    assert taken(limiter, clock, *APART[who], 5) == 0


def test_on_a_faster_clock_the_rate_is_faster() -> None:
    clock = FakeClock()
    limiter = Limiter(Faster(clock, 10.0))
    taken(limiter, clock, "cloudwatch", "put_metric_alarm", 3)
    # a fake clock sleeps what it is told, a real one a tenth: ten times the tokens come meanwhile
    assert taken(limiter, clock, "cloudwatch", "put_metric_alarm", 1) == pytest.approx(1 / 3)
    assert taken(limiter, clock, "cloudwatch", "put_metric_alarm", 2) == 0


# -- the session


def test_an_answer_that_is_an_error_is_a_call_that_got_through() -> None:
    clock = FakeClock()
    limiter = Limiter(clock)
    script = [refusal("ValidationException")] * 30
    session = Session(Clients(*script), clock=clock, limiter=limiter)
    for _ in script:
        with pytest.raises(Exception, match="ValidationException"):
            session.send(SERVICE, METHOD, {})
    assert rate(limiter, clock) > GUESS


def test_a_throttled_call_waits_for_its_turn_and_not_for_more() -> None:
    clock = FakeClock()
    session = Session(Clients(refusal("Throttling")), clock=clock, limiter=Limiter(clock))
    session.send(SERVICE, METHOD, {})
    assert session.tried == 2
    assert clock.now() == pytest.approx(1 / (GUESS * FALL))


def test_a_call_that_is_throttled_for_ever_ends() -> None:
    clock = FakeClock()
    script = [refusal("Throttling")] * 100
    session = Session(Clients(*script), clock=clock, limiter=Limiter(clock))
    with pytest.raises(Retry):
        session.send(SERVICE, METHOD, {})
    assert session.tried == Attempts().most
    assert 10 < clock.now() < 120


def test_so_does_one_that_others_always_overtake() -> None:
    clock = FakeClock()
    session = Session(Clients(), clock=clock, limiter=Limiter(clock))
    others = Session(Clients(), clock=clock, limiter=session.limiter)

    class Unlucky:
        def client(self, _service: str) -> object:
            return self

        def get_it(self) -> None:
            others.send(SERVICE, METHOD, {})
            raise refusal("Throttling")

    session.clients = Unlucky()
    with pytest.raises(Retry):
        session.send(SERVICE, METHOD, {})
    assert session.tried > 10 * Attempts().most
    assert clock.now() == pytest.approx(Attempts().longest, rel=0.01)


# -- how long work takes


MOST = 1.3
REFUSED = 0.2
"""Throttled answers for each call that gets through."""


def ratio(load: Load, ran: Ran) -> float:
    assert ran.served == load.calls
    return ran.seconds / load.ideal


def bound(found: list[float]) -> float:
    """What the mean is below with 99 % confidence (Student's t, one side, 4 degrees of freedom)."""
    assert len(found) == 5
    return statistics.mean(found) + 3.747 * statistics.stdev(found) / len(found) ** 0.5


@pytest.mark.parametrize("burst", [1, 10, 20])
def test_ten_workers_use_ten_calls_a_second(burst: int) -> None:
    load = Load(rate=10, burst=burst, latency=0.02)
    runs = [run(load, seed) for seed in range(5 if LONG else 1)]
    found = [ratio(load, each) for each in runs]
    assert max(found) <= MOST
    assert not LONG or bound(found) <= MOST
    assert max(each.refused for each in runs) <= REFUSED * load.calls


SWEEP = [
    Load(rate=rate, burst=max(1, rate * seconds), workers=workers, latency=latency)
    for rate in range(1, 101)
    for seconds in (0.5, 1, 2)
    for workers in (3, 10, 30)
    for latency in (0.02, 0.2)
]


@pytest.mark.parametrize("load", sample(SWEEP, 600), ids=str)
def test_any_rate_is_used(load: Load) -> None:
    found = run(load)
    assert ratio(load, found) <= MOST
    # many more workers than calls: most had their place in the queue when the rate fell
    assert found.refused <= (REFUSED if load.workers <= 10 else 4 * REFUSED) * load.calls


TURNS = [
    Load(rate=before, burst=before, turns_to=after)
    for before in (5, 10, 20, 50)
    for after in (2, 5, 10, 20, 50, 100)
    if before != after
]


@pytest.mark.parametrize("load", sample(TURNS, 12), ids=str)
def test_a_rate_that_changes_half_way_is_followed(load: Load) -> None:
    assert ratio(load, run(load)) <= MOST


def test_a_long_queue_fails_no_call() -> None:
    """Half a call a second, thirty workers: each call is refused many times."""
    load = Load(rate=0.5, burst=1, calls=120, workers=30, latency=0.05)
    assert run(load).served == load.calls
