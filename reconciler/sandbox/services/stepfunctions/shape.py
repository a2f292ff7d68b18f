"""Parameters and answers of an API as Step Functions writes them: Pascal case, JSON values.

Source: developer guide, "Passing parameters to a service API in Step Functions", "Learning to use
AWS SDK service integrations".
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from typing import Any

from reconciler.facts.asl.integrations import Integration
from reconciler.facts.files import Json
from reconciler.sandbox.protocol import shapes
from reconciler.sandbox.protocol.sessions import core
from reconciler.sandbox.services.stepfunctions.execution import dumps

ODD = {"eventbridge": "events", "cloudwatchlogs": "logs", "sfn": "stepfunctions", "ecr": "ecr"}


@cache
def _clients() -> dict[str, str]:
    """The boto3 client of each service, by the name that SDK integrations have for it."""
    session = core()
    found = {}
    for name in session.get_available_services():
        found[name.replace("-", "")] = name
    return found | ODD


@cache
def client_of(service: str) -> str:
    """The boto3 client of the name behind ``aws-sdk``; empty where there is none."""
    known = _clients()
    if service in known:
        return known[service]
    return next((name for name in known.values() if _plain(service_id(name)) == service), "")


@cache
def service_id(client: str) -> str:
    """As AWS names a service, such as ``SageMaker FeatureStore Runtime``."""
    return str(shapes.model(client).service_id)


@cache
def errors(client: str) -> frozenset[str]:
    """The codes of all exceptions that a service's model has."""
    found: Json = shapes.model(client).error_shapes
    return frozenset(each.error_code or each.name for each in found) - {"AccessDenied"}


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def sdk_name(client: str) -> str:
    """How errors of an SDK integration begin: ``DynamoDb``, ``Sfn``, ``S3``."""
    words = service_id(client).replace("DynamoDB", "DynamoDb").split()
    return "".join(word.capitalize() if word.isupper() else word for word in words)


def params(client: str, operation: str, given: Mapping[str, Any], *, loose: bool) -> dict[str, Any]:
    """Parameters as boto3 takes them.

    Args:
        client: The boto3 client.
        operation: As botocore names it.
        given: As the state has them.
        loose: Whether a text may be given as JSON, as optimized integrations take it.

    Raises:
        ValueError: the operation has no such parameter, or lacks one.
    """
    made = shapes.model(client).operation_model(operation).input_shape
    if made is None:
        return {}
    found: dict[str, Any] = _in(made, dict(given), "", loose=loose)
    return found


def _in(  # noqa: PLR0911  (one line a kind)
    made: Json, value: Json, at: str, *, loose: bool
) -> Json:
    kind = made.type_name
    if kind == "structure" and getattr(made, "is_document_type", False):
        return value
    if kind == "structure" and isinstance(value, Mapping):
        return _structure(made, value, at, loose=loose)
    if kind == "list" and isinstance(value, list):
        return [_in(made.member, each, f"{at}[{n}]", loose=loose) for n, each in enumerate(value)]
    if kind == "map" and isinstance(value, Mapping):
        return {
            key: _in(made.value, each, f"{at}.{key}", loose=loose) for key, each in value.items()
        }
    if kind == "blob":
        return (
            value
            if isinstance(value, bytes)
            else (value if isinstance(value, str) else dumps(value)).encode()
        )
    if kind == "string" and not isinstance(value, str) and loose:
        return dumps(value)
    if kind in {"float", "double"} and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if kind in {"integer", "long"} and isinstance(value, float) and value.is_integer():
        return int(value)
    fits = {"structure": dict, "list": list, "map": dict, "string": str, "boolean": bool,
            "integer": int, "long": int, "float": float, "double": float}  # fmt: skip
    if not isinstance(value, fits.get(kind, object)) or (
        isinstance(value, bool) and kind != "boolean"
    ):
        raise ValueError(f"{at or 'the input'} takes a {kind}, not {type(value).__name__}")
    return value


def _structure(made: Json, value: Mapping[str, Any], at: str, *, loose: bool) -> dict[str, Any]:
    named = {f"{name[:1].upper()}{name[1:]}": name for name in made.members} | {
        name: name for name in made.members
    }
    found = {}
    for key, each in value.items():
        if key not in named:
            raise ValueError(
                f"The field {f'{at}.{key}'.lstrip('.')!r} is not supported by Step Functions"
            )
        name = named[key]
        found[name] = _in(made.members[name], each, f"{at}.{key}", loose=loose)
    if missing := [name for name in made.required_members if name not in found]:
        raise ValueError(
            f"The field {f'{at}.{missing[0]}'.lstrip('.')!r} is required but was missing"
        )
    return found


def answer(client: str, operation: str, found: Mapping[str, Any], *, iso: bool) -> dict[str, Any]:
    """An answer as JSON; times are texts (`iso`) or milliseconds."""
    made = shapes.model(client).operation_model(operation).output_shape
    told = _out(made, dict(found), iso=iso)
    return told if isinstance(told, dict) else {}


def _out(made: Json, value: Json, *, iso: bool) -> Json:
    kind = getattr(made, "type_name", "")
    if kind == "structure" and isinstance(value, Mapping):
        return {
            f"{name[:1].upper()}{name[1:]}": _out(made.members.get(name), each, iso=iso)
            for name, each in value.items()
        }
    if kind == "list" and isinstance(value, list):
        return [_out(made.member, each, iso=iso) for each in value]
    if kind == "map" and isinstance(value, Mapping):
        return {key: _out(made.value, each, iso=iso) for key, each in value.items()}
    if isinstance(value, datetime):
        stamp = value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
        return stamp if iso else int(value.timestamp() * 1000)
    if isinstance(value, bytes):
        try:
            return value.decode()
        except UnicodeDecodeError:
            return base64.b64encode(value).decode()
    return value


def nested(what: Integration, told: dict[str, Any]) -> dict[str, Any]:
    """A run of another machine: with ``.sync:2`` its texts are JSON. Source: "Start workflow"."""
    if what.service != "states" or what.pattern != "sync:2":
        return told
    for name in ("Input", "Output"):
        if isinstance(told.get(name), str):
            told[name] = json.loads(told[name])
    return told
