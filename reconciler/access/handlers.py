"""What AWS's own handlers ask of the caller: Cloud Control works with the rights of who calls it.

Source: Cloud Control API user guide, "Specifying credentials for Cloud Control API": without a
RoleArn the handlers' calls are made in the caller's name. Which actions those are is in the type's
schema, `handlers.<verb>.permissions`; it does not say on what, which follows from IAM's tables
where a type of theirs is called like the resource's own. What depends on the resource (roles that
are handed over, keys) is asked where the request names such a one.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

from reconciler.access.calls import questions, untold
from reconciler.access.model import Asked
from reconciler.access.request import NEW_ID, Call, Want, World, arn, tags
from reconciler.access.table import (
    Level,
    Type,
    UnknownActionError,
    action,
    fitting,
    services,
    type_of,
)
from reconciler.facts import UnknownType, facts

SERVICE = "cloudcontrol"
VERBS = {
    "CreateResource": ("create",),
    "GetResource": ("read",),
    "UpdateResource": ("read", "update"),  # a patch is laid on what is read
    "DeleteResource": ("delete",),
    "ListResources": ("list",),
}
"""By operation: whose handlers run because of it."""
PARTIAL = frozenset({"ec2"})
"""Services of which IAM's tables here have some actions only."""
LINKED = "iam:CreateServiceLinkedRole"
PASS = "iam:PassRole"  # noqa: S105 - an action
_ACTION = re.compile(r"[a-z0-9-]+:[A-Za-z0-9]+\*?")
_ARN = re.compile(r"arn:[a-z-]+:[a-z0-9-]+:[a-z0-9-]*:\d*:[^\s\"\\,\]}]+")
_ROLE = re.compile(r"arn:[a-z-]+:iam::\d{12}:role/[\w+=,.@/-]+")
_KEY = re.compile(r"arn:[a-z-]+:kms:[a-z0-9-]+:\d{12}:(?:key|alias)/[\w/-]+")
_LOOKS = re.compile(r"(batch)?(get|list|describe|search|view|lookup|query|head)", re.IGNORECASE)
_SECRET = re.compile(
    r"(secretsmanager:getsecretvalue|kms:decrypt|lakeformation:getdataaccess"
    r"|[\w-]+:get\w*(token|credentials|password)).*",
    re.IGNORECASE,
)
"""What gives out secrets, or a way to data."""
_CONTENT = re.compile(
    r"(s3:getobject|ssm:getparameter|dynamodb:(getitem|getrecords|batchgetitem|query|scan|partiql)"
    r"|sqs:receivemessage|kinesis:getrecords|athena:getqueryresults"
    r"|logs:(getlogevents|filterlogevents|getqueryresults)).*",
    re.IGNORECASE,
)
"""What reads the data that a resource holds, and not what it is like."""
GRANTS = frozenset({"kms:CreateGrant", "kms:RevokeGrant"})
"""What services do with grants of keys that are for them."""
_DELIVERS = (
    "logs:CreateLogDelivery", "logs:DeleteLogDelivery", "logs:DescribeLogGroups",
    "logs:DescribeResourcePolicies", "logs:GetLogDelivery", "logs:ListLogDeliveries",
    "logs:PutResourcePolicy", "logs:UpdateLogDelivery",
)  # fmt: skip
_UNSAID = {("AWS::ApiGatewayV2::Stage", verb): _DELIVERS for verb in ("create", "update", "delete")}
"""What handlers ask for and the schema leaves out. Source: API Gateway developer guide, "Customize
HTTP API access logs in API Gateway" (permissions for logging)."""
_BESIDES = frozenset({"ec2", "iam", "kms", "logs", "s3", "secretsmanager", "sts"})
"""Services that handlers of others turn to."""


@cache
def handler_demands(type_name: str, verb: str) -> tuple[str, ...]:
    """The IAM actions that the handler of a verb asks for, by the type's schema, sorted.

    Verbs are create, read, update, delete and list; nothing where there is no such handler, or
    no such type. A star is AWS's own, for actions that begin so; that of a whole service is left
    out, since no role of ours gives that, as is what IAM would not take for an action.
    """
    try:
        found = facts(type_name).handlers.get(verb)
    except UnknownType:
        return ()
    said = (*found.permissions, *_UNSAID.get((type_name, verb), ())) if found else ()
    named = {_written(each) for each in said}
    return tuple(sorted(each for each in named if _ACTION.fullmatch(each)))


def _written(name: str) -> str:
    """An action as IAM's tables write it; prefixes are in lower case."""
    prefix, _, short = name.strip().partition(":")
    try:
        return action(f"{prefix.lower()}:{short}").name
    except UnknownActionError:
        return f"{prefix.lower()}:{short}"


def looks(name: str) -> bool:
    """Whether an action tells what a resource is like: it changes nothing and reads no data."""
    if _SECRET.fullmatch(name) or _CONTENT.fullmatch(name):
        return False
    if _LOOKS.match(name.partition(":")[2]):
        return True
    try:
        return action(name).levels <= {Level.LIST, Level.READ}
    except UnknownActionError:
        return False


def reads_data(name: str) -> bool:
    """Whether an action reads what a resource holds, and that is no secret."""
    return _CONTENT.fullmatch(name) is not None


@cache
def places(type_name: str, name: str) -> tuple[Type, ...]:
    """IAM's types of resource on which a handler's action is asked, where names say so.

    Of the type's own service it is the one that is called like the resource (`stream` of
    `AWS::Kinesis::Stream`) and has one name in its ARN; of another service, whatever begins with
    a name. None where AWS makes up what an ARN ends in: then it can be asked on anything.
    """
    try:
        service, kinds = name.partition(":")[0], action(name).types
        found = [type_of(service, each) for each in kinds]
    except UnknownActionError:  # of the action, or of a type that the tables name and do not have
        return ()
    if service != service_of(type_name):
        named = bool(found) and all(each.slots and _NAME.fullmatch(each.slots[0]) for each in found)
        return tuple(found) if named else ()
    wanted = _plain(type_name.rpartition("::")[2])
    return tuple(
        each
        for each in found
        if _plain(each.name) == wanted and len(each.slots) == 1 and _NAME.fullmatch(each.slots[0])
    )


_NAME = re.compile(r"\w*Name(WithoutLeadingSlash|WithPath)?|SecretId")
"""Slots of ARNs that begin with what is chosen."""


@cache
def service_of(type_name: str) -> str:
    """The IAM prefix of a type's own actions: its service's name, or that of most of them."""
    found = Counter(
        each.partition(":")[0]
        for verb in ("create", "read", "delete")
        for each in handler_demands(type_name, verb)
    )
    named = _plain(type_name.split("::")[1])
    if own := next((each for each in found if _plain(each) == named), ""):
        return own
    most = [each for each, _ in found.most_common()]
    return next((each for each in most if each not in _BESIDES), most[0] if most else "")


def _plain(text: str) -> str:
    return re.sub(r"[^a-z0-9]", "", text.lower())


def handled(call: Call, world: World) -> tuple[Asked, ...]:
    """What the caller is asked because of the handlers that a call to Cloud Control runs.

    None of another call, and none where a role is given with which they work.

    Raises:
        UnknownCallError: the call does not say which type it is about.
    """
    verbs = VERBS.get(call.operation, ()) if call.service == SERVICE else ()
    if not verbs or call.get("RoleArn"):
        return ()
    type_name = str(call.need("TypeName"))
    via = {"aws:viaawsservice": ("true",), "aws:calledvia": ("cloudformation.amazonaws.com",)}
    sent = replace(call, context={**call.context, **via})
    found: dict[tuple[str, str], Asked] = {}
    for verb in verbs:
        for name in handler_demands(type_name, verb):
            for each in _asked(sent, world, type_name, name):
                found[each.action, each.resource] = each
    return tuple(found.values())


def _asked(call: Call, world: World, type_name: str, name: str) -> Iterator[Asked]:
    if "*" in name or name == LINKED:  # the role of a service is made once, by whoever is first
        return
    try:
        action(name)
    except UnknownActionError:
        service = name.partition(":")[0]
        if service not in services() or service in PARTIAL:  # else IAM knows no such action
            yield untold(call, world, name)
        return
    yield from questions(call, world, _wants(call, type_name, name))


def _wants(call: Call, type_name: str, name: str) -> Iterator[Want]:
    state = _state(call)
    if name == PASS:
        to = {"iam:PassedToService": f"{service_of(type_name)}.amazonaws.com"}
        yield from (Want(name, each, to) for each in sorted(set(_ROLE.findall(state))))
        return
    if name.startswith("kms:") and action(name).types:
        for each in sorted(set(_KEY.findall(state))):
            given = {"kms:GrantIsForAWSResource": True} if name in GRANTS else {}
            yield Want(name, each, given)
        return
    at = places(type_name, name)
    if at and name.partition(":")[0] != service_of(type_name):
        found = sorted(set(_ARN.findall(state)))
        yield from (Want(name, each) for each in found if fitting(name, each))
        return
    yield Want(name, _at(call, type_name, name, at), tags=_tags(type_name, state))


def _state(call: Call) -> str:
    return str(call.get("DesiredState") or call.get("PatchDocument") or "")


def _at(call: Call, type_name: str, name: str, at: tuple[Type, ...]) -> str:
    """The ARN of the resource, as far as the request says; a star where nothing says it."""
    identifier = str(call.get("Identifier") or "")
    if identifier.startswith("arn:"):
        return identifier if fitting(name, identifier) else "*"
    if not at:
        return "*"
    chosen = _called(type_name, identifier) or _chosen(call, type_name) or NEW_ID
    if at[0].slots[0].endswith("WithoutLeadingSlash"):
        chosen = chosen.lstrip("/")
    return arn(call, at[0].service, at[0].name, chosen)


def _called(type_name: str, identifier: str) -> str:
    """The name in an identifier: one part of several, or what a URL ends in."""
    ways = [path[-1] for path in facts(type_name).identity]
    parts = identifier.split("|") if len(ways) > 1 else [identifier]
    named = dict(zip(ways, parts, strict=False))
    found = next((it for way, it in named.items() if _NAME.fullmatch(way)), parts[0])
    return found.rpartition("/")[2] if "://" in found else found


def _chosen(call: Call, type_name: str) -> str:
    """The name in a desired state."""
    desired = _document(_state(call))
    parts = [path[0] for path in facts(type_name).identity if len(path) == 1]
    last = type_name.rpartition("::")[2]
    called = (it for it in desired if it.endswith("Name") and last.endswith(it[: -len("Name")]))
    names = (*(parts if len(parts) == 1 else ()), *sorted(called, key=len, reverse=True))
    return next((desired[each] for each in names if isinstance(desired.get(each), str)), "")


def _tags(type_name: str, state: str) -> dict[str, str]:
    """Tags in a desired state; a patch does not say which are new."""
    tagging = facts(type_name).tagging
    return tags(_document(state).get(tagging.property[0])) if tagging else {}


def _document(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, Mapping) else {}
