"""What a plan may show of a value. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Set as AbstractSet

from reconciler.model.secret import Secret
from reconciler.model.value import SENSITIVE, Hidden, Join, Json, JsonText, Mark, Path, Ref
from reconciler.secret.entropy import random_runs
from reconciler.secret.names import placeholder, secretive
from reconciler.secret.redact import redact, redact_value

REFERENCE = "{{resolve:"
OURS = "moorline:"
"""Begins the tags that we write: they hold names and digests."""


def veiled(
    path: Path, place: Path, value: Json, write_only: AbstractSet[Path], *, live: bool = False
) -> Json:
    """The value at `path` as a plan shows it: `SENSITIVE` where it is or may be a secret.

    `place` is the path without names of list items. A `live` value is also hidden when it
    looks random under a name of the user's own, as tags and environment variables have.
    """
    if isinstance(value, Hidden):
        return SENSITIVE
    if value is None or isinstance(value, bool | Mark | Ref | Join | Secret):
        return value
    if isinstance(value, str) and placeholder(value) and REFERENCE in value:
        return value
    keys = tuple(step for step in place if step != "*")
    if any(keys[: len(each)] == each for each in write_only) and not isinstance(value, int | float):
        return SENSITIVE
    if not isinstance(value, Mapping | list | tuple | JsonText):
        name = next((step for step in reversed(path) if not step.isdecimal()), "")
        if secretive(name) and not (isinstance(value, str) and placeholder(value)):
            return SENSITIVE
        if isinstance(value, str):
            random = live and _own(path) and any(random_runs(value))
            return SENSITIVE if random or redact(value) != value else value
        return value
    return redact_value(_deep(value, keys, write_only))


def _deep(value: Json, keys: Path, write_only: AbstractSet[Path]) -> Json:
    """The value without members that CloudFormation never gives back."""
    if isinstance(value, Mapping):
        return {
            key: SENSITIVE
            if (*keys, key) in write_only and not isinstance(item, int | float | None)
            else _deep(item, (*keys, key), write_only)
            for key, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [_deep(item, keys, write_only) for item in value]
    return value


def _own(path: Path) -> bool:
    """Whether the last name is the user's: a tag that is not ours, an environment variable."""
    users = len(path) > 1 and path[-2] in {"Tags", "Environment", "EnvironmentVariables"}
    return users and not path[-1].startswith(OURS)
