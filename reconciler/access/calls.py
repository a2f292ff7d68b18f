"""From one AWS API call to everything that IAM is asked because of it.

The derivations are in `services`, one file for each; they say which actions on which ARNs, and
what the parameters fill condition keys with. Here the rest of the context is put around them:
what can be said of any request, and of what it reaches.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any

from reconciler.access.model import Asked
from reconciler.access.request import Call, UnknownCallError, Want, World
from reconciler.access.services import lookup
from reconciler.access.table import action, everywhere, fitting

__all__ = ["Call", "UnknownCallError", "World", "asked", "known", "questions", "untold"]

_ELSEWHERE = {
    ("aws", "iam"): "us-east-1",
    ("aws", "budgets"): "us-east-1",
    ("aws-cn", "iam"): "cn-north-1",
    ("aws-cn", "budgets"): "cn-northwest-1",
    ("aws-us-gov", "iam"): "us-gov-west-1",
}
"""Services with one endpoint in the partition, which is what `aws:RequestedRegion` says."""


def known(service: str, operation: str) -> bool:
    """Whether it is known what an operation of a boto3 client asks for."""
    return lookup(service, operation) is not None


def asked(call: Call, world: World) -> tuple[Asked, ...]:
    """Every question that a call puts to IAM; all have to be allowed. None where AWS asks none.

    Raises:
        UnknownCallError: it is not known what this operation asks for, or the call lacks a
            parameter without which AWS would not get as far as asking.
    """
    derive = lookup(call.service, call.operation)
    if derive is None:
        raise UnknownCallError(f"nothing is known of {call.service} {call.operation}")
    return questions(call, world, derive(call, world))


def questions(call: Call, world: World, wants: Any) -> tuple[Asked, ...]:  # noqa: ANN401
    """The wants of a call with their context, each once."""
    found = (_question(call, world, want) for want in wants)
    return tuple({(each.action, each.resource): each for each in found}.values())


def untold(call: Call, world: World, name: str) -> Asked:
    """A question of which no table says on what it is asked: on anything, with common keys."""
    context = {
        **dict(_principal(call, world)),
        "aws:requestedregion": (_region(call),),
        "aws:resourceaccount": (call.account,),
        "aws:securetransport": ("true",),
        **{key.lower(): it for key, it in call.context.items() if key.lower().startswith("aws:")},
    }
    return Asked(
        action=name,
        resource="*",
        principal=call.principal,
        account=call.account,
        owner=call.account,
        context=context,
    )


def _question(call: Call, world: World, want: Want) -> Asked:
    real = action(want.action).name
    owner = _owner(call, world, want.resource)
    exact, _ = admitted(want.action, want.resource)
    context = dict(_context(call, world, want, owner))
    context |= {
        key.lower(): value
        for key, value in call.context.items()
        if key.lower().startswith("aws:") or key.lower() in exact
    }
    service = "" if call.principal.startswith("arn:") else call.principal
    return Asked(
        action=real,
        resource=want.resource,
        principal=call.principal,
        account="" if service else call.account,
        owner=owner,
        context=context,
    )


def _owner(call: Call, world: World, resource: str) -> str:
    """The account in the ARN; S3's has none, and a bucket can be anybody's."""
    if resource == "*":
        return call.account
    parts = resource.split(":", 5)
    if len(parts) < 6:  # noqa: PLR2004 - an ARN has six parts
        raise UnknownCallError(f"{call.service} {call.operation}: {resource!r} is no ARN")
    account = parts[4]
    if account.isdigit() or parts[2] != "s3":
        return account if account.isdigit() else call.account
    if call.operation == "CreateBucket":  # whose it is to be; a taken name is not refused by IAM
        return call.account
    bucket = resource.split("/", 1)[0]
    return world.owner(bucket) or call.account


def _context(
    call: Call, world: World, want: Want, owner: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """All condition keys but those that only the door knows: `Call.context`.

    Source: IAM user guide, "AWS global condition context keys".
    """
    yield from _principal(call, world)
    yield "aws:requestedregion", (_region(call),)
    yield "aws:resourceaccount", (owner,)
    yield "aws:securetransport", ("true",)
    exact, stems = admitted(want.action, want.resource)
    yield from ((key, it) for key, it in _ambient(call, world, want, owner) if key in exact)
    yield from _tags(world, want, stems)
    if "aws:tagkeys" in exact and (names := (*want.tags, *want.untag)):
        yield "aws:tagkeys", tuple(names)
    for key, value in want.keys.items():
        if texts := _texts(value):
            yield key.lower(), texts


def _tags(world: World, want: Want, stems: frozenset[str]) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Tags of the resource, under every name that they have, and those in the request."""
    of_resource = [stem for stem in stems if stem.endswith(_TAGGED)]
    if of_resource and want.resource != "*":
        for name, value in world.tags(want.resource).items():
            yield from ((f"{stem}{name}".lower(), (value,)) for stem in of_resource)
    if "aws:requesttag/" in stems:
        for name, value in want.tags.items():
            yield f"aws:requesttag/{name}".lower(), (value,)


_TAGGED = ("resourcetag/", "buckettag/")


def _principal(call: Call, world: World) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Who asks. Of a session it is the role's ARN that counts, with its path."""
    if not call.principal.startswith("arn:"):
        yield "aws:principalisawsservice", ("true",)
        yield "aws:principalservicename", (call.principal,)
        yield "aws:viaawsservice", ("false",)
        return
    itself, kind = call.principal, call.principal.split(":", 5)[5]
    if kind.startswith("assumed-role/"):
        name = kind.split("/")[1]
        itself = (
            world.role(name, call.account)
            or f"arn:{call.partition}:iam::{call.account}:role/{name}"
        )
    kinds = {"root": "Account", "user": "User", "federated-user": "FederatedUser"}
    yield "aws:principalarn", (itself,)
    yield "aws:principalaccount", (call.account,)
    yield "aws:principaltype", (kinds.get(kind.split("/")[0], "AssumedRole"),)
    yield "aws:principalisawsservice", ("false",)
    yield "aws:viaawsservice", ("true" if "aws:calledvia" in call.context else "false",)
    for name, value in world.tags(itself).items():
        yield f"aws:principaltag/{name}".lower(), (value,)


def _region(call: Call) -> str:
    """The region whose endpoint is called."""
    return _ELSEWHERE.get((call.partition, call.service), call.region)


def _ambient(
    call: Call, world: World, want: Want, owner: str
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """What a service says of every request, where the action has the key."""
    yield "s3:resourceaccount", (owner,)
    yield "s3:authtype", ("REST-HEADER",)
    yield "s3:signatureversion", ("AWS4-HMAC-SHA256",)
    yield "kms:calleraccount", (call.account,)
    is_key = ":kms:" in want.resource and ":key/" in want.resource
    if is_key and (aliases := tuple(world.aliases(want.resource))):
        yield "kms:resourcealiases", aliases


@lru_cache(maxsize=1 << 12)
def admitted(name: str, resource: str) -> tuple[frozenset[str], frozenset[str]]:
    """The condition keys that an action has on a resource, in lower case: whole, and beginnings.

    A beginning is what is before the braces, such as `aws:requesttag/`.

    Raises:
        UnknownActionError: there is no such action.
    """
    # Tags are everywhere by name only: the table says which actions really have them.
    names = {*action(name).keys, *(key for key in everywhere() if not _tag(key))}
    for each in fitting(name, resource):
        names |= each.keys
    own = {key.lower() for key in names}
    return (
        frozenset(key for key in own if "{" not in key and "<" not in key),
        frozenset(key.split("$")[0].split("<")[0] for key in own if "{" in key or "<" in key),
    )


def _tag(key: str) -> bool:
    return key.startswith(("aws:RequestTag/", "aws:ResourceTag/")) or key == "aws:TagKeys"


def _texts(value: Any) -> tuple[str, ...]:  # noqa: ANN401 - whatever a parameter holds
    if value is None or value in ("", [], ()):
        return ()
    if isinstance(value, bool):
        return ("true" if value else "false",)
    if isinstance(value, list | tuple | set | frozenset | Mapping):
        return tuple(str(each) for each in value)
    return (str(value),)
