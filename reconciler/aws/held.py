"""Credentials as a run holds them: renewed when they end, and those of the same one as before.

botocore renews what a role, a token file, IAM Identity Center, a process or a metadata service
gives, some minutes before it ends by this machine's clock. What changes so is looked at here
before it signs anything. Where AWS itself says that credentials are over, they are loaded once
more: somebody may have logged in again, or the clocks differ.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from reconciler.aws.errors import AwsError, Denied, Expired, translate

WHAT = "credentials"
AGAIN = 30.0
"""Seconds in which credentials are not loaded again that could not be renewed."""
LEAST = 3600.0
"""Seconds that a session lasts of which no end is known. Source: STS, AssumeRole, the default."""
RENEWED = frozenset(
    {
        "assume-role",
        "assume-role-with-web-identity",
        "container-role",
        "custom-process",
        "iam-role",
        "login",
        "sso",
    }
)
"""What botocore renews by itself, by the `method` of its credentials."""


class Keys(NamedTuple):
    """What signs one request."""

    access_key: str
    secret_key: str
    token: str | None = None
    account_id: str | None = None


@dataclass(frozen=True, slots=True)
class Lasting:
    """Until when credentials can be had. `ends` is absent where they are renewed or never end."""

    ends: datetime | None = None
    guessed: bool = False
    """Whether the end is not known, and an hour from now is only likely."""

    def left(self, now: datetime) -> float | None:
        """Seconds until the end; nothing where there is none."""
        return None if self.ends is None else (self.ends - now).total_seconds()


FOREVER = Lasting()


class Held:
    """Credentials of botocore's form, which clients keep and sign with.

    `load` gives those of botocore anew, each time. `lasting` says until when; by default it
    follows from where they are from.
    """

    def __init__(
        self, load: Callable[[], Any], lasting: Callable[[Any], Lasting] | None = None
    ) -> None:
        self.check: Callable[[Keys], object] = bool
        """Raises `Expired` where keys are those of another one."""
        self._load = load
        self._lasting = lasting or lasting_of
        self._inner: Any = None
        self._known: Keys | None = None
        self._given = threading.local()
        self._lock = threading.RLock()
        self._failed = -AGAIN

    # -- what botocore asks for

    method = "moorline"

    @property
    def access_key(self) -> str:
        return self.get_frozen_credentials().access_key

    @property
    def secret_key(self) -> str:
        return self.get_frozen_credentials().secret_key

    @property
    def token(self) -> str | None:
        return self.get_frozen_credentials().token

    @property
    def account_id(self) -> str | None:
        return self.get_frozen_credentials().account_id

    def get_deferred_property(self, name: str) -> Callable[[], Any]:
        """A member that is asked for when it is needed."""
        return lambda: getattr(self, name, None)

    def get_frozen_credentials(self) -> Keys:
        """What signs now.

        Raises:
            Denied: there are none.
            Expired: there were, and they could not be renewed, or are another one's.
        """
        found = self._frozen()
        if found != self._known:
            with self._lock:
                self._take(found)
        self._given.keys = found
        return found

    # -- ours

    def renew(self) -> bool:
        """Load them again, after AWS said that they are over; whether there are others now.

        Raises:
            Expired: the new ones are another one's.
        """
        with self._lock:
            if self._known != getattr(self._given, "keys", None):
                return True  # another thread has
            if time.monotonic() - self._failed < AGAIN:
                return False
            try:
                inner = self._load()
                found = _keys(inner)
            except Exception:  # noqa: BLE001 - whatever the reason, there are no new ones
                found = None
            if not found or found == self._known:
                self._failed = time.monotonic()
                return False
            self._take(found)
            self._inner = inner
            return True

    def lasting(self) -> Lasting:
        """Until when they can be had."""
        self.get_frozen_credentials()
        found: Lasting = self._lasting(self._inner)
        return found

    def _frozen(self) -> Keys:
        try:
            with self._lock:
                if self._inner is None and (loaded := self._load()) is not None:
                    self._inner = loaded
            return _keys(self._inner)
        except Exception as error:
            raise self._lost(error) from error

    def _lost(self, error: Exception) -> Exception:
        """Why there are none: over, where there were some before."""
        known = isinstance(error, AwsError | BotoCoreError | ClientError)
        if isinstance(error, Expired) or (known and self._known is None):
            return error
        if known:
            failure = translate(error, WHAT)
            return Expired(failure.what, failure.code, failure.message)
        if self._known is not None and isinstance(error, RuntimeError):
            return Expired(WHAT, "ExpiredToken", "they ended, and there are no others")
        how = Denied if self._known is None else Expired
        return how(WHAT, type(error).__name__, str(error))

    def _take(self, found: Keys) -> None:
        if self._known is not None and found != self._known:
            self.check(found)
        self._known = found


def _keys(inner: Any) -> Keys:  # noqa: ANN401 - botocore has no types
    if inner is None:
        raise NoCredentialsError
    frozen = inner.get_frozen_credentials()
    account = getattr(frozen, "account_id", None)
    return Keys(frozen.access_key, frozen.secret_key, frozen.token, account)


def expiry(inner: Any) -> datetime | None:  # noqa: ANN401 - botocore has no types
    """When the present keys end, where that is known."""
    found: datetime | None = getattr(inner, "_expiry_time", None)  # no public access
    return found.astimezone(UTC) if found else None


def lasting_of(inner: Any) -> Lasting:  # noqa: ANN401 - botocore has no types
    """Until when credentials of botocore's own chain can be had."""
    if inner.method in RENEWED:
        return FOREVER
    if ends := expiry(inner):
        return Lasting(ends)
    if inner.token:  # keys of a session, written down somewhere without their end
        return Lasting(datetime.fromtimestamp(time.time() + LEAST, UTC), guessed=True)
    return FOREVER
