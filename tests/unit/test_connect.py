"""As whom Moorline works: the role that it has, the one that it takes, and under which name."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.aws.clock import FakeClock
from reconciler.aws.connect import Credentials, WrongAccount, become, session_name
from reconciler.aws.held import Held
from reconciler.aws.lend import is_role
from reconciler.aws.session import Session

ROLE = "arn:aws:iam::111122223333:role/delivery/moorline-plan"
HELD = "arn:aws:sts::111122223333:assumed-role/moorline-plan/run-7"
PERSON = (
    "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Dev_0123456789abcdef/ann@acme.example"
)


class Sts:
    """The client of STS for one caller; it lends what it is asked for."""

    def __init__(self, arn: str, asked: list[Mapping[str, Any]]) -> None:
        self.arn, self.asked = arn, asked

    def get_caller_identity(self) -> dict[str, str]:
        return {"Account": self.arn.split(":")[4], "Arn": self.arn, "UserId": "A:B"}

    def assume_role(self, **given: Any) -> dict[str, Any]:
        self.asked.append(given)
        keys = {"AccessKeyId": given["RoleArn"], "SecretAccessKey": "s", "SessionToken": "t"}
        _, _, _, _, owner, name = given["RoleArn"].split(":")
        who = f"arn:aws:sts::{owner}:assumed-role/{name.rpartition('/')[2]}/x"
        ends = datetime.now(UTC) + timedelta(seconds=given["DurationSeconds"])
        return {"Credentials": {**keys, "Expiration": ends}, "AssumedRoleUser": {"Arn": who}}


class Clients:
    def __init__(self, arn: str, asked: list[Mapping[str, Any]]) -> None:
        self.sts = Sts(arn, asked)

    def client(self, service: str) -> Any:
        assert service == "sts"
        return self.sts


def session(arn: str, role: str | None, account: str = "111122223333") -> tuple[Session, list[Any]]:
    asked: list[Mapping[str, Any]] = []

    def lent(keys: Credentials) -> Clients:
        assert isinstance(keys, Held)
        _, _, _, _, owner, name = keys.get_frozen_credentials().access_key.split(":")
        return Clients(f"arn:aws:sts::{owner}:assumed-role/{name.rpartition('/')[2]}/x", asked)

    found = become(Session(Clients(arn, asked), clock=FakeClock()), account, role, lent)
    return found, asked


def test_a_job_that_has_the_role_takes_nothing() -> None:
    found, asked = session(HELD, ROLE)

    assert (found.caller, found.total, asked) == (HELD, 1, [])


def test_a_person_takes_the_role_under_a_name_that_says_who() -> None:
    found, asked = session(PERSON, ROLE)

    assert [(each["RoleArn"], each["RoleSessionName"]) for each in asked] == [
        (ROLE, "moorline-ann@acme.example")
    ]
    assert found.caller == "arn:aws:sts::111122223333:assumed-role/moorline-plan/x"


def test_without_a_role_the_credentials_are_used_as_they_are() -> None:
    assert session(PERSON, None)[1] == []


@pytest.mark.parametrize(
    ("arn", "role"),
    [(PERSON, None), (PERSON.replace("1111", "9999"), None), (HELD, ROLE), (PERSON, ROLE)],
)
def test_another_account_is_refused(arn: str, role: str | None) -> None:
    with pytest.raises(WrongAccount):
        session(arn, role, account="444455556666")


@pytest.mark.parametrize(
    ("caller", "same"),
    [
        (HELD, True),
        (HELD.replace("run-7", "other"), True),
        (HELD.replace("111122223333", "999922223333"), False),
        (HELD.replace("moorline-plan", "moorline-plan-2"), False),
        (HELD.replace("moorline-plan", "Moorline-Plan"), False),
        (HELD.replace("arn:aws:", "arn:aws-cn:"), False),
        (HELD.replace("assumed-role", "federated-user"), False),
        ("arn:aws:iam::111122223333:user/moorline-plan", False),
        ("arn:aws:iam::111122223333:root", False),
        (ROLE, False),
        ("", False),
    ],
)
def test_whether_it_is_the_role_already(caller: str, same: bool) -> None:
    assert is_role(caller, ROLE) is same


@pytest.mark.parametrize(
    ("caller", "name"),
    [
        (PERSON, "moorline-ann@acme.example"),
        ("arn:aws:iam::111122223333:user/people/ann", "moorline-ann"),
        ("arn:aws:iam::111122223333:root", "moorline-root"),
        ("arn:aws:sts::1:assumed-role/a/änn smith", "moorline--nn-smith"),
        ("arn:aws:sts::1:assumed-role/a/" + "x" * 64, "moorline-" + "x" * 55),
        ("", "moorline-root"),
    ],
)
def test_a_session_s_name_is_one_that_sts_takes(caller: str, name: str) -> None:
    assert session_name(caller) == name
