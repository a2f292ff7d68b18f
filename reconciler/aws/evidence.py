"""Whether an account has used what AWS closed: asked where a plan needs it and nobody has said.

What only such a service has, AWS's handlers list; what was done in the last 90 days, CloudTrail
has. Either proves that the account is let in. That nothing is found, or that it may not be asked,
proves nothing: what was deleted, another region and the rest of the organization are not seen.
Read only. Sources: Cloud Control API, ListResources; CloudTrail API, LookupEvents.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

import orjson

from reconciler.aws.attempts import Attempts
from reconciler.aws.errors import AwsError
from reconciler.aws.session import ReadOnly, Session
from reconciler.facts.availability import Table, table
from reconciler.model.availability import Asked, Row, Standing
from reconciler.model.graph import Graph
from reconciler.model.policy import Policy
from reconciler.model.value import Json
from reconciler.resources.cloudcontrol.events import LIST

PATIENCE = Attempts(most=3, first_pause=1.0, longest_pause=4.0)
"""Tries of a question of which nothing hangs but whether an error is a warning."""
EVENTS = 50
"""Events that are looked at for one call: a page."""


def used(
    session: Session, graph: Graph, policy: Policy, live: frozenset[str]
) -> tuple[frozenset[str], bool]:
    """The closed services that an account uses, of those that a graph needs, and those `live`.

    Returns them, and whether all that had to be asked was answered.
    """
    known = table(policy.services)
    patient = replace(session, attempts=PATIENCE)
    found, whole = set(live), True
    for row in _open(graph, policy, known):
        if row.name not in found:
            proven = [*_answers(patient, row, known)]
            found |= {row.name} if True in proven else set()
            whole = whole and (True in proven or None not in proven)
    return frozenset(found), whole


def _open(graph: Graph, policy: Policy, known: Table) -> list[Row]:
    """The rows that a graph needs, that are closed, and that the environment does not state."""
    found = {
        row.name: row
        for node in graph
        for row, _ in known.needed(node.address.type, node.props)
        if row.standing(policy.today) is Standing.CLOSED and not row.version
    }
    return [row for name, row in sorted(found.items()) if name not in policy.existing]


def _answers(session: Session, row: Row, known: Table) -> Iterator[bool | None]:
    """What each question says, up to the first that proves it: nothing where it has no answer."""
    types = (each for each in sorted(row.types) if "*" not in each)
    calls = (each for each in row.calls if "*" not in each)
    questions = [
        *(partial(_listed, session, each) for each in types),
        *(partial(_done, session, row, each, known) for each in calls),
    ]
    for ask in questions:
        try:
            answer = ask()
        except AwsError:
            yield None
            continue
        yield answer
        if answer:
            return


def _listed(session: Session, type_: str) -> bool:
    """Whether there is one of a type that only the service has."""
    reader = ReadOnly(session, "cloudcontrol")
    return bool(reader.call(LIST, {"TypeName": type_}).get("ResourceDescriptions"))


def _done(session: Session, row: Row, call: str, known: Table) -> bool:
    """Whether a call that needs the service was answered well."""
    service, _, method = call.partition(".")
    name = "".join(word.capitalize() for word in method.split("_"))
    sole = bool(row.types) and known.of_call(service, method) == (row,)
    named = {"AttributeKey": "EventName", "AttributeValue": name}
    asked = {"LookupAttributes": [named], "MaxResults": EVENTS}
    body = ReadOnly(session, "cloudtrail").call("lookup_events", asked)
    events = (_event(item) for item in body.get("Events") or ())
    return any(sole or _needs(row, name, event) for event in events if event is not None)


def _event(item: Mapping[str, Json]) -> Mapping[str, Json] | None:
    """The parameters of a call that went well."""
    try:
        told = orjson.loads(item.get("CloudTrailEvent") or "")
    except orjson.JSONDecodeError:
        return None
    if not isinstance(told, Mapping) or told.get("errorCode"):
        return None
    found = told.get("requestParameters") or {}
    return found if isinstance(found, Mapping) else {}


def _needs(row: Row, operation: str, given: Mapping[str, Json]) -> bool:
    """Whether parameters ask for what the service has."""
    noun = operation.removeprefix("Create").removeprefix("Update")
    asked = Asked(f"AWS::SageMaker::{noun}", _capital(given))
    return any(touch.member and next(touch.found(asked), None) is not None for touch in row.touches)


def _capital(value: Json) -> Json:
    """Members by the names of the API: CloudTrail begins them with a small letter."""
    if isinstance(value, Mapping):
        return {str(key)[:1].upper() + str(key)[1:]: _capital(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_capital(each) for each in value]
    return value
