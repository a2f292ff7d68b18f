"""A run whose lease is lost or whose receipt cannot be kept: what is done, said and left."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from reconciler.cli.frame.project import Exit
from reconciler.model.receipt import Receipt, ReceiptError, Result
from reconciler.receipts.lease import TERM, Keeper, Lease
from reconciler.receipts.local import LocalStore
from reconciler.sandbox.door.faults import Fault

from .platform import FAULTS, steps
from .team import ALICE, KEPT, Now, Team

# -- the lease


def suspended(team: Team, *, taken: bool) -> Callable[[str], None]:
    """The process sleeps for longer than its lease lasts, and somebody else may take it."""

    def sleep(_operation: str) -> None:
        later = Now(team.now.at + TERM + timedelta(seconds=1))
        if taken:  # before anything of the process wakes up
            bob = Lease("dev", "bob", "r2", "2026-11-23T08:05:01Z")
            assert team.store(later).leases.take(bob) is None
        team.now.at = later.at

    return sleep


def test_a_run_that_lost_its_lease_begins_nothing_new(team: Team) -> None:
    lose = suspended(team, taken=True)
    FAULTS.add(Fault("iam", "CreateRole", kind="call", call=lose))
    said = team.apply()
    assert (said.code, said.codes) == (Exit.ERROR, ["LEASE003"])
    outcome = said.json["outcome"]
    assert outcome["interrupted"] is True
    done = {step.partition("/")[0] for step in outcome["done"]}
    assert done <= {"AWS::S3::Bucket", "AWS::IAM::Role"}, "they were in flight"
    assert {"AWS::SageMaker::Model", "AWS::SageMaker::Endpoint"} <= {
        step.partition("/")[0] for step in outcome["skipped"]
    }
    assert team.platform.client("sagemaker").list_models()["Models"] == []


def test_what_it_did_is_in_its_receipt_and_the_lease_is_left_to_who_has_it(team: Team) -> None:
    FAULTS.add(Fault("iam", "CreateRole", kind="call", call=suspended(team, taken=True)))
    id_ = team.apply().json["receipt"]["id"]
    kept = team.store().read(id_)
    assert kept is not None
    assert (kept.result, kept.who) == ("interrupted", ALICE)
    holder = team.store().leases.take(Lease("dev", "carol", "r3", ""))
    assert holder is not None
    assert holder.owner == "bob"


def test_a_rerun_goes_on(team: Team) -> None:
    FAULTS.add(Fault("iam", "CreateRole", kind="call", call=suspended(team, taken=True)))
    team.apply()
    team.store().leases.release(Lease("dev", "bob", "r2", ""))
    assert team.apply().code is Exit.OK
    assert steps(team.platform.plan()) == []


def test_a_lease_that_ran_out_and_nobody_took_is_taken_up_again(team: Team) -> None:
    FAULTS.add(Fault("iam", "CreateRole", kind="call", call=suspended(team, taken=False)))
    said = team.apply()
    assert (said.code, said.codes) == (Exit.OK, [])
    assert team.keys == [f"dev/{said.json['receipt']['id']}.json", "dev/latest"]


def test_a_lease_that_cannot_be_renewed_for_a_term_is_lost(team: Team) -> None:
    def out(_operation: str) -> None:
        team.now.at += TERM
        FAULTS.add(Fault("s3", "GetObject", code="InternalError", status=500, times=None))

    FAULTS.add(Fault("iam", "CreateRole", kind="call", call=out))
    said = team.apply()
    assert said.code is Exit.ERROR
    assert "LEASE003" in said.codes
    assert team.platform.client("sagemaker").list_models()["Models"] == []


class Asking:
    """A place whose renewal asks, as a session does between tries, whether the run goes on."""

    def __init__(self) -> None:
        self.keeper: Keeper | None = None

    def take(self, _lease: Lease) -> Lease | None:
        return None

    def renew(self, _lease: Lease) -> bool:
        assert self.keeper is not None
        return self.keeper.over()

    def release(self, _lease: Lease) -> None:
        return


def test_a_renewal_may_ask_whether_the_run_goes_on() -> None:
    place, now, lost = Asking(), Now(), list[bool]()
    keeper = Keeper(place, Lease("dev", "a", "1", ""), lambda: lost.append(True), now=now)
    place.keeper = keeper
    assert not keeper.over()
    now.at += TERM
    assert keeper.over()
    assert keeper.over()
    assert lost == [True]


# -- a receipt that cannot be kept


DENIED = {"code": "AccessDenied", "status": 403}
BROKEN = {"code": "InternalError", "status": 500}


@pytest.mark.parametrize("how", [DENIED, BROKEN], ids=["denied", "broken"])
@pytest.mark.parametrize(("nth", "code"), [(1, "LEASE002"), (2, "RECEIPT005")])
def test_nothing_is_done_when_what_is_meant_cannot_be_written(
    team: Team, how: dict[str, Any], nth: int, code: str
) -> None:
    FAULTS.add(Fault("s3", "PutObject", nth=nth, times=None, **how))
    before = team.writes
    said = team.apply()
    assert (said.code, said.codes) == (Exit.ERROR, [code])
    (found,) = said.json["diagnostics"]
    assert KEPT in f"{found['message']} {found['help']}"
    assert "nothing was changed" in found["help"]
    assert team.platform.client("iam").list_roles()["Roles"] == []
    FAULTS.clear()
    gone = {"s3.delete_object": team.platform.session.calls["s3.delete_object"]}
    assert team.writes - before == gone["s3.delete_object"], "the lease was given back"
    assert team.apply().code is Exit.OK


@pytest.mark.parametrize("how", [DENIED, BROKEN], ids=["denied", "broken"])
@pytest.mark.parametrize("nth", [3, 4], ids=["of the receipt", "of the pointer"])
def test_a_receipt_that_is_lost_after_the_work_is_said(
    team: Team, how: dict[str, Any], nth: int
) -> None:
    FAULTS.add(Fault("s3", "PutObject", nth=nth, times=None, **how))
    said = team.apply()
    assert (said.code, said.codes) == (Exit.ERROR, ["RECEIPT001"])
    assert said.json["outcome"]["failed"] == []
    (found,) = said.json["receipt"]["problems"]
    assert str(how["code"]) in found["message"]
    left = Path(said.json["receipt"]["at"])
    assert str(left) in found["help"]
    assert json.loads(left.read_bytes())["result"] == "done"
    FAULTS.clear()
    assert steps(team.platform.plan()) == []


def test_what_a_killed_run_meant_to_do_is_no_receipt(team: Team) -> None:
    one = Receipt("1", "dev", "acme", "1", "eu-west-1", ALICE, "", "", "", Result.UNFINISHED)
    store = team.store()
    store.begin(one)
    assert (team.keys, store.ids(), store.latest()) == (["dev/1.begun"], [], None)


class Full(LocalStore):
    """A disk that was filled by what it has now."""

    def begin(self, receipt: Receipt) -> None:  # noqa: ARG002 - as in the protocol
        raise ReceiptError(f"{self.where()}: No space left on device")


def test_a_full_disk_is_found_out_before_the_first_write(team: Team, tmp_path: Path) -> None:
    before = team.writes
    said = team.apply(Full(tmp_path / "dev"))
    assert (said.code, said.codes) == (Exit.ERROR, ["RECEIPT005"])
    assert "No space left" in said.json["diagnostics"][0]["message"]
    assert team.writes == before
    assert LocalStore(tmp_path / "dev").leases.take(Lease("dev", "bob", "2", "")) is None


def test_a_folder_that_cannot_be_is_found_out_before_the_first_write(
    team: Team, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("")
    before = team.writes
    said = team.apply(LocalStore(tmp_path / "file" / "dev"))
    assert (said.code, said.codes, team.writes) == (Exit.ERROR, ["LEASE002"], before)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only_is_found_out_before_the_first_write(
    team: Team, tmp_path: Path
) -> None:
    folder = tmp_path / "dev"
    folder.mkdir()
    (folder / "lease").write_text("")
    folder.chmod(0o500)
    before = team.writes
    said = team.apply(LocalStore(folder))
    assert (said.code, said.codes, team.writes) == (Exit.ERROR, ["RECEIPT005"], before)


def test_a_folder_keeps_only_the_receipt_of_a_run_that_ended(team: Team, tmp_path: Path) -> None:
    said = team.apply(LocalStore(tmp_path / "dev"))
    assert said.code is Exit.OK
    found = sorted(path.name for path in (tmp_path / "dev").iterdir())
    assert found == [f"{said.json['receipt']['id']}.json", "lease"]
