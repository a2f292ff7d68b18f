"""What AWS refuses of keys and roles, as far as a spec tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.kinds.api import Problem, days, seconds
from reconciler.kinds.security.spec import IamRole, Key, Security
from reconciler.model.value import Path

_ROTATION = (90, 2560)
_WINDOW = (7, 30)
_SESSION = (3600, 43200)


def check(spec: Security) -> Iterator[Problem]:
    for name, key in spec.keys.items():
        here = ("keys", name)
        yield from _signing(key, here)
        if not _ROTATION[0] <= days(key.rotation) <= _ROTATION[1]:
            help_ = "use 90d to 2560d"
            yield Problem((*here, "rotation"), "keys rotate every 90 to 2560 days", help_)
        if not _WINDOW[0] <= days(key.deletion_window) <= _WINDOW[1]:
            help_ = "use 7d to 30d"
            yield Problem((*here, "deletionWindow"), "a deletion waits 7 to 30 days", help_)
    for name, role in spec.roles.items():
        if not _SESSION[0] <= seconds(role.max_session) <= _SESSION[1]:
            path = ("roles", name, "maxSession")
            yield Problem(path, "a session lasts 1 to 12 hours", "use 1h to 12h")
        if not (role.statements or role.managed_policies):
            yield Problem(("roles", name), f"role {name!r} may do nothing", "add statements")
    yield from _twice("keys", spec.keys)
    yield from _twice("roles", spec.roles)


def _signing(key: Key, here: Path) -> Iterator[Problem]:
    """Source: KMS developer guide, "Rotating AWS KMS keys": symmetric ones only."""
    if key.usage != "signing":
        return
    if "rotation" in key.model_fields_set:
        text = "KMS rotates no key that signs"
        yield Problem((*here, "rotation"), text, "remove it")
    if key.users.services:
        text = "services encrypt, and this key signs"
        yield Problem((*here, "users", "services"), text, "remove it")


def _twice(where: str, members: Mapping[str, Key] | Mapping[str, IamRole]) -> Iterator[Problem]:
    """Two members with one name in AWS; the names of roles differ by more than their case."""
    seen: dict[str, str] = {}
    for name, member in members.items():
        if member.aws_name is None:
            continue
        own = member.aws_name.lower() if where == "roles" else member.aws_name
        if (first := seen.setdefault(own, name)) != name:
            text = f"{first!r} has the same name in AWS"
            yield Problem((where, name, "awsName"), text, "choose another name")
