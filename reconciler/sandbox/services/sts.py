"""STS: how long a session lasts, by the sandbox's clock, and what it was narrowed by.

Sources: STS API reference, AssumeRole and AssumeRoleWithWebIdentity (`DurationSeconds`, Errors);
the texts are those that AWS was seen to send.
"""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

from moto.sts.models import STSBackend
from moto.sts.responses import TokenResponse

from reconciler.sandbox.iam import principals
from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.cloudtrail import identity
from reconciler.sandbox.state.world import WORLD

SHORTEST, HOUR, LONGEST = 900, 3600, 43200
TOO_LONG = "The requested DurationSeconds exceeds the"
_NOBODY = ":user/moto"
"""Whom moto takes every key for that it has not given out."""
_SESSION = re.compile(r"arn:aws[a-z-]*:sts::\d{12}:assumed-role/")


def install() -> None:
    """Repair STS."""
    backend: Any = STSBackend
    response: Any = TokenResponse
    backend.assume_role = _timed(backend.assume_role)
    backend.get_caller_identity = _named(backend.get_caller_identity)
    response.assume_role = _narrowed(_assume_role(response.assume_role))
    by_token = _by_token(response.assume_role_with_web_identity)
    response.assume_role_with_web_identity = _narrowed(by_token)


def _named(tell: Any) -> Any:  # noqa: ANN401  (a moto method)
    """Who a key that nobody was given out is of, as the sandbox's CloudTrail says it."""

    def named(self: Any, access_key_id: str, region: str) -> tuple[str, str, str]:  # noqa: ANN401
        known: tuple[str, str, str] = tell(self, access_key_id, region)
        if not known[1].endswith(_NOBODY):
            return known
        who, _ = identity.of(access_key_id or "", self.account_id)
        arn = known[1].partition(":sts:")[0] + str(who["arn"]).removeprefix("arn:aws")
        return str(who["principalId"]), arn, self.account_id

    return named


def _timed(assume: Any) -> Any:  # noqa: ANN401  (a moto method)
    def timed(self: Any, *given: Any, duration: int, **more: Any) -> Any:  # noqa: ANN401
        lent = assume(self, *given, duration=duration, **more)
        ends = WORLD.clock.today() + timedelta(seconds=duration)
        lent.expiration = ends.replace(tzinfo=None)  # as moto keeps it
        return lent

    return timed


def _assume_role(method: Any) -> Any:  # noqa: ANN401  (a moto method)
    def checked(self: Any) -> Any:  # noqa: ANN401  (moto's response)
        who = principals.of(self.get_access_key())
        _check(self, chained=who is not None and _SESSION.match(who.arn) is not None)
        return method(self)

    return checked


def _by_token(method: Any) -> Any:  # noqa: ANN401  (a moto method)
    def checked(self: Any) -> Any:  # noqa: ANN401  (moto's response)
        _check(self, chained=False)
        return method(self)

    return checked


def _narrowed(method: Any) -> Any:  # noqa: ANN401  (a moto method)
    """The session remembers its managed policies, which moto forgets."""

    def narrowed(self: Any) -> Any:  # noqa: ANN401  (moto's response)
        answer = method(self)
        arns = [str(each["arn"]) for each in self._get_param("PolicyArns") or ()]
        setattr(answer.result["Credentials"], principals.NARROWED, tuple(arns))
        return answer

    return narrowed


def _check(response: Any, *, chained: bool) -> None:  # noqa: ANN401  (moto's response)
    seconds = response._get_int_param("DurationSeconds", HOUR)  # noqa: SLF001
    if not SHORTEST <= seconds <= LONGEST:
        edge, word = (SHORTEST, "greater") if seconds < SHORTEST else (LONGEST, "less")
        text = f"1 validation error detected: Value '{seconds}' at 'durationSeconds' failed to"
        text += f" satisfy constraint: Member must have value {word} than or equal to {edge}"
        raise Refused("ValidationError", text)
    if chained and seconds > HOUR:
        text = f"{TOO_LONG} 1 hour session limit for roles assumed by role chaining"
        raise Refused("ValidationError", text)
    role = principals.role(str(response._get_param("RoleArn")))  # noqa: SLF001
    if role is not None and seconds > int(role.max_session_duration or HOUR):
        raise Refused("ValidationError", f"{TOO_LONG} MaxSessionDuration set for this role.")
