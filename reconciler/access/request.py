"""A call as it is sent, what AWS knows at that moment, and what one of its questions is made of."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeAlias

from reconciler.access.model import Context
from reconciler.access.table import type_of

NEW_ID = "00000000-0000-4000-8000-000000000000"
"""Stands for the id that AWS has yet to choose: only a pattern can match it."""


class UnknownCallError(LookupError):
    """It is not known what IAM is asked for this call."""


@dataclass(frozen=True, slots=True)
class Call:
    """One request of one principal."""

    service: str
    """The boto3 client, such as `sagemaker-runtime`."""
    operation: str
    """As botocore names it, `CreateFeatureGroup`."""
    params: Mapping[str, Any]
    """What botocore's input shape takes."""
    region: str
    account: str
    """The principal's account."""
    principal: str
    """ARN of a role, user, root or assumed-role session; or a service, `sns.amazonaws.com`."""
    context: Context = field(default_factory=dict)
    """What only the door knows: `aws:sourcevpce`, `aws:calledvia`, `kms:viaservice`, …"""

    @property
    def partition(self) -> str:
        """Source: AWS_FACTS 10, partitions."""
        return next((name for start, name in _PARTITIONS if self.region.startswith(start)), "aws")

    def need(self, path: str) -> Any:  # noqa: ANN401 - whatever the parameter is
        """A parameter by its dotted path.

        Raises:
            UnknownCallError: the call does not have it, so AWS cannot be asked either.
        """
        value = self.get(path)
        if value in (None, "", [], ()):
            raise UnknownCallError(f"{self.service} {self.operation} has no {path}")
        return value

    def get(self, path: str) -> Any:  # noqa: ANN401 - whatever the parameter is
        """A parameter by its dotted path, or nothing; a list on the way gives a list."""
        return _at(self.params, path.split("."))


class World(Protocol):
    """What AWS knows of what there is when the call arrives."""

    def tags(self, arn: str, /) -> Mapping[str, str]:
        """The tags that IAM looks at; of a bucket and its objects only where its ABAC is on."""

    def owner(self, arn: str, /) -> str:
        """The account of a bucket, by its ARN; empty when it does not exist."""

    def key(self, name: str, region: str, account: str, /) -> str:
        """The ARN of the KMS key that an id or an alias stands for; empty when there is none."""

    def aliases(self, key: str, /) -> Iterable[str]:
        """The aliases of a KMS key, by its ARN; each as `alias/<name>`."""

    def role(self, name: str, account: str, /) -> str:
        """The ARN of a role, its path included; empty when it does not exist."""

    def boundary(self, role: str, /) -> str:
        """The ARN of a role's permissions boundary, by the role's ARN; or empty."""

    def workgroup(self, query: str, /) -> str:
        """The workgroup that an Athena query runs in, by the query's id; empty for `primary`."""

    def version(self, arn: str, /) -> Mapping[str, Any]:
        """What DescribeModelPackage says of a version of a model; nothing of one not there."""

    def encryption(self, arn: str, /) -> str:
        """The ARN of the customer's KMS key that encrypts what has an ARN; or empty.

        Asked of a bucket it is the default of its objects, of a feature group its online store's.
        """


@dataclass(frozen=True, slots=True)
class Want:
    """One action that a call asks for, before the context is put around it."""

    action: str
    resource: str = "*"
    keys: Mapping[str, Any] = field(default_factory=dict)
    """Condition keys and what they hold: a text, a number, a truth or a list; none is absent."""
    tags: Mapping[str, str] = field(default_factory=dict)
    """Tags in the request."""
    untag: tuple[str, ...] = ()
    """Keys of tags in the request that come without values."""


Derive: TypeAlias = Callable[[Call, World], Iterable[Want]]
_PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("us-iso-", "aws-iso"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
)


def arn(call: Call, service: str, kind: str, *names: str) -> str:
    """The ARN of a resource in the caller's account and region; a name that is one already stays.

    Raises:
        UnknownCallError: the names are not as many as the ARN's format has.
        UnknownActionError: there is no such resource type.
    """
    if names and names[-1].startswith("arn:"):
        return names[-1]
    found = type_of(service, kind)
    if len(found.slots) != len(names):
        raise UnknownCallError(f"{call.operation}: {found.format} is not made of {names}")
    place = {"Partition": call.partition, "Region": call.region, "Account": call.account}
    text = found.format
    for slot, value in {**place, **dict(zip(found.slots, names, strict=True))}.items():
        text = text.replace(f"${{{slot}}}", value)
    return text


def plain(service: str, rows: Mapping[str, str]) -> dict[str, Derive]:
    """Derivations of operations whose action is named like them.

    A row is a resource type and the parameters that its ARN is made of, then the operations;
    without a type the action knows no resource.
    """
    return {
        operation: _plain(f"{service}:{operation}", tuple(where.split()))
        for where, operations in rows.items()
        for operation in operations.split()
    }


def _plain(action: str, where: tuple[str, ...]) -> Derive:
    service = action.partition(":")[0]

    def derive(call: Call, _world: World) -> Iterable[Want]:
        at = "*"
        if where:
            at = arn(call, service, where[0], *(str(call.need(path)) for path in where[1:]))
        return (Want(action, at, tags=tags(call.get("Tags")), untag=untag(call.get("TagKeys"))),)

    return derive


def tags(given: Any) -> dict[str, str]:  # noqa: ANN401 - a list or mapping of the API
    """Tags in any of the forms that APIs take them in."""
    if isinstance(given, Mapping):
        return {str(key): str(value) for key, value in given.items()}
    found = {}
    for each in given or ():
        key = each.get("Key", each.get("TagKey", each.get("key")))
        value = each.get("Value", each.get("TagValue", each.get("value", "")))
        found[str(key)] = str(value)
    return found


def untag(given: Any) -> tuple[str, ...]:  # noqa: ANN401 - a list of the API
    """Keys of tags that are taken away."""
    return tuple(str(each) for each in given or ())


def passed(call: Call, role: Any, service: str) -> tuple[Want, ...]:  # noqa: ANN401
    """A role that is handed to a service, `sagemaker.amazonaws.com`; nothing without one.

    Source: IAM user guide, "Grant a user permissions to pass a role to an AWS service".
    """
    if not role:
        return ()
    at = role if role.startswith("arn:") else arn(call, "iam", "role", role)
    return (Want("iam:PassRole", at, {"iam:PassedToService": service}),)


def _at(value: Any, path: list[str]) -> Any:  # noqa: ANN401 - whatever the parameter is
    if not path:
        return value
    if isinstance(value, list | tuple):
        found = [_at(each, path) for each in value]
        flat: list[Any] = []
        for each in found:
            flat.extend(each if isinstance(each, list | tuple) else [each])
        return [each for each in flat if each is not None]
    return _at(value.get(path[0]), path[1:]) if isinstance(value, Mapping) else None
