"""Open a session in the account an environment names, and refuse any other account."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from reconciler.aws.clients import BotoClients, Clients
from reconciler.aws.clock import Clock, Faster, RealClock
from reconciler.aws.limiter import Limiter
from reconciler.aws.session import ReadOnly, Session

SANDBOX_SPEED = 100.0
"""Waits in the sandbox are this much shorter; it settles in milliseconds."""
Credentials = Mapping[str, str]
"""Of boto3's session: key id, secret and token."""
OURS = "moorline"
"""How the names of sessions begin that Moorline takes."""
_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([^/]+)/[^/]+")
_ROLE = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):role/(?:.+/)?([^/]+)")
_NOT_IN_NAME = re.compile(r"[^\w+=,.@-]", re.ASCII)


class WrongAccount(Exception):
    """The credentials are those of another account than the environment's."""


def connect(
    account: str, region: str, *, role: str | None = None, clock: Clock | None = None
) -> Session:
    """A session on AWS, as the role when one is given.

    A job has the role already, from its web identity or its agent; then nothing is taken, since
    a role may not take itself (IAM, "Can a role assume itself?", since September 2022 only where
    its trust policy names it). A person takes it, under a name that says who.

    Raises:
        WrongAccount: before anything was written.
        AwsError: the identity could not be found out, or the role not taken.
    """
    clock = clock or RealClock()
    session = Session(BotoClients(region), clock=clock)
    return become(session, account, role, lambda lent: BotoClients(region, credentials=lent))


def become(
    session: Session,
    account: str,
    role: str | None,
    clients: Callable[[Credentials], Clients],
    *,
    abroad: bool = True,
) -> Session:
    """The session as the role, unless it is that already; `clients` has those of credentials.

    Whoever takes the role may be of another account, but not where `abroad` is false.

    Raises:
        WrongAccount: before anything was written.
        AwsError: the identity could not be found out, or the role not taken.
    """
    who = _caller(session)
    here = abroad or who["Account"] == account
    if role and here and not is_role(who["Arn"], role):
        session.clients = clients(_assume(session, role, session_name(who["Arn"])))
        who = _caller(session)
    if who["Account"] != account:
        msg = f"the credentials are those of account {who['Account']}, not {account}"
        raise WrongAccount(msg)
    session.caller = who["Arn"]
    return session


def is_role(caller: str, role: str) -> bool:
    """Whether a caller's ARN is a session of a role; its path is not in the session's ARN."""
    found = _SESSION.fullmatch(caller)
    asked = _ROLE.fullmatch(role)
    return bool(found and asked) and found.groups() == asked.groups()  # type: ignore[union-attr]


def session_name(caller: str) -> str:
    """How a session is called that somebody takes: `moorline-`, and who it was.

    2 to 64 letters, digits and ``_+=,.@-`` (STS API, AssumeRole).
    """
    who = caller.rpartition("/")[2].rpartition(":")[2] or "root"
    return _NOT_IN_NAME.sub("-", f"{OURS}-{who}")[:64]


def sandbox(  # noqa: PLR0913 - where it is, who asks, and how time passes there
    account: str,
    region: str,
    url: str,
    *,
    role: str | None = None,
    clock: Clock | None = None,
    pace: float | None = None,
) -> Session:
    """A session on the embedded sandbox, as the role when one is given.

    `pace` is how much faster than AWS's its rates are, where it throttles; else it has none.

    Raises:
        WrongAccount: the running sandbox stands for another account.
        AwsError: the role could not be taken.
    """

    def clients(lent: Credentials) -> BotoClients:
        return BotoClients(region, endpoint=url, credentials=lent)

    keys = {"aws_access_key_id": "sandbox", "aws_secret_access_key": "sandbox"}
    clock = clock or RealClock(pace or SANDBOX_SPEED)
    limiter = Limiter(Faster(clock, pace)) if pace else Limiter(clock, unlimited=True)
    session = Session(clients(keys), clock=clock, limiter=limiter)
    return become(session, account, role, clients, abroad=False)


def _assume(session: Session, role: str, name: str) -> Credentials:
    params = {"RoleArn": role, "RoleSessionName": name}
    body = session.send("sts", "assume_role", params, subject=role)
    found = body["Credentials"]
    return {
        "aws_access_key_id": found["AccessKeyId"],
        "aws_secret_access_key": found["SecretAccessKey"],
        "aws_session_token": found["SessionToken"],
    }


def _caller(session: Session) -> Mapping[str, str]:
    found: Mapping[str, str] = ReadOnly(session, "sts").call("get_caller_identity", {})
    return found
