"""Semantic form of an IAM policy document.

AWS gives policies back with statements, actions and principals reordered and
single-element lists unwrapped. Two documents that grant the same compare equal
in this form. Source: AWS_FACTS 7.1.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from reconciler.model.value import Json, canonical

_LISTS = frozenset(
    {
        "Action",
        "NotAction",
        "Resource",
        "NotResource",
        "AWS",
        "Service",
        "Federated",
        "CanonicalUser",
    }
)
_ROOT = re.compile(r"^arn:aws[a-z-]*:iam::(\d{12}):root$")


def normal(document: Json) -> Json:
    """The document with sets sorted, scalars as lists and root ARNs as account ids.

    An ARN says the partition and an id does not, so both are the same only without it; an account
    is in one partition, and IAM takes no ARN of another.
    """
    if not isinstance(document, Mapping):
        return document
    out = {key: value for key, value in document.items() if key != "Statement"}
    statements = document.get("Statement") or []
    if isinstance(statements, Mapping):
        statements = [statements]
    out["Statement"] = sorted((_statement(item) for item in statements), key=canonical)
    return out


def _statement(statement: Json) -> Json:
    if not isinstance(statement, Mapping):
        return statement
    out = {}
    for key, value in statement.items():
        match key:
            case "Principal" | "NotPrincipal":
                out[key] = _principal(value)
            case "Condition":
                out[key] = _condition(value)
            case _ if key in _LISTS:
                out[key] = _set(value)
            case _:
                out[key] = value
    return {key: value for key, value in out.items() if value != ""}


def _principal(value: Json) -> Json:
    if value == "*":
        return {"AWS": ["*"]}
    if not isinstance(value, Mapping):
        return value
    return {kind: _set(_root(kind, item)) for kind, item in value.items()}


def _root(kind: str, value: Json) -> Json:
    if kind != "AWS":
        return value
    many = value if isinstance(value, list) else [value]
    return [_ROOT.sub(r"\1", item) if isinstance(item, str) else item for item in many]


def _condition(value: Json) -> Json:
    if not isinstance(value, Mapping):
        return value
    return {
        operator: {key: _set(item) for key, item in keys.items()}
        if isinstance(keys, Mapping)
        else keys
        for operator, keys in value.items()
    }


def _set(value: Json) -> Json:
    many = value if isinstance(value, list | tuple) else [value]
    return sorted((_scalar(item) for item in many), key=canonical)


def _scalar(value: Json) -> Json:
    """Conditions come back as strings whatever was sent."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, int | float) else value
