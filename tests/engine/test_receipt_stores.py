"""Where receipts are kept, and the lease: a folder and a bucket of the sandbox."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.aws.clock import FakeClock
from reconciler.aws.limiter import Limiter
from reconciler.aws.session import Session
from reconciler.model.receipt import Receipt, ReceiptError, Result
from reconciler.receipts.lease import TERM, HeldError, Keeper, Lease, acquire
from reconciler.receipts.local import LocalStore
from reconciler.receipts.s3 import S3Store
from reconciler.receipts.store import Store
from reconciler.sandbox.door.faults import Fault
from reconciler.sandbox.inprocess import Sandbox

from .platform import FAULTS, Clients

BUCKET = "receipts"
START = datetime(2026, 11, 23, 8, 0, 0, tzinfo=UTC)
ONE = Receipt("1", "dev", "acme", "1", "eu-west-1", "alice", "", "", "", Result.DONE)
TWO = replace(ONE, id="2", who="bob")


class Now:
    """A wall clock that moves when it is told to."""

    def __init__(self) -> None:
        self.at = START

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def now() -> Now:
    return Now()


@pytest.fixture
def bucket(aws: Sandbox, now: Now) -> Callable[[], S3Store]:
    """Makes the store as another machine would have it."""
    aws.client("s3").create_bucket(
        Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )

    def store() -> S3Store:
        clock = FakeClock()
        session = Session(Clients(), clock=clock, limiter=Limiter(clock, unlimited=True))
        return S3Store(session, BUCKET, "some/where/", "dev", now)

    return store


@pytest.fixture(params=["folder", "bucket"])
def another(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Store]:
    """Makes stores of one place."""
    if request.param == "bucket":
        made: Callable[[], Store] = request.getfixturevalue("bucket")
        return made
    return lambda: LocalStore(tmp_path / "dev")


def lease(run: str, owner: str = "alice") -> Lease:
    return Lease("dev", owner, run, "2026-11-23T08:00:00Z")


# -- receipts


def test_an_empty_place_has_no_receipts(another: Callable[[], Store]) -> None:
    assert (another().ids(), another().latest(), another().read("1")) == ([], None, None)


def test_what_is_written_is_read_newest_first(another: Callable[[], Store]) -> None:
    another().write(ONE)
    another().write(TWO)
    assert another().ids() == ["2", "1"]
    assert another().latest() == TWO
    assert another().read("1") == ONE


def test_a_receipt_is_never_overwritten(another: Callable[[], Store]) -> None:
    another().write(ONE)
    another().write(ONE)
    with pytest.raises(ReceiptError):
        another().write(replace(ONE, who="eve"))
    assert another().read("1") == ONE


def test_a_late_writer_does_not_move_the_newest_back(another: Callable[[], Store]) -> None:
    another().write(TWO)
    another().write(ONE)
    assert another().latest() == TWO


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReceiptError, match="file"):
        LocalStore(tmp_path / "file" / "dev").write(ONE)


def test_a_damaged_file_is_said(tmp_path: Path) -> None:
    (tmp_path / "1.json").write_text("{")
    with pytest.raises(ReceiptError, match=r"1\.json"):
        LocalStore(tmp_path).latest()


def test_a_bucket_that_does_not_exist_is_no_empty_place(aws: Sandbox) -> None:
    session = Session(Clients(), clock=FakeClock())
    with pytest.raises(ReceiptError, match="NoSuchBucket"):
        S3Store(session, "nowhere", "", "dev").latest()


def test_the_newest_takes_two_calls(bucket: Callable[[], S3Store]) -> None:
    bucket().write(ONE)
    store = bucket()
    assert store.latest() == ONE
    assert store.session.total == 2


@pytest.mark.parametrize("nth", [1, 2], ids=["of the receipt", "of the pointer"])
def test_a_put_whose_reply_is_lost_is_a_put(bucket: Callable[[], S3Store], nth: int) -> None:
    FAULTS.add(Fault("s3", "PutObject", kind="reset", after=True, nth=nth))
    bucket().write(ONE)
    assert bucket().latest() == ONE


def test_objects_lie_where_the_documentation_says(
    bucket: Callable[[], S3Store], aws: Sandbox
) -> None:
    store = bucket()
    store.write(ONE)
    store.leases.take(lease("1"))
    found = aws.client("s3").list_objects_v2(Bucket=BUCKET)["Contents"]
    keys = {each["Key"] for each in found}
    assert keys == {"some/where/dev/1.json", "some/where/dev/latest", "some/where/lease/dev"}
    assert store.where("1") == "s3://receipts/some/where/dev/1.json"


# -- the lease


def test_one_apply_at_a_time(another: Callable[[], Store]) -> None:
    first, second = another().leases, another().leases
    assert first.take(lease("1")) is None
    holder = second.take(lease("2", "bob"))
    assert holder is not None
    assert (holder.owner, holder.run, holder.since) == ("alice", "1", "2026-11-23T08:00:00Z")
    second.release(lease("2", "bob"))
    assert second.take(lease("2", "bob")) is not None
    first.release(lease("1"))
    assert second.take(lease("2", "bob")) is None
    second.release(lease("2", "bob"))


def test_waiting_ends_when_the_other_is_done(bucket: Callable[[], S3Store]) -> None:
    first, second = bucket().leases, bucket().leases
    first.take(lease("1"))
    told: list[str] = []

    class Clock(FakeClock):
        def sleep(self, seconds: float) -> None:
            super().sleep(seconds)
            if self.now() >= 30:
                first.release(lease("1"))

    clock = Clock()
    acquire(second, lease("2"), clock, wait=600, told=lambda holder: told.append(holder.run))
    assert (told, clock.now()) == (["1"], 30)


def test_waiting_ends_after_its_time(bucket: Callable[[], S3Store]) -> None:
    bucket().leases.take(lease("1"))
    clock = FakeClock()
    with pytest.raises(HeldError, match="alice applies 'dev' since 2026-11-23T08:00:00Z"):
        acquire(bucket().leases, lease("2"), clock, wait=12)
    assert clock.now() == 12


def test_a_lease_that_is_over_is_taken_over_once(bucket: Callable[[], S3Store], now: Now) -> None:
    dead, second, third = (bucket().leases for _ in range(3))
    dead.take(lease("1"))
    now.at += TERM
    assert second.take(lease("2")) is not None
    now.at += timedelta(seconds=1)
    assert second.take(lease("2")) is None
    holder = third.take(lease("3"))
    assert holder is not None
    assert holder.run == "2"
    assert dead.renew(lease("1")) is False
    dead.release(lease("1"))
    assert third.take(lease("3")) is not None


def test_a_renewed_lease_is_not_over(bucket: Callable[[], S3Store], now: Now) -> None:
    first, second = bucket().leases, bucket().leases
    first.take(lease("1"))
    now.at += TERM
    assert first.renew(lease("1"))
    now.at += timedelta(minutes=1)
    assert second.take(lease("2")) is not None


@pytest.mark.parametrize("action", ["take", "renew"])
def test_a_lease_whose_reply_is_lost_is_held(bucket: Callable[[], S3Store], action: str) -> None:
    first = bucket().leases
    if action == "renew":
        first.take(lease("1"))
    FAULTS.add(Fault("s3", "PutObject", kind="reset", after=True))
    assert first.take(lease("1")) is None if action == "take" else first.renew(lease("1"))
    assert bucket().leases.take(lease("2")) is not None


def test_a_lease_that_is_given_back_twice_is_given_back(bucket: Callable[[], S3Store]) -> None:
    first = bucket().leases
    first.take(lease("1"))
    FAULTS.add(Fault("s3", "DeleteObject", kind="reset", after=True))
    first.release(lease("1"))
    assert bucket().leases.take(lease("2")) is None


class Scripted:
    """Answers to renewals, one after the other; an exception in it is raised."""

    def __init__(self, *script: Any) -> None:
        self.script = list(script)

    def take(self, _lease: Lease) -> Lease | None:
        return None

    def renew(self, _lease: Lease) -> bool:
        answer = self.script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    def release(self, _lease: Lease) -> None:
        return


def test_a_keeper_bears_failures_until_the_term_is_over(now: Now) -> None:
    failing = [ReceiptError("no answer")] * 3
    keeper = Keeper(Scripted(True, *failing), lease("1"), lambda: None, now=now)
    assert keeper.beat()
    now.at += TERM - timedelta(seconds=1)
    assert keeper.beat()
    now.at += timedelta(seconds=1)
    assert not keeper.beat()


def test_a_keeper_says_when_someone_else_holds_the_lease(now: Now) -> None:
    assert not Keeper(Scripted(False), lease("1"), lambda: None, now=now).beat()


def test_a_keeper_ends_with_its_block(now: Now) -> None:
    lost: list[bool] = []
    with Keeper(Scripted(), lease("1"), lambda: lost.append(True), now=now):
        pass
    assert lost == []
