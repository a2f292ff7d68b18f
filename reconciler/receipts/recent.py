"""What earlier applies have just changed: AWS may not show it yet, nor IAM and KMS decide by it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

from reconciler.aws import lag
from reconciler.aws.fresh import Changed
from reconciler.model.address import Address
from reconciler.model.just import Just
from reconciler.model.receipt import Receipt, ReceiptError, Result
from reconciler.receipts.store import Store
from reconciler.resources.api import Place, Resource, fill

LONGEST = max(each.seconds for each in (*lag.ALLOWS.values(), *lag.SHOWS.values()))
MOST = 5
"""Receipts that are read; applies of one environment come one after the other."""
NAME = "{name}"
NOTHING = Changed(0.0)


def changed(
    store: Store, resources: Mapping[str, Resource], place: Place, now: datetime
) -> dict[Address, Changed]:
    """What applies that ended minutes before `now` have changed.

    Receipts that cannot be read say nothing: they are never needed. A receipt has no time for
    each call, so its end counts for all.
    """
    return _changes(_told(store, now), resources, place)


def just(
    store: Store,
    last: Receipt | None,
    resources: Mapping[str, Resource],
    place: Place,
    now: datetime,
) -> dict[Address, Just]:
    """What of it they saw done, with what was left of it; `last` is the newest receipt.

    Of a step that failed nobody knows what AWS shows in the end.
    """
    if last is None or _since(last, now) > LONGEST:
        return {}
    told = _told(store, now)
    failed = _failed(each for each, _ in told)
    ids = {each.id for each, _ in told}
    found: dict[Address, Just] = {}
    for address, each in _changes(told, resources, place).items():
        left = last.resources.get(address)
        if each.gone > 0:
            found[address] = Just(each.gone, None)
        elif left and left.by in ids and each.shows > 0:
            found[address] = Just(each.shows, left)
    return {address: each for address, each in found.items() if address not in failed}


def _failed(receipts: Iterable[Receipt]) -> set[Address]:
    """What the last step that was begun on it did not end; receipts come newest first."""
    failed, seen = set[Address](), set[Address]()
    for receipt in receipts:
        begun = [step for step in receipt.steps if step.result is not Result.SKIPPED]
        failed |= {step.address for step in begun if step.result is not Result.DONE} - seen
        seen |= {step.address for step in begun}
    return failed


def _changes(
    told: Iterable[tuple[Receipt, float]], resources: Mapping[str, Resource], place: Place
) -> dict[Address, Changed]:
    found: dict[Address, Changed] = {}
    for receipt, since in told:
        for address, call in _done(receipt, resources):
            resource, before = resources[address.type], found.get(address, NOTHING)
            now_ = _changed(resource, call, since)
            if before.gone or (now_.gone and before is not NOTHING):
                continue  # a later call has the last word
            shows, allows = max(now_.shows, before.shows), max(now_.allows, before.allows)
            if shows > 0 or now_.gone > 0:
                found[address] = Changed(shows, allows, mark(resource, place), now_.gone)
    return found


def _told(store: Store, now: datetime) -> list[tuple[Receipt, float]]:
    """Receipts of minutes before `now`, newest first, each with seconds since its end."""
    found: list[tuple[Receipt, float]] = []
    with suppress(ReceiptError):
        for receipt in _latest(store):
            since = _since(receipt, now)
            if since > LONGEST:
                break
            found.append((receipt, since))
    return found


def _since(receipt: Receipt, now: datetime) -> float:
    """Seconds since the end of an apply; without end where it does not say when."""
    try:
        ended = datetime.fromisoformat(receipt.ended)
    except ValueError:
        return math.inf
    return max(now - ended, timedelta()).total_seconds()


def mark(resource: Resource, place: Place) -> str:
    """How ARNs of resources begin whose ids AWS chooses; "" where they have the name."""
    if NAME in resource.arn:
        return ""
    return str(fill(resource.arn.rpartition("{")[0], place.slots("")))


def _latest(store: Store) -> Iterator[Receipt]:
    """Newest first."""
    for id_ in store.ids()[:MOST]:
        if receipt := store.read(id_):
            yield receipt


def _changed(resource: Resource, method: str, since: float) -> Changed:
    shows = max(lag.budget(lag.SHOWS, resource.service) - since, 0.0)
    if method == resource.delete.method:
        return Changed(0.0, gone=shows)
    decides = lag.authorises(method, resource)
    return Changed(shows, max(lag.budget(lag.ALLOWS, resource.service) - since, 0.0) * decides)


def _done(receipt: Receipt, resources: Mapping[str, Resource]) -> Iterator[tuple[Address, str]]:
    """What calls of a receipt that AWS took were about, and their methods, the last one first."""
    steps = {step.id: step.address for step in receipt.steps if step.address.type in resources}
    for call in reversed(receipt.calls):
        address = steps.get(call.step)
        if address and not call.error:
            yield address, call.method
