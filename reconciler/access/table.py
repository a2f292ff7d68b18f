"""What IAM knows of actions, resource types and condition keys. Read when it is first asked for.

Source: `schemas/iam.json`, which is made of AWS's service reference and the Service Authorization
Reference; see `schemas.generate.iam` for its form.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property
from typing import Any

from reconciler.facts.files import read


class UnknownActionError(LookupError):
    """The table has no such action, resource type or service."""


class Level(StrEnum):
    """What kind of access an action is."""

    LIST = "L"
    READ = "R"
    WRITE = "W"
    TAGGING = "T"
    PERMISSIONS = "P"


@dataclass(frozen=True)  # not slotted: the pattern is a cached property
class Type:
    """A type of resource: its ARN's format, and the keys that each of them has."""

    service: str
    name: str
    format: str
    """As `arn:${Partition}:s3:::${BucketName}`."""
    keys: frozenset[str]

    @cached_property
    def slots(self) -> tuple[str, ...]:
        """The names between braces but for partition, region and account, in their order."""
        found = _SLOT.findall(self.format)
        return tuple(name for name in found if name not in _PLACE)

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """What the ARNs look like."""
        parts = _SLOT.split(self.format)  # text, name, text, name, …, text
        texts = [re.escape(part) if at % 2 == 0 else _looks(part) for at, part in enumerate(parts)]
        return re.compile("".join(texts))

    def fits(self, arn: str) -> bool:
        """Whether an ARN is one of this type."""
        return self.pattern.fullmatch(arn) is not None


@dataclass(frozen=True, slots=True)
class Action:
    """An action: on what, under which keys, and what else it asks for."""

    name: str
    """As `s3:GetObject`, in AWS's own writing."""
    levels: frozenset[Level]
    types: Mapping[str, bool]
    """The resource types that it can be asked on, and whether each is required; none is ``*``."""
    keys: frozenset[str]
    """Condition keys of its own; those of its resource types come on top."""
    dependent: tuple[str, ...]
    """Actions that the caller may have to be allowed besides."""


_SLOT = re.compile(r"\$\{(\w+)\}")
_PLACE = {"Partition": "[a-z-]+", "Region": "[a-z0-9-]+", "Account": "[0-9]{12}|aws"}
_LONG = re.compile(
    r"\w+WithPath|ObjectName|LogGroupName|LogStreamName|RepositoryName|Alias|Parameter\w+|SecretId"
)
"""What has slashes in it."""
_PACKAGE = re.compile(r"ModelPackageName")
"""A version of a package follows its group's name after a slash."""


def _looks(slot: str) -> str:
    if slot in _PLACE:
        return f"(?:{_PLACE[slot]})"
    if _LONG.fullmatch(slot):
        return ".+"
    if slot == "SchemaName":  # a schema of Glue is named after its registry (ARNs of CreateSchema)
        return "[^/]+(?:/[^/]+)?"
    return r"[^/]+(?:/\d+)?" if _PACKAGE.fullmatch(slot) else "[^/]+"


def services() -> frozenset[str]:
    """The IAM prefixes that there is a table for."""
    return frozenset(_file()["services"])


def actions(service: str) -> tuple[str, ...]:
    """The names of a service's actions, with its prefix.

    Raises:
        UnknownActionError: there is no table for the service.
    """
    return tuple(f"{service}:{name}" for name in _service(service)["actions"])


@cache
def action(name: str) -> Action:
    """An action by its name, written in whatever case.

    Raises:
        UnknownActionError: there is no such action.
    """
    service, _, short = name.partition(":")
    real = _written(service.lower()).get(short.lower())
    if real is None:
        raise UnknownActionError(f"IAM has no action {name!r}")
    raw = _service(service.lower())
    levels, keys, types, *dependent = raw["actions"][real].split(" ")
    return Action(
        name=f"{service.lower()}:{real}",
        levels=frozenset(Level(letter) for letter in levels),
        types={
            each.removesuffix("!"): each.endswith("!")
            for each in raw["type sets"][int(types)].split()
        },
        keys=_keys(raw, raw["key sets"][int(keys)]),
        dependent=tuple(dependent),
    )


@cache
def type_of(service: str, name: str) -> Type:
    """A resource type of a service, such as `feature-group` of `sagemaker`.

    Raises:
        UnknownActionError: there is no such type.
    """
    raw = _service(service)
    if name not in raw["types"]:
        raise UnknownActionError(f"IAM has no resource type {name!r} of {service!r}")
    form, keys = raw["types"][name]
    return Type(service, name, form, _keys(raw, keys))


def fitting(name: str, arn: str) -> tuple[Type, ...]:
    """The resource types of an action that an ARN can be one of.

    Raises:
        UnknownActionError: there is no such action.
    """
    service = action(name).name.partition(":")[0]
    known = _service(service)["types"]
    types = (type_of(service, each) for each in action(name).types if each in known)
    return tuple(each for each in types if each.fits(arn))


@cache
def keys(service: str) -> Mapping[str, str]:
    """The types of a service's condition keys, and of those that every request can have.

    The types are AWS's names: `String`, `ArrayOfString`, `ARN`, `Bool`, `Numeric`, `Date`, …
    A name in braces, as in `aws:RequestTag/${TagKey}`, stands for any.

    Raises:
        UnknownActionError: there is no table for the service.
    """
    return {**everywhere(), **_service(service)["keys"]}


@cache
def everywhere() -> Mapping[str, str]:
    """The types of the condition keys that are no service's own."""
    found: dict[str, str] = _file()["everywhere"]
    return {name.replace("/tag-key", "/${TagKey}"): kind for name, kind in found.items()}


@cache
def vouches(service: str, *, taking: bool = False) -> bool:
    """Whether AWS documents that a service principal says for whom it acts; unknown is no.

    Source: `schemas/principals.json`. `taking` is about taking a role, else about a resource.
    """
    known: dict[str, Any] = read("principals.json")["principals"].get(service, {})
    return bool(known.get("role" if taking else "resource"))


@cache
def _file() -> Any:  # noqa: ANN401 - JSON
    return read("iam.json")


def _service(service: str) -> Any:  # noqa: ANN401 - JSON
    found = _file()["services"].get(service)
    if found is None:
        raise UnknownActionError(f"there is no table for the service {service!r}")
    return found


@cache
def _written(service: str) -> Mapping[str, str]:
    return {name.lower(): name for name in _service(service)["actions"]}


def _keys(raw: Any, positions: str) -> frozenset[str]:  # noqa: ANN401 - JSON
    known = list(raw["keys"])
    return frozenset(known[int(each)] for each in positions.split())
