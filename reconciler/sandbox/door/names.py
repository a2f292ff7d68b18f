"""Which resources a request names: what it reads or writes, and what else it refers to."""

from __future__ import annotations

import json
import os
import re
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from reconciler.sandbox.found import declared
from reconciler.sandbox.iam import there
from reconciler.sandbox.protocol.given import given
from reconciler.sandbox.state.lag import Thing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.sandbox.protocol.requests import Sent

MENTIONED = {"TargetBucket"}
_ARN = re.compile(r"arn:aws[\w-]*:[^\s\"<,]+")
_S3 = re.compile(r"s3://([^/]+)")
PARTS = 6


class Named(NamedTuple):
    """What a request names."""

    own: frozenset[Thing]
    """Of the service it is sent to: what it reads, writes, or builds on."""
    used: frozenset[Thing]
    """What must be there for it: of other services, principals of a policy, a bucket for logs."""


def named(service: str, operation: str, sent: Sent) -> Named:
    """Everything that a request names; nothing when it has no form that its operation knows."""
    try:
        params = given(service, operation, sent)
    except ValueError:
        return Named(frozenset(), frozenset())
    found = [*_leaves(service, "", params, sent.region)]
    own = frozenset(thing for thing, inside in found if thing[0] == service and not inside)
    return Named(own, frozenset(thing for thing, inside in found if thing not in own or inside))


@cache
def of(service: str) -> frozenset[str]:
    """Parameters that name a resource of the service they are sent to."""
    found = (each.get(service, frozenset()) for each in declared("NAMES"))
    return frozenset[str]().union(*found)


@cache
def services() -> frozenset[str]:
    """The services that have such parameters."""
    return frozenset(service for each in declared("NAMES") for service in each)


def made(service: str, body: str | bytes) -> frozenset[Thing]:
    """What an answer names: the resource of this service that a call has made."""
    text = body.decode(errors="replace") if isinstance(body, bytes) else body
    things = (thing for arn in _ARN.findall(text) for thing in _of_arn(arn))
    return frozenset(thing for thing in things if thing[0] == service)


def _leaves(
    service: str,
    key: str,
    value: Any,  # noqa: ANN401  (any parameter)
    region: str,
) -> Iterator[tuple[Thing, bool]]:
    if isinstance(value, dict):
        for name, item in value.items():
            yield from _leaves(service, str(name), item, region)
    elif isinstance(value, list):
        for item in value:
            yield from _leaves(service, key, item, region)
    elif isinstance(value, str):
        yield from _text(service, key, value, region)


def _text(service: str, key: str, value: str, region: str) -> Iterator[tuple[Thing, bool]]:
    """Things, and whether the request only mentions them."""
    if value.lstrip().startswith("{"):
        yield from ((thing, True) for thing in _principals(value))
    elif value.startswith("arn:"):
        yield from ((thing, False) for thing in _of_arn(value))
    elif found := _S3.match(value):
        yield ("s3", found[1]), False
    elif key in of(service) or key in MENTIONED:
        yield (service, value), key in MENTIONED
    if "key" in key.lower() or key == "AliasName":
        yield from ((thing, False) for thing in _key(value, region))


def _principals(document: str) -> Iterator[Thing]:
    """Who is named in a policy, and must be there."""
    try:
        found = json.loads(document)
    except ValueError:
        return
    statements = found.get("Statement") or [] if isinstance(found, dict) else []
    for each in statements if isinstance(statements, list) else [statements]:
        for arn in _ARN.findall(json.dumps(each.get("Principal", ""))):
            yield from (thing for thing in _of_arn(arn) if thing[0] == "iam")


def _key(value: str, region: str) -> Iterator[Thing]:
    """A key by whatever names it: its alias is a name of its own."""
    account = os.environ.get("MOTO_ACCOUNT_ID", "123456789012")
    if value.startswith("alias/"):
        yield "kms", value
    if "/" in value or "-" in value:
        arn = there.There().key(value, region, account)
        yield from _of_arn(arn) if arn else ()


def _of_arn(arn: str) -> Iterator[Thing]:
    parts = arn.split(":", PARTS - 1)
    if len(parts) == PARTS:
        service, resource = parts[2], parts[5]
        whole = service == "s3"
        yield service, resource.partition("/")[0] if whole else re.split(r"[/:]", resource)[-1]
