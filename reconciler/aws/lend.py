"""Roles that are taken, and taken again before the session ends.

A session lasts as long as the role allows (an hour to twelve), and an hour where whoever takes it
has a role already. Which of them it is, AWS says only by refusing more. Source: STS API,
AssumeRole, `DurationSeconds`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import botocore.session
from botocore.credentials import RefreshableCredentials

from reconciler.aws.clients import BotoClients
from reconciler.aws.clock import Clock
from reconciler.aws.errors import Denied, Expired, Rejected, incomplete
from reconciler.aws.held import FOREVER, Held, Lasting, expiry, lasting_of
from reconciler.aws.session import Session
from reconciler.aws.token import Source
from reconciler.model.value import Json, Props

HOUR = 3600
LONG = (43200, 14400, HOUR)
"""Seconds that are asked for, one after the other: what a role may allow at most, what the roles
that `moorline ci init` writes allow, and what all allow."""
ADVISED, NEEDED = 15 * 60, 2 * 60
"""Seconds before its end from which on a session is taken anew if that can be, and must be."""
FILE, ROLE, NAME = "AWS_WEB_IDENTITY_TOKEN_FILE", "AWS_ROLE_ARN", "AWS_ROLE_SESSION_NAME"
WEB = "assume-role-with-web-identity"
_SESSION = re.compile(r"arn:(aws[a-z-]*):sts::(\d{12}):assumed-role/([^/]+)/[^/]+")
_ROLE = re.compile(r"arn:(aws[a-z-]*):iam::(\d{12}):role/(?:.+/)?([^/]+)")


def is_role(caller: str, role: str) -> bool:
    """Whether a caller's ARN is a session of a role; its path is not in the session's ARN."""
    found = _SESSION.fullmatch(caller)
    asked = _ROLE.fullmatch(role)
    return bool(found and asked) and found.groups() == asked.groups()  # type: ignore[union-attr]


def chains(caller: str) -> bool:
    """Whether who takes a role has one already."""
    return _SESSION.fullmatch(caller) is not None


def same(one: str, other: str) -> bool:
    """Whether two callers are the same user, or sessions of the same role."""
    first, second = _SESSION.fullmatch(one), _SESSION.fullmatch(other)
    return first.groups() == second.groups() if first and second else one == other


@dataclass(slots=True)
class Lender:
    """Takes one role, as often as needed. `params` gives what is sent but for how long."""

    session: Session
    role: str
    method: str
    params: Callable[[], Props]
    durations: tuple[int, ...] = (HOUR,)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def credentials(self) -> RefreshableCredentials:
        """Credentials that renew themselves.

        Raises:
            AwsError: the role was not lent.
        """
        given = self._taken()
        life = self.durations[0]
        return RefreshableCredentials.create_from_metadata(
            given,
            self._taken,
            f"moorline-{self.method}",
            advisory_timeout=min(ADVISED, life // 4),
            mandatory_timeout=min(NEEDED, life // 8),
        )

    def _taken(self) -> dict[str, Any]:
        with self._lock:
            body = self._longest()
        what, found = f"sts.{self.method} {self.role}", body["Credentials"]
        who = body.get("AssumedRoleUser", {}).get("Arn", "")
        if not who:
            raise incomplete(what, "it names no AssumedRoleUser")
        if not is_role(who, self.role):
            raise Expired(what, "OtherIdentity", f"the session is one of {who}")
        return {
            "access_key": found["AccessKeyId"],
            "secret_key": found["SecretAccessKey"],
            "token": found["SessionToken"],
            "expiry_time": _iso(found["Expiration"]),
            "account_id": who.split(":")[4],
        }

    def _longest(self) -> Mapping[str, Json]:
        while True:
            try:
                return self._send(self.durations[0])
            except Rejected as error:
                if len(self.durations) == 1 or "DurationSeconds" not in error.message:
                    raise
                self.durations = self.durations[1:]
            except Denied as error:
                # a trust policy may say `sts:DurationSeconds`
                if len(self.durations) == 1 or isinstance(error, Expired):
                    raise
                self.durations = self.durations[-1:]

    def _send(self, seconds: int) -> Mapping[str, Json]:
        params = {"RoleArn": self.role, **self.params(), "DurationSeconds": seconds}
        return self.session.send("sts", self.method, params, subject=self.role)


def _iso(moment: Any) -> str:  # noqa: ANN401 - a time of botocore's, or its text
    return moment.isoformat() if isinstance(moment, datetime) else str(moment)


def assumed(session: Session, role: str, name: str, durations: tuple[int, ...]) -> Held:
    """A role taken with the credentials of a session, which stay at hand to take it again."""
    lender = Lender(
        session, role, "assume_role", lambda: {"RoleSessionName": name}, durations=durations
    )
    return Held(lender.credentials, lambda inner: _later(inner, session.held))


def _later(inner: Any, base: Held | None) -> Lasting:  # noqa: ANN401 - botocore has no types
    """A role can be had as long as what takes it, and then for the rest of its session."""
    under = base.lasting() if base else FOREVER
    own = expiry(inner)
    if under.ends is None or own is None:
        return FOREVER
    return Lasting(own) if own >= under.ends else under


def ambient(
    region: str, clock: Clock, environ: Mapping[str, str], durations: tuple[int, ...]
) -> Held:
    """The credentials of the surroundings: botocore's chain, and a token's role for longer."""
    source = Source(environ.get(FILE, ""), environ)

    def load() -> Any:  # noqa: ANN401 - botocore has no types
        found = botocore.session.get_session().get_credentials()
        if found is not None and found.method == WEB and environ.get(FILE) and environ.get(ROLE):
            return _by_token(region, clock, environ, source, durations)
        return found

    def lasting(inner: Any) -> Lasting:  # noqa: ANN401 - botocore has no types
        if not inner.method.startswith("moorline-"):
            return lasting_of(inner)
        token, own = source.ends(), expiry(inner)
        if token is None or own is None:
            return FOREVER
        return Lasting(max(token, own))

    return Held(load, lasting)


def _by_token(
    region: str,
    clock: Clock,
    environ: Mapping[str, str],
    source: Source,
    durations: tuple[int, ...],
) -> RefreshableCredentials:
    name = environ.get(NAME) or "moorline"
    session = Session(BotoClients(region, credentials={}, signs=False), clock=clock)
    lender = Lender(
        session,
        environ[ROLE],
        "assume_role_with_web_identity",
        lambda: {"RoleSessionName": name, "WebIdentityToken": source.token()},
        durations=durations,
    )
    return lender.credentials()
