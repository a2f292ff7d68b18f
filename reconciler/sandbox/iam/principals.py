"""Who asks, and with which policies: roles and users of the sandbox's IAM, by access key.

Keys that the sandbox gave out belong to such a one. Whoever else asks (`sandbox`, `root`, a name)
is an administrator, whom nothing is asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from reconciler.access.model import Named
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Iterator


NARROWED = "moorline_policy_arns"
"""Where a session keeps the managed policies that it was narrowed by."""


@dataclass(frozen=True, slots=True)
class Principal:
    """A role's session or a user, with what it may do."""

    arn: str
    account: str
    policies: tuple[Named, ...] = ()
    boundary: Named | None = None
    session: tuple[Named, ...] = ()
    """What a role was taken with."""


@lru_cache(maxsize=4096)
def named(name: str, text: str) -> Named:
    """A policy of that text; the same text is parsed once."""
    try:
        return Named(name, orjson.loads(text))
    except ValueError:  # AWS takes no such policy; moto does, and `decide` then refuses
        return Named(name, {})


def of(access_key: str) -> Principal | None:
    """Whose key it is; nothing for an administrator."""
    for account, regions in [*sts_backends.items()]:
        for sts in [*regions.values()]:
            for lent in sts.assumed_roles:
                if lent.access_key_id == access_key:
                    return _session(account, lent)
    for account, partitions in [*iam_backends.items()]:
        for iam in [*partitions.values()]:
            if key := iam.access_keys.get(access_key):
                return _user(account, iam, str(key.user_name))
    return None


def role(arn: str) -> Any:  # noqa: ANN401  (moto's role)
    """A role by its ARN, or nothing."""
    parts = arn.split(":", 5)
    if len(parts) < 6 or not parts[5].startswith("role/"):  # noqa: PLR2004  (an ARN has six parts)
        return None
    return role_of(parts[5].rpartition("/")[2], parts[4], parts[1])


def role_of(name: str, account: str, partition: str = "aws") -> Any:  # noqa: ANN401
    """A role by its name and account, or nothing."""
    if account not in iam_backends:
        return None
    found = iam_backends[account][partition].roles.values()
    return next((each for each in found if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Held:
    """What a role is to IAM at some moment."""

    trust: Named
    policies: tuple[Named, ...]
    boundary: Named | None


def held(arn: str, later: float = 0.0) -> Held | None:
    """What a role is to IAM; nothing where there is none. A change takes effect late.

    Now, or as things are so many seconds later if nothing more is changed.
    """
    since = WORLD.clock.now() + later - WORLD.iam_lag
    for when, whose, before in WORLD.iam_past:
        if whose == arn and when > since:
            past: Held | None = before
            return past
    return _held(role(arn))


def remember(arn: str) -> None:
    """Keep what a role is, before a call that may change it."""
    if WORLD.iam_lag:
        since = WORLD.clock.now() - WORLD.iam_lag
        WORLD.iam_past[:] = [each for each in WORLD.iam_past if each[0] > since]
        WORLD.iam_past.append((WORLD.clock.now(), arn, _held(role(arn))))


def _held(found: Any) -> Held | None:  # noqa: ANN401  (moto's role)
    if found is None:
        return None
    boundary = found.permissions_boundary_arn
    iam = iam_backends[found.account_id][found.partition]
    limit = named("boundary", _current(iam.get_policy(boundary))) if boundary else None
    trust = named("trust policy", found.assume_role_policy_document)
    return Held(trust, tuple(_policies(found)), limit)


def acting(arn: str, later: float = 0.0) -> Principal | None:
    """A role as a service acts with it in so many seconds; nothing where there is no such role."""
    found = held(arn, later)
    if found is None:
        return None
    return Principal(arn, arn.split(":")[4], found.policies, found.boundary)


def _session(account: str, lent: Any) -> Principal:  # noqa: ANN401  (moto's assumed role)
    found = held(lent.role_arn)
    if found is None:
        return Principal(lent.arn, account)
    return Principal(lent.arn, account, found.policies, found.boundary, tuple(_taken_with(lent)))


def _taken_with(lent: Any) -> Iterator[Named]:  # noqa: ANN401  (moto's assumed role)
    """The policies that the session was narrowed by; managed ones are what they are now."""
    if lent.policy:
        yield named("session policy", lent.policy)
    for arn in getattr(lent, NARROWED, ()):
        iam = iam_backends[lent.account_id][lent.partition]
        yield named(arn, _current(iam.get_policy(arn)))


def _user(account: str, iam: Any, name: str) -> Principal:  # noqa: ANN401  (moto's backend)
    found = iam.users[name]
    groups = [group for group in iam.groups.values() if found in group.users]
    policies = [each for holder in (found, *groups) for each in _policies(holder)]
    return Principal(found.arn, account, tuple(policies))


def _policies(holder: Any) -> Iterator[Named]:  # noqa: ANN401  (moto's role, user or group)
    for name, text in holder.policies.items():
        yield named(name, text)
    for policy in holder.managed_policies.values():
        yield named(policy.name, _current(policy))


def _current(policy: Any) -> str:  # noqa: ANN401  (moto's managed policy)
    chosen = policy.default_version_id
    return next(str(each.document) for each in policy.versions if each.version_id == chosen)
