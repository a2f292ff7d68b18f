"""One event of CloudTrail's history as a value: what was called, by whom, on what. Pure.

What an event is made of is AWS's; anything may be missing, so nothing here fails.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.model.value import Json


@dataclass(frozen=True, slots=True)
class Caller:
    """`userIdentity`, as far as it says who it was."""

    type: str = ""
    name: str = ""
    """Of a user."""
    role: str = ""
    """The ARN of the role of a session."""
    session: str = ""
    account: str = ""
    source: str = ""
    """The source identity of a session, which its roles cannot change."""
    provider: str = ""
    """Who vouched for a session: a web identity provider."""
    invoked_by: str = ""
    """The AWS service that called on somebody's behalf, or for itself."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """One call. `at` is an ISO time in UTC, which sorts by time."""

    event: str
    source: str
    at: str
    region: str
    account: str
    caller: Caller
    agent: str = ""
    console: bool = False
    failed: bool = False
    reads: bool = False
    names: frozenset[str] = frozenset()
    """Names and ARNs of the resources it was about."""


def sighting(item: Mapping[str, Json]) -> Sighting | None:
    """An item of LookupEvents; nothing when it is not readable."""
    try:
        event = json.loads(item["CloudTrailEvent"])
    except (KeyError, TypeError, ValueError, RecursionError):
        return None
    if not isinstance(event, dict):
        return None
    who = _map(event.get("userIdentity"))
    resources = [_map(each) for each in _list(item.get("Resources"))]
    listed = [_map(each) for each in _list(event.get("resources"))]
    names = [each.get("ResourceName") for each in resources] + [e.get("ARN") for e in listed]
    return Sighting(
        event=_text(event.get("eventName")),
        source=_text(event.get("eventSource")),
        at=_text(event.get("eventTime")),
        region=_text(event.get("awsRegion")),
        account=_text(event.get("recipientAccountId")) or _text(who.get("accountId")),
        caller=_caller(who),
        agent=_text(event.get("userAgent")),
        console=_text(event.get("sessionCredentialFromConsole")).lower() == "true",
        failed=bool(event.get("errorCode") or event.get("errorMessage")),
        reads=_true(event.get("readOnly")) or _true(item.get("ReadOnly")),
        names=frozenset(name for name in names if isinstance(name, str) and name),
    )


def _caller(who: Mapping[str, Json]) -> Caller:
    context = _map(who.get("sessionContext"))
    issuer = _map(context.get("sessionIssuer"))
    web = _map(context.get("webIdFederationData"))
    type_ = _text(who.get("type"))
    session = ""
    if type_ in {"AssumedRole", "FederatedUser", "SAMLUser", "WebIdentityUser"}:
        principal, colon, after = _text(who.get("principalId")).partition(":")
        session = after if colon else _text(who.get("arn")).rpartition("/")[2] or principal
    behalf = _map(who.get("onBehalfOf"))
    return Caller(
        type=type_,
        name=_text(who.get("userName")) or _text(behalf.get("userId")),
        role=_text(issuer.get("arn")) if issuer.get("type") == "Role" else "",
        session=session,
        account=_text(who.get("accountId")),
        source=_text(context.get("sourceIdentity")) or _text(who.get("sourceIdentity")),
        provider=_text(web.get("federatedProvider")) or _text(who.get("identityProvider")),
        invoked_by=_text(who.get("invokedBy")),
    )


def _map(value: Json) -> Mapping[str, Json]:
    return value if isinstance(value, Mapping) else {}


def _list(value: Json) -> list[Json]:
    return value if isinstance(value, list) else []


def _text(value: Json) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _true(value: Json) -> bool:
    return value is True or (isinstance(value, str) and value.lower() == "true")
