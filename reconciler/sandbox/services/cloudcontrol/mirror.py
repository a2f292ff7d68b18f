"""What the files of types that are made in moto are written with."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from reconciler.sandbox.services.cloudcontrol.failures import Broken
from reconciler.sandbox.services.cloudcontrol.paths import Json

Props = dict[str, Json]
TAGS = "Tags"


def pick(found: Mapping[str, Json], names: Iterable[str]) -> Props:
    """The members of these names that say something."""
    return {name: found[name] for name in names if found.get(name) not in (None, "", [], {})}


def text(value: Json) -> str:
    """A document as the text that an API takes, however it was given."""
    return value if isinstance(value, str) else json.dumps(value)


def document(value: Json) -> Json:
    """A document as an object, however an API shows it."""
    return json.loads(value) if isinstance(value, str) else value


def strings(props: Mapping[str, Json]) -> dict[str, str]:
    """Attributes as the services of queues and topics take them: all text."""
    return {name: _string(value) for name, value in props.items()}


def _string(value: Json) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else json.dumps(value)


def pairs(props: Mapping[str, Json]) -> dict[str, str]:
    """A list of tags as a map."""
    return {str(each["Key"]): str(each["Value"]) for each in props.get(TAGS) or ()}


def listed(found: Mapping[str, str]) -> list[Props]:
    """A map of tags as a list."""
    return [{"Key": key, "Value": value} for key, value in sorted(found.items())]


def retag(
    before: Mapping[str, Json],
    after: Mapping[str, Json],
    put: Callable[[dict[str, str]], Any],
    remove: Callable[[list[str]], Any],
) -> None:
    """Bring tags from what they were to what they shall be; AWS's own stay."""
    old, new = pairs(before), pairs(after)
    gone = [key for key in old if key not in new and not key.startswith("aws:")]
    fresh = {key: value for key, value in new.items() if old.get(key) != value}
    if gone:
        remove(gone)
    if fresh:
        put(fresh)


def changed(before: Mapping[str, Json], after: Mapping[str, Json], name: str) -> bool:
    """Whether a property is to be another one."""
    return bool(before.get(name) != after.get(name))


def taken(identifier: str) -> Broken:
    """What a handler says of a name that is not free; many an API takes it and answers well."""
    return Broken("AlreadyExists", f"Resource {identifier} already exists", identifier)


def name(props: Mapping[str, Json], key: str, aws_number: int, noun: str) -> str:
    """The name that was given, or one that AWS makes up."""
    return str(props.get(key) or f"{noun}-{aws_number:012d}")
