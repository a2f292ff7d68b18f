"""Recorded answers of AWS: read as botocore would have given them, and played back.

Recordings come as plain bodies, and in the form of the `placebo` library
(`status_code` and `data`). Times and policy documents are put into the form
that boto3 answers in, by botocore's own model.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.model import ListShape, MapShape, OperationModel, Shape, StructureShape
from botocore.utils import parse_timestamp
from botocore.validate import ParamValidator

from reconciler.aws.wholes import wholes
from reconciler.resources.whole import at

SERVICES = {
    "tagging": "resourcegroupstaggingapi",
    "applicationautoscaling": "application-autoscaling",
}
FAILED = 400
DOCUMENTS = frozenset({"policyDocumentType"})
"""Shapes of IAM that boto3 answers parsed."""


class NotAnAnswer(Exception):
    """The file holds no answer of its operation; the text says why."""


@dataclass(frozen=True, slots=True)
class Recording:
    """One file: an answer, or the error given instead of one."""

    case: str
    service: str
    operation: str
    body: Mapping[str, Any]
    error: ClientError | None = None

    @property
    def method(self) -> str:
        """The boto3 method."""
        return str(xform_name(self.operation))


def rows(folder: Path) -> Iterator[tuple[str, str, Path]]:
    """Service, operation and file of every recording, from the index or else from the names."""
    index = folder / "INDEX.csv"
    if index.is_file():
        with index.open(encoding="utf-8", newline="") as file:
            for row in csv.DictReader(file):
                yield row["service"], row["operation"], folder / row["path"]
        return
    for path in sorted(folder.rglob("*.json")):
        operation = path.stem.rpartition("__")[2].rpartition("_")[0]
        yield path.relative_to(folder).parts[0], operation, path


def read(service: str, operation: str, path: Path) -> Recording:
    """Read one file.

    Raises:
        NotAnAnswer: it is not what AWS answers to the operation.
    """
    service = SERVICES.get(service, service)
    try:
        raw = json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise NotAnAnswer(type(error).__name__) from None
    if not isinstance(raw, dict):
        msg = f"a {type(raw).__name__}, not an answer"
        raise NotAnAnswer(msg)
    status = raw.get("status_code", 0)
    body = raw.get("data", {}) if "status_code" in raw else raw
    case = "/".join(path.parts[-3:])
    if not isinstance(body, dict):
        msg = "no data"
        raise NotAnAnswer(msg)
    if "Error" in body and "Code" in (body["Error"] or {}):
        error = ClientError(_error(body, status), operation)
        return Recording(case, service, operation, {}, error)
    shape = model(service, operation).output_shape
    body = {key: value for key, value in body.items() if key != "ResponseMetadata"}
    known = set(shape.members) if shape is not None else set()
    if status >= FAILED or (body and not known & body.keys()):
        msg = f"no answer of {operation}: it has {', '.join(sorted(body)) or 'nothing'}"
        raise NotAnAnswer(msg)
    required = set(shape.required_members) if shape is not None else set()
    missing = required - body.keys()
    if 2 * len(missing) > len(required):
        msg = f"no answer of {operation}: it lacks {', '.join(sorted(missing))}"
        raise NotAnAnswer(msg)
    return Recording(case, service, operation, _answer(body, shape) if shape else {})


def _error(body: Mapping[str, Any], status: int) -> Any:
    meta = {"HTTPStatusCode": status or FAILED, **body.get("ResponseMetadata", {})}
    return {"Error": body["Error"], "ResponseMetadata": meta}


def _answer(value: Any, shape: Shape) -> Any:
    """A recorded value as boto3 would answer it; what the model does not know is kept."""
    if shape.type_name == "timestamp":
        return _moment(value)
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        if shape.name in DOCUMENTS:
            return value
        known = shape.members
        return {k: _answer(v, known[k]) if k in known else v for k, v in value.items()}
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_answer(item, shape.member) for item in value]
    if isinstance(shape, MapShape) and isinstance(value, dict):
        return {key: _answer(item, shape.value) for key, item in value.items()}
    if shape.name in DOCUMENTS and isinstance(value, str):
        try:
            return json.loads(unquote(value))
        except ValueError:
            return value
    return value


def _moment(value: Any) -> Any:
    if isinstance(value, dict):
        parts = [value.get(key) for key in ("year", "month", "day")]
        if not all(isinstance(part, int) for part in parts):
            return datetime(2020, 1, 1, tzinfo=UTC)
        clock = [value.get(key, 0) for key in ("hour", "minute", "second", "microsecond")]
        return datetime(*parts, *clock, tzinfo=UTC)
    try:
        return parse_timestamp(value)
    except (ValueError, TypeError, OverflowError):
        return datetime(2020, 1, 1, tzinfo=UTC)


@cache
def real(service: str) -> Any:
    """A boto3 client, for its models only; it is never sent anything."""
    session = boto3.Session(aws_access_key_id="none", aws_secret_access_key="none")
    return session.client(service, region_name="eu-west-1")


def model(service: str, operation: str) -> OperationModel:
    """botocore's model of an operation.

    Raises:
        NotAnAnswer: there is no such operation.
    """
    try:
        found: OperationModel = real(service).meta.service_model.operation_model(operation)
    except Exception as error:  # noqa: BLE001 - botocore has several
        msg = f"botocore knows no {service}.{operation} ({type(error).__name__})"
        raise NotAnAnswer(msg) from None
    return found


def complaints(service: str, method: str, params: Mapping[str, Any]) -> str:
    """What botocore has against a request; "" when it would be sent."""
    client = real(service)
    operation = client.meta.method_to_api_mapping[method]
    shape = client.meta.service_model.operation_model(operation).input_shape
    if shape is None:
        return "" if not params else "it takes no parameters"
    report = ParamValidator().validate(dict(params), shape)
    return str(report.generate_report())


@dataclass(slots=True)
class Player:
    """Boto3 clients that answer from recordings; what was not recorded is absent or empty."""

    answers: dict[str, Any] = field(default_factory=dict)
    """By ``service.method``: a body, or an exception."""
    sent: list[str] = field(default_factory=list)

    def client(self, service: str) -> Any:
        return _Client(self, service)

    def answer(self, service: str, method: str, params: Mapping[str, Any]) -> Any:
        if said := complaints(service, method, params):
            msg = f"{service}.{method} would not be sent: {said}"
            raise AssertionError(msg)
        name = f"{service}.{method}"
        again = name in self.sent
        self.sent.append(name)
        found = self.answers.get(name)
        if isinstance(found, Exception):
            raise found
        if found is None:
            return empty(service, method)
        if isinstance(found, Standing):
            found = {**echo(service, method, params), **found}
        tokens = (
            "NextToken", "Marker", "nextToken", "NextMarker", "PaginationToken", "IsTruncated",
            "Truncated",
        )  # fmt: skip
        return dict(found) if not again else {k: v for k, v in found.items() if k not in tokens}


def empty(service: str, method: str) -> dict[str, Any]:
    """The whole answer that says that there is nothing."""
    whole = wholes().get((service, method))
    return {whole.items: []} if whole and whole.items else {}


class Standing(dict[str, Any]):
    """An answer that was not recorded and stands in: it repeats what it was asked for."""


def echo(service: str, method: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """The members that repeat a request, where they stand at the top."""
    whole = wholes().get((service, method))
    same = whole.same if whole else {}
    return {paths[0]: params[name] for name, paths in same.items() if name in params}


def asked_for(service: str, method: str, body: Mapping[str, Any], name: str) -> str:
    """The name under which a recorded answer was asked for, as far as it repeats one."""
    whole = wholes().get((service, method))
    if whole is None:
        return name
    found = [at(body, path) for paths in whole.same.values() for path in paths]
    for item in (at(body, whole.items) or ())[:1] if whole.items else ():
        found += [at(item, path) for path in whole.each_same.values()]
    known = next((str(each) for each in found if each), name)
    return known.rpartition(":")[2].rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class _Client:
    player: Player
    service: str

    def can_paginate(self, method: str) -> bool:
        return bool(real(self.service).can_paginate(method))

    def get_paginator(self, method: str) -> Any:
        return real(self.service).get_paginator(method)

    def __getattr__(self, method: str) -> Any:
        return lambda **params: self.player.answer(self.service, method, params)
