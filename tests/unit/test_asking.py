"""What contradicts itself is asked again for a while, and everything else is not."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from reconciler.aws.asking import SECONDS, UNKNOWN, Asker
from reconciler.aws.clock import FakeClock
from reconciler.aws.errors import AwsError, Denied, Gone, Rejected, contradiction, incomplete
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic


class Asked:
    """Fails so many times, each in the same way."""

    def __init__(self, error: AwsError, times: int) -> None:
        self.error, self.times, self.tried = error, times, 0

    def __call__(self, _name: str) -> str:
        self.tried += 1
        if self.tried <= self.times:
            raise self.error
        return "read"


def asked(read: Asked, *names: str) -> tuple[list[object], list[Diagnostic], float]:
    """What is read, what is found, and how long it took."""
    clock, found = FakeClock(), list[Diagnostic]()
    began = clock.now()
    asker = Asker(clock, lambda *_: None, found)
    with ThreadPoolExecutor(1) as pool:
        out = asker.all(pool, "things", [*names], read, lambda name: Address("M::Base", name))
    return [*out], found, clock.now() - began


@pytest.mark.parametrize(
    "error",
    [
        contradiction("a.read", "it is there"),
        Gone("a.b", "No", ""),
        Rejected("sns.list_tags_for_resource", "ResourceNotFound", "Resource does not exist"),
        Rejected("sagemaker.list_tags", "ValidationException", "Could not find endpoint config"),
    ],
)
def test_a_contradiction_is_asked_again(error: AwsError) -> None:
    for times in (1, 5, 12):
        out, found, spent = asked(Asked(error, times), "a")
        assert (out, found) == (["read"], [])
        assert 0 < spent <= SECONDS


def test_all_of_them_together_are_waited_for_as_long_as_one() -> None:
    out, found, spent = asked(Asked(contradiction("a.read", "no"), 10**6), *"abcdefgh")
    assert out == [UNKNOWN] * 8
    assert [each.code for each in found] == ["AWS002"] * 8
    assert SECONDS <= spent < SECONDS + 10


@pytest.mark.parametrize(
    "error", [Rejected("a.b", "No", ""), Denied("a.b", "No", ""), incomplete("a.b", "empty")]
)
def test_what_is_no_contradiction_is_not_asked_again(error: AwsError) -> None:
    read = Asked(error, 1)
    out, found, spent = asked(read, "a")
    assert (out, len(found), spent, read.tried) == ([UNKNOWN], 1, 0, 1)
