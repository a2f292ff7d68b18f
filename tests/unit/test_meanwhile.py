"""What another apply is making while a plan is made, from the notes of that apply."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.cli.world import meanwhile
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.plan import Plan
from reconciler.model.receipt import Receipt, ReceiptError, Result, StepRecord
from reconciler.plan.claims import UNTAGGED

AT, OTHER = Address("AWS::CloudWatch::Alarm", "a"), Address("AWS::CloudWatch::Alarm", "b")
FOUND = Diagnostic("PLAN001", f"'a' exists but is not ours: {UNTAGGED}", address=AT)
PLAN = Plan("dev", "acme", "1", "eu-west-1", diagnostics=(FOUND,))


def note(address: Address, action: str = "create") -> Receipt:
    step = StepRecord(str(address), address, action, "Monitor/x", Result.UNFINISHED)
    place = ("dev", "acme", "1", "eu-west-1", "alice")
    return Receipt("1", *place, "2026-11-29T12:00:00Z", "", "", Result.UNFINISHED, steps=(step,))


class Store:
    def __init__(self, begun: Receipt | Exception | None) -> None:
        self._begun = begun
        self.asked = 0

    def begun(self) -> Receipt | None:
        self.asked += 1
        if isinstance(self._begun, Exception):
            raise self._begun
        return self._begun


def code(begun: Receipt | Exception | None, found: Diagnostic = FOUND) -> str:
    store: Any = Store(begun)
    return meanwhile.told(replace(PLAN, diagnostics=(found,)), store).diagnostics[0].code


FOREIGN = replace(FOUND, message="'a' exists but is not ours: it belongs to 'other/prod'")
ROWS: dict[str, tuple[Any, Diagnostic, str]] = {
    "another apply makes it": (note(AT), FOUND, "PLAN011"),
    "another apply makes it anew": (note(AT, "replace"), FOUND, "PLAN011"),
    "it makes another": (note(OTHER), FOUND, "PLAN001"),
    "it changes what is there": (note(AT, "update"), FOUND, "PLAN001"),
    "nobody applies": (None, FOUND, "PLAN001"),
    "notes cannot be read": (ReceiptError("no"), FOUND, "PLAN001"),
    "it has another owner": (note(AT), FOREIGN, "PLAN001"),
}


@pytest.mark.parametrize(("begun", "found", "expected"), ROWS.values(), ids=ROWS)
def test_what_shows_no_tags_yet(begun: Any, found: Diagnostic, expected: str) -> None:
    assert code(begun, found) == expected


def test_it_says_who_and_since_when_and_stays_an_error() -> None:
    store: Any = Store(note(AT))
    (found,) = meanwhile.told(PLAN, store).diagnostics
    assert found.is_error
    assert ("alice" in found.message, "2026-11-29T12:00:00Z" in found.message) == (True, True)


def test_notes_are_not_read_where_nothing_is_in_the_way() -> None:
    store: Any = Store(None)
    assert meanwhile.told(replace(PLAN, diagnostics=()), store).diagnostics == ()
    assert store.asked == 0
