"""ListResources: pages of its own size, parents, and what is no empty list.

Source: user guide, "Discovering resources"; aws-sdk#764 (MaxResults is not heard); what is said of
a missing parent is what people report of the list handler of EKS node groups.
"""

from __future__ import annotations

import json
from typing import Any

import jsonschema_rs

from reconciler.sandbox.services.cloudcontrol import made, types
from reconciler.sandbox.services.cloudcontrol.failures import Failure, invalid
from reconciler.sandbox.services.cloudcontrol.paths import Json
from reconciler.sandbox.services.cloudcontrol.reading import reading
from reconciler.sandbox.services.cloudcontrol.schema import Kind
from reconciler.sandbox.services.cloudcontrol.shelf import Shelf
from reconciler.sandbox.services.cloudcontrol.store import Record, cloudcontrol_backends
from reconciler.sandbox.services.sagemaker import listing


def page(shelf: Shelf, params: dict[str, Any]) -> dict[str, Json]:
    """One page of the resources of a type.

    Raises:
        Failure: the handler is missing or fails, or the model of the parent is not one.
    """
    kind, habits = shelf.kind, shelf.kind.habits
    kind.needs("list")
    if habits.listing == "unsupported":
        text = f"Resource type {kind.name} does not support LIST action"
        raise Failure("UnsupportedActionException", text)
    if habits.listing == "failing":
        raise Failure("HandlerInternalFailureException", "Internal failure in the list handler")
    model = _model(kind, params.get("ResourceModel"))
    found = [] if habits.listing == "none" else _every(shelf)
    shown = [
        record
        for record in found
        if _is_listed(record)
        and _under(record, model)
        and types.shows(kind.name, record.model, model)
    ]
    return _cut(kind, shown, params.get("NextToken"))


def _every(shelf: Shelf) -> list[Record]:
    found = shelf.every()
    for region in shelf.kind.habits.foreign:
        backend = cloudcontrol_backends[shelf.backend.account_id][region]
        found += Shelf(backend, shelf.kind).every()
    return found


def _is_listed(record: Record) -> bool:
    if record.unlisted > 0:
        record.unlisted -= 1
        return False
    return True


def _model(kind: Kind, text: str | None) -> dict[str, Json]:
    """What the listing is narrowed by."""
    try:
        found = json.loads(text) if text else {}
    except ValueError:
        raise invalid("ResourceModel is not valid JSON") from None
    parent = kind.parent
    if parent is not None:
        errors = [*jsonschema_rs.Draft7Validator(dict(parent)).iter_errors(found)]
        if errors:
            missing = [name for name in parent.get("required", ()) if name not in found]
            keys = "; ".join(f"#: required key [{name}] not found" for name in missing)
            text = f"Missing Or Invalid ResourceModel property in {kind.name} list handler"
            what = keys or "#: no subschema matched"
            message = f"{text} request input. Required property:  [{what}]"
            raise Failure("InvalidRequestException", message)
    return found if isinstance(found, dict) else {}


def _under(record: Record, model: dict[str, Json]) -> bool:
    both = {**record.model, **record.made}
    return all(both.get(name, value) == value for name, value in model.items())


def _cut(kind: Kind, found: list[Record], token: str | None) -> dict[str, Json]:
    start, gap = listing.content_of(token) if token else (0, False)
    size = kind.habits.page
    answer: dict[str, Json] = {"TypeName": kind.name, "ResourceDescriptions": []}
    if gap:
        return answer | {"NextToken": listing.token([start, False])}
    chosen = found[start : start + size]
    answer["ResourceDescriptions"] = [_entry(kind, record) for record in chosen]
    if start + size < len(found):
        answer["NextToken"] = listing.token([start + size, kind.habits.gaps])
    return answer


def _entry(kind: Kind, record: Record) -> dict[str, Json]:
    parts = record.parts
    if kind.habits.short:
        parts = (parts[0], *(made.short(part) for part in parts[1:]))
    names = [path[0] for path in kind.identity]
    shown = dict(zip(names, parts, strict=True))
    if kind.habits.listing == "full":
        shown = reading(kind, record)
    return {"Identifier": "|".join(parts), "Properties": json.dumps(shown)}
