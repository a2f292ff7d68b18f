"""Open a session in the account an environment names, and refuse any other account."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.aws.clients import BotoClients
from reconciler.aws.clock import Clock, RealClock
from reconciler.aws.limiter import Limiter
from reconciler.aws.session import ReadOnly, Session

SANDBOX_SPEED = 100.0
"""Waits in the sandbox are this much shorter; it settles in milliseconds."""


class WrongAccount(Exception):
    """The credentials are those of another account than the environment's."""


def connect(
    account: str, region: str, *, role: str | None = None, clock: Clock | None = None
) -> Session:
    """A session on AWS, with the role taken when one is given.

    Raises:
        WrongAccount: before anything was written.
        AwsError: the identity could not be found out, or the role not taken.
    """
    session = Session(BotoClients(region), clock=clock or RealClock())
    if role:
        credentials = _assume(session, role)
        session.clients = BotoClients(region, credentials=credentials)
    _check(session, account)
    return session


def sandbox(account: str, region: str, url: str, *, clock: Clock | None = None) -> Session:
    """A session on the embedded sandbox.

    Raises:
        WrongAccount: the running sandbox stands for another account.
    """
    keys = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
    clients = BotoClients(region, endpoint=url, credentials=keys)
    clock = clock or RealClock(SANDBOX_SPEED)
    session = Session(clients, clock=clock, limiter=Limiter(clock, unlimited=True))
    _check(session, account)
    return session


def _assume(session: Session, role: str) -> Mapping[str, str]:
    params = {"RoleArn": role, "RoleSessionName": "moorline"}
    body = session.send("sts", "assume_role", params, subject=role)
    found = body["Credentials"]
    return {
        "aws_access_key_id": found["AccessKeyId"],
        "aws_secret_access_key": found["SecretAccessKey"],
        "aws_session_token": found["SessionToken"],
    }


def _check(session: Session, account: str) -> None:
    identity = ReadOnly(session, "sts").call("get_caller_identity", {})
    if identity["Account"] != account:
        msg = f"the credentials are those of account {identity['Account']}, not {account}"
        raise WrongAccount(msg)
    session.caller = str(identity.get("Arn", ""))
