"""Open a session in the account an environment names, and refuse any other account."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace

from reconciler.aws.clients import KEYS, BotoClients, Clients
from reconciler.aws.clock import Clock, Faster, RealClock
from reconciler.aws.errors import AwsError, Expired
from reconciler.aws.held import Held, Keys
from reconciler.aws.lend import HOUR, LONG, ambient, assumed, chains, is_role, same
from reconciler.aws.limiter import Limiter
from reconciler.aws.session import ReadOnly, Session

SANDBOX_SPEED = 100.0
"""Waits in the sandbox are this much shorter; it settles in milliseconds."""
Credentials = Mapping[str, str | None] | Held
"""Of botocore's session: key id, secret and token; or credentials that are renewed."""
OURS = "moorline"
"""How the names of sessions begin that Moorline takes."""
OTHER = "OtherIdentity"
"""Our code for credentials that were renewed and are those of another one."""
_NOT_IN_NAME = re.compile(r"[^\w+=,.@-]", re.ASCII)


class WrongAccount(Exception):
    """The credentials are those of another account than the environment's."""


def connect(  # noqa: PLR0913 - an account, as whom, and for how long
    account: str,
    region: str,
    *,
    role: str | None = None,
    clock: Clock | None = None,
    long: bool = False,
    environ: Mapping[str, str] = os.environ,
) -> Session:
    """A session on AWS, as the role when one is given; `long` asks for what the role allows.

    A job has the role already, from its web identity or its agent; then nothing is taken, since
    a role may not take itself (IAM, "Can a role assume itself?", since September 2022 only where
    its trust policy names it). A person takes it, under a name that says who.

    Raises:
        WrongAccount: before anything was written.
        AwsError: the identity could not be found out, or the role not taken.
    """
    clock = clock or RealClock()
    held = ambient(region, clock, environ, LONG if long else (HOUR,))
    session = Session(BotoClients(region, credentials=held), clock=clock, held=held)
    return become(
        session, account, role, lambda lent: BotoClients(region, credentials=lent), long=long
    )


def become(  # noqa: PLR0913 - an account, as whom, and for how long
    session: Session,
    account: str,
    role: str | None,
    clients: Callable[[Credentials], Clients],
    *,
    abroad: bool = True,
    long: bool = False,
) -> Session:
    """The session as the role, unless it is that already; `clients` has those of credentials.

    Whoever takes the role may be of another account, but not where `abroad` is false. However
    often credentials are renewed, they stay those of the same one.

    Raises:
        WrongAccount: before anything was written.
        AwsError: the identity could not be found out, or the role not taken.
    """
    who = _caller(session)
    session.person = who["Arn"]
    _keep(session, who["Arn"], clients)
    here = abroad or who["Account"] == account
    if role and here and not is_role(who["Arn"], role):
        base = replace(session, _last=threading.local())
        durations = LONG if long and not chains(who["Arn"]) else (HOUR,)
        held = assumed(base, role, session_name(who["Arn"]), durations)
        held.get_frozen_credentials()
        session.clients, session.held = clients(held), held
        who = _caller(session)
    if who["Account"] != account:
        msg = f"the credentials are those of account {who['Account']}, not {account}"
        raise WrongAccount(msg)
    session.caller = who["Arn"]
    return session


def _keep(session: Session, arn: str, clients: Callable[[Credentials], Clients]) -> None:
    """Have renewed credentials looked at: they must be those of the same one."""

    def check(keys: Keys) -> None:
        given = dict(zip(KEYS, keys, strict=False))
        asked = replace(session, clients=clients(given), held=None, _last=threading.local())
        try:
            found = _caller(asked)["Arn"]
        except AwsError as error:
            raise Expired(error.what, error.code, error.message) from error
        if not same(found, arn):
            text = f"the renewed credentials are those of {found}, not of {arn}"
            raise Expired("credentials", OTHER, text)

    if session.held is not None:
        session.held.check = check


def session_name(caller: str) -> str:
    """How a session is called that somebody takes: `moorline-`, and who it was.

    2 to 64 letters, digits and ``_+=,.@-`` (STS API, AssumeRole).
    """
    who = caller.rpartition("/")[2].rpartition(":")[2] or "root"
    return _NOT_IN_NAME.sub("-", f"{OURS}-{who}")[:64]


def sandbox(  # noqa: PLR0913 - where it is, as whom, for how long, and how time passes there
    account: str,
    region: str,
    url: str,
    *,
    role: str | None = None,
    clock: Clock | None = None,
    pace: float | None = None,
    long: bool = False,
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
    return become(session, account, role, clients, abroad=False, long=long)


def _caller(session: Session) -> Mapping[str, str]:
    found: Mapping[str, str] = ReadOnly(session, "sts").call("get_caller_identity", {})
    return found
