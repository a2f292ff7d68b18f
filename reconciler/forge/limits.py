"""What an answer that is no result means: try again, after how long, or never. Pure.

GitHub limits with 403 as well as 429. Sources: docs.github.com/rest, "Rate limits for the
REST API" and "Best practices"; docs.gitlab.com, "Rate limits".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus

from reconciler.forge.api import Trouble
from reconciler.model.value import Json

_AGAIN = frozenset({408, 425, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529})
SECONDARY = 60.0
"""Seconds to wait at least when GitHub names a secondary limit and no time."""
_MOST = 200


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of a forge. Names of headers are in lower case."""

    status: int
    headers: Mapping[str, str]
    data: Json = None

    @property
    def said(self) -> str:
        """The forge's own words, cut, on one line; "" when it has none."""
        data = self.data
        if isinstance(data, Mapping):
            data = data.get("message") or data.get("error_description") or data.get("error") or ""
        text = data if isinstance(data, str) else ""
        plain = "".join(char if char.isprintable() else " " for char in text)
        return " ".join(plain.split())[:_MOST]


@dataclass(frozen=True, slots=True)
class Passing:
    """The same request may succeed later; `pause` is the seconds that the forge asks for."""

    trouble: Trouble
    pause: float | None = None


def passing(answer: Answer, now: float) -> Passing | None:
    """How to try again, or nothing when the answer stays as it is. `now` is Unix time."""
    headers = answer.headers
    if answer.status == HTTPStatus.TOO_MANY_REQUESTS or _limited(answer):
        pause = _asked(headers, now)
        if pause is None and answer.status == HTTPStatus.FORBIDDEN:
            pause = SECONDARY
        return Passing(Trouble.LIMITED, pause)
    if answer.status in _AGAIN:
        return Passing(Trouble.DOWN, _after(headers.get("retry-after", ""), _clock(headers, now)))
    return None


def trouble(answer: Answer) -> Trouble | None:
    """Why an answer is no result; nothing when it is one."""
    said = answer.said.lower()
    match answer.status:
        case status if status < HTTPStatus.MULTIPLE_CHOICES:
            return None
        case HTTPStatus.UNAUTHORIZED:
            return Trouble.TOKEN
        case HTTPStatus.FORBIDDEN:
            return Trouble.LOCKED if "locked" in said else Trouble.PERMISSION
        case HTTPStatus.NOT_FOUND | HTTPStatus.GONE:
            return Trouble.MISSING
        case _:
            return Trouble.REFUSED


def _limited(answer: Answer) -> bool:
    """GitHub's 403: the hour is used up, or a secondary limit."""
    if answer.status != HTTPStatus.FORBIDDEN:
        return False
    headers = answer.headers
    used_up = headers.get("x-ratelimit-remaining") == "0" or "retry-after" in headers
    return used_up or "rate limit" in answer.said.lower()


def _asked(headers: Mapping[str, str], now: float) -> float | None:
    """The pause that headers ask for. A reset is a moment on the forge's clock, not on ours."""
    theirs = _clock(headers, now)
    pause = _after(headers.get("retry-after", ""), theirs)
    if pause is not None:
        return pause
    if headers.get("x-ratelimit-remaining", "0") != "0":
        return None
    reset = headers.get("x-ratelimit-reset") or headers.get("ratelimit-reset") or ""
    return max(0.0, float(reset) - theirs) if reset.isdecimal() else None


def _clock(headers: Mapping[str, str], now: float) -> float:
    """The time that the forge has."""
    moment = _moment(headers.get("date", ""))
    return now if moment is None else moment


def _after(text: str, now: float) -> float | None:
    """Seconds, or an HTTP date."""
    if text.strip().isdecimal():
        return float(text)
    moment = _moment(text)
    return None if moment is None else max(0.0, moment - now)


def _moment(text: str) -> float | None:
    try:
        return parsedate_to_datetime(text).timestamp()
    except (TypeError, ValueError, IndexError, OverflowError):
        return None
