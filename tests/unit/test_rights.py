"""Refusals and old answers soon after a change: by this run, another one, or whoever made it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.aws.ending import Ended
from reconciler.aws.fresh import Changed
from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.event import StepWaiting
from reconciler.model.receipt import (
    CallRecord,
    Receipt,
    ReceiptError,
    ResourceRecord,
    Result,
    StepRecord,
    iso,
)
from reconciler.receipts import recent
from reconciler.resources import api

from .fakes import PLACE, RESOURCES, address, refusal
from .service import AT, DELETE, OURS, PLAIN, UPDATE, Service, run, seen, step

DENIED = refusal("AccessDeniedException", "not authorized to perform: made:UpdateIt", 403)
UPDATING = step(Action.UPDATE, UPDATE, seen=seen(1))
KEY = Address("M::Base", "acme-dev-key")
ARN = "arn:aws:made:eu-west-1:123456789012:key/"
USING = replace(UPDATING, calls=(replace(UPDATE, params={"Name": "acme-dev-x", "Key": f"{ARN}1"}),))


def earlier(changed: Mapping[Address, Changed]) -> Any:
    asked: list[int] = []

    def ask() -> Mapping[Address, Changed]:
        asked.append(1)
        return changed

    ask.asked = asked  # type: ignore[attr-defined]
    return ask


SEALED = replace(UPDATING, desired={**UPDATING.desired, "Uses": f"{ARN}1"})
ROWS: dict[str, tuple[Any, Mapping[Address, Changed], bool]] = {
    "the thing itself": (UPDATING, {AT: Changed(0.0, 120.0)}, True),
    "a key that a call names by its kind": (USING, {KEY: Changed(0.0, 120.0, ARN)}, True),
    "a key that is part of it": (SEALED, {KEY: Changed(0.0, 120.0, ARN)}, True),
    "another thing": (UPDATING, {KEY: Changed(0.0, 120.0, ARN)}, False),
    "nothing": (UPDATING, {}, False),
}


@pytest.mark.parametrize(("what", "changed", "waits"), ROWS.values(), ids=ROWS)
def test_what_an_earlier_run_has_just_changed_is_waited_for(
    what: Any, changed: Mapping[Address, Changed], waits: bool
) -> None:
    service = Service(1, update_it=[DENIED, DENIED, DENIED, 2])
    _, events = run(service, what, PLAIN, earlier=earlier(changed))
    assert len(service.wrote) == (4 if waits else 1)
    told = [event.state for event in events if isinstance(event, StepWaiting)]
    assert told.count("AccessDeniedException: the rights are spreading") == (3 if waits else 0)


def test_a_key_that_is_not_seen_yet_is_waited_for_by_what_it_protects() -> None:
    unseen = refusal("ValidationException", "Invalid KMS key: NotFoundException: no such key")
    service = Service(1, update_it=[unseen, unseen, 2])
    run(service, SEALED, PLAIN, earlier=earlier({KEY: Changed(120.0, 0.0, ARN)}))
    assert len(service.wrote) == 3


def test_it_is_waited_for_as_long_as_rights_may_spread_and_no_longer() -> None:
    service = Service(1, update_it=[DENIED])
    ended, _ = run(service, UPDATING, PLAIN, earlier=earlier({AT: Changed(0.0, 40.0)}))
    assert ended[0] == "Denied"
    assert 35 <= service.clock.now() <= 60


def test_nobody_is_asked_of_earlier_runs_where_nothing_is_refused() -> None:
    ask = earlier({})
    run(Service(1, update_it=[2]), UPDATING, PLAIN, earlier=ask)
    assert ask.asked == []
    run(Service(1, update_it=[DENIED]), UPDATING, PLAIN, earlier=ask)
    assert ask.asked == [1]


def test_a_deletion_is_waited_for_too() -> None:
    gone = step(Action.DELETE, DELETE, seen=replace(seen(1), props={}))
    service = Service(1, delete_it=[DENIED, (None, "nothing")])
    ended, _ = run(service, gone, PLAIN, earlier=earlier({AT: Changed(0.0, 120.0)}))
    assert isinstance(ended, Ended)


LATELY = {AT: Changed(120.0)}


def test_a_look_from_before_an_earlier_run_is_no_change() -> None:
    service = Service(1, update_it=[2])
    service.lag = [5, 5]
    assert run(service, UPDATING, PLAIN)[0][0] == "APPLY001"
    service = Service(1, update_it=[2])
    service.lag = [5, 5]
    assert isinstance(run(service, UPDATING, PLAIN, earlier=earlier(LATELY))[0], Ended)


def test_what_was_changed_meanwhile_is_told_in_the_end() -> None:
    service = Service(5, update_it=[2])
    ended, _ = run(service, UPDATING, PLAIN, earlier=earlier(LATELY))
    assert ended[0] == "APPLY001"
    assert service.wrote == []
    assert 115 <= service.clock.now() <= 130


def test_what_is_not_shown_yet_is_deleted_all_the_same() -> None:
    gone = step(Action.DELETE, DELETE, seen=replace(seen(1), props={}))
    service = Service(1, "gone", "gone", "Up", delete_it=[(None, "nothing")])
    run(service, gone, PLAIN, earlier=earlier(LATELY))
    assert service.wrote == ["delete_it"]


@pytest.mark.parametrize(("age", "waits"), [(5.0, True), (-30.0, True), (600.0, False)])
def test_what_is_minutes_old_by_aws_own_word_is_waited_for(age: float, waits: bool) -> None:
    made = datetime.now(UTC) - timedelta(seconds=age)

    class Dated(Service):
        def describe_it(self, **params: Any) -> dict[str, Any]:
            return {**super().describe_it(**params), "Made": made}

    by = replace(PLAIN, outputs={"Id": ("Id",), "Made": ("Made",)}, dated="Made")
    service = Dated(1, tags=OURS, update_it=[DENIED, 2])
    ended, _ = run(service, UPDATING, by)
    assert isinstance(ended, Ended) is waits


# -- what receipts tell

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)


class Store:
    """Receipts, newest first."""

    def __init__(self, *receipts: Receipt) -> None:
        self.kept = {each.id: each for each in receipts}
        self.read_: list[str] = []

    def ids(self) -> list[str]:
        return [*self.kept]

    def read(self, id_: str) -> Receipt | None:
        self.read_.append(id_)
        return self.kept[id_]


def receipt(id_: str, ago: float, *calls: tuple[str, str], error: str = "") -> Receipt:
    steps = tuple(
        StepRecord(name, address("base", name), "create", "Kind/x", Result.DONE)
        for name, _ in calls
    )
    made = tuple(CallRecord(name, "made", method, name, 0.1, 1, error) for name, method in calls)
    ended = iso(NOW - timedelta(seconds=ago))
    place = ("dev", "acme", "123456789012", "eu-west-1", "alice")
    return Receipt(id_, *place, ended, ended, "", Result.DONE, steps=steps, calls=made)


def test_calls_that_decide_on_rights_count_from_the_end_of_their_apply() -> None:
    store: Any = Store(
        receipt("3", 20.0, ("a", "create_it"), ("b", "update_it")),
        receipt("2", 90.0, ("a", "tag"), ("c", "untag")),
        receipt("1", 400.0, ("d", "create_it")),
    )
    found = recent.changed(store, RESOURCES, PLACE, NOW)
    assert {at.name: (round(it.shows), round(it.allows)) for at, it in found.items()} == {
        "acme-dev-a": (100, 100),
        "acme-dev-b": (100, 0),
        "acme-dev-c": (30, 30),
    }
    assert store.read_ == ["3", "2", "1"]


def test_what_was_deleted_may_be_shown_yet_and_what_was_made_anew_may_not() -> None:
    store: Any = Store(
        receipt("2", 20.0, ("a", "delete_it"), ("b", "delete_it"), ("b", "create_it")),
        receipt("1", 30.0, ("a", "create_it"), ("c", "delete_it")),
    )
    found = recent.changed(store, RESOURCES, PLACE, NOW)
    assert {at.name: (round(it.shows), round(it.gone)) for at, it in found.items()} == {
        "acme-dev-a": (0, 100),
        "acme-dev-b": (100, 0),
        "acme-dev-c": (0, 90),
    }


def test_of_what_was_seen_done_a_plan_knows_what_was_left() -> None:
    """Not of a step that failed last, of a record from long ago, nor of what no call changed."""
    names = ("a", "b", "c", "d", "e")
    first = receipt("1", 400.0, ("c", "create_it"))
    second = receipt("2", 90.0, ("d", "create_it"), ("e", "create_it"), ("a", "untag"))
    second = replace(second, steps=ended(second, "a", Result.FAILED))
    kept = {address("base", name): ResourceRecord({"Size": 1}, "3") for name in names}
    kept |= {address("base", name): ResourceRecord({}, by) for name, by in (("c", "1"), ("d", "2"))}
    third = receipt("3", 20.0, ("a", "create_it"), ("b", "delete_it"), ("c", "tag"), ("e", "tag"))
    del kept[address("base", "b")]
    third = replace(third, steps=ended(third, "e", Result.FAILED), resources=kept)
    store: Any = Store(third, second, first)
    found = recent.just(store, third, RESOURCES, PLACE, NOW)
    told = {at.name: (round(each.seconds), each.left) for at, each in found.items()}
    assert told == {
        "acme-dev-a": (100, kept[address("base", "a")]),
        "acme-dev-b": (100, None),
        "acme-dev-d": (30, kept[address("base", "d")]),
    }
    assert store.read_ == ["3", "2", "1"]


def ended(receipt: Receipt, step: str, result: Result) -> tuple[StepRecord, ...]:
    """The steps of a receipt, one of which ended otherwise."""
    return tuple(replace(s, result=result) if s.id == step else s for s in receipt.steps)


def test_where_the_last_apply_is_long_ago_no_receipt_is_read() -> None:
    store: Any = Store(old := receipt("1", 400.0, ("a", "create_it")))
    damaged = replace(old, ended="")
    for last in (old, damaged, None):
        assert recent.just(store, last, RESOURCES, PLACE, NOW) == {}
    assert store.read_ == []


def test_what_aws_refused_changed_nothing() -> None:
    store: Any = Store(receipt("1", 5.0, ("a", "create_it"), error="AccessDenied"))
    assert recent.changed(store, RESOURCES, PLACE, NOW) == {}


def test_receipts_that_cannot_be_read_say_nothing() -> None:
    class Broken(Store):
        def ids(self) -> list[str]:
            raise ReceiptError("no")

    store: Any = Broken()
    assert recent.changed(store, RESOURCES, PLACE, NOW) == {}


def test_kinds_whose_ids_aws_chooses_are_known_by_how_their_arns_begin() -> None:
    known = api.load()
    marks = {type_: recent.mark(each, PLACE) for type_, each in known.items()}
    assert marks["AWS::KMS::Key"] == "arn:aws:kms:eu-west-1:123456789012:key/"
    assert marks["AWS::SageMaker::Endpoint"] == ""
