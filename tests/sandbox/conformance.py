"""What the conformance tests share: cases as data, and a check of answers by output shape."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from moto.s3.models import s3_backends

from reconciler.sandbox.protocol.sessions import core

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ACCOUNT, REGION = "123456789012", "eu-west-1"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/execution"
IMAGE = f"{ACCOUNT}.dkr.ecr.{REGION}.amazonaws.com/scorer:1.2"
Params = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """One SageMaker kind: how to make, see, list and delete it, and what goes wrong how."""

    kind: str
    noun: str  # Model in CreateModel
    name_key: str
    given: Params
    defaults: Params
    list_key: str
    missing: tuple[str, str]
    duplicate: tuple[str, str]
    before: Callable[[Any], None] = lambda _: None
    not_shown: frozenset[str] = frozenset()
    list_operation: str = ""
    delete_extra: Params = field(default_factory=dict)

    @property
    def arn(self) -> str:
        return f"arn:aws:sagemaker:{REGION}:{ACCOUNT}:{self.kind}/{self.given[self.name_key]}"

    def call(self, client: Any, verb: str, **params: Any) -> Params:
        return call(client, f"{verb}{self.noun}", **params)

    def create(self, client: Any, **more: Any) -> Params:
        for bucket, file in re.findall(r"s3://([\w.-]+)/?([\w./-]*)", str(self.given)):
            keep_bucket(bucket, REGION, *filter(None, [file]))
        return self.call(client, "Create", **(self.given | more))

    def describe(self, client: Any) -> Params:
        return self.call(client, "Describe", **{self.name_key: self.given[self.name_key]})

    def delete(self, client: Any) -> Params:
        name = {self.name_key: self.given[self.name_key]}
        return self.call(client, "Delete", **name, **self.delete_extra)


def keep_bucket(name: str, region: str = REGION, *files: str) -> None:
    """A bucket that is there before the test begins, and in no count of calls."""
    s3 = s3_backends[ACCOUNT]["aws"]
    if name not in s3.buckets:
        s3.create_bucket(name, region)
    for file in files:
        s3.put_object(name, file, b"a file")


def call(client: Any, operation: str, **params: Any) -> Params:
    """Call by API name, and check the answer by botocore's output shape."""
    method = getattr(client, xform_name(operation))
    answer: Params = method(**params)
    del answer["ResponseMetadata"]
    service = client.meta.service_model.service_name
    assert list(violations(operation, answer, service)) == []
    return answer


def refused(code: str, text: str, method: Callable[..., Any], **params: Any) -> None:
    with pytest.raises(ClientError) as caught:
        method(**params)
    error = caught.value.response["Error"]
    assert (error["Code"], text in error["Message"]) == (code, True), error


def contains(shown: Any, given: Any) -> bool:
    """Whether everything given is shown, at any depth."""
    if isinstance(given, dict):
        return all(key in shown and contains(shown[key], value) for key, value in given.items())
    if isinstance(given, list):
        pairs = zip(shown, given, strict=True)
        return len(shown) == len(given) and all(contains(one, other) for one, other in pairs)
    return bool(shown == given)


# required by the shape, absent on the last page
NOT_REQUIRED = {"DescribeFeatureGroup": "NextToken"}


def violations(operation: str, answer: Params, service: str = "sagemaker") -> Iterator[str]:
    shape = _service(service).operation_model(operation).output_shape
    if shape is None:
        assert answer == {}
        return
    lacks = NOT_REQUIRED.get(operation)
    for problem in _violations(shape, answer, operation):
        if problem != f"{operation}: lacks {lacks}":
            yield problem


@cache
def _service(name: str) -> Any:
    return core().get_service_model(name)


def _violations(shape: Any, value: Any, path: str) -> Iterator[str]:
    kind = shape.type_name
    if kind == "structure":
        for name in shape.required_members:
            if name not in value:
                yield f"{path}: lacks {name}"
        for name, item in value.items():
            yield from _violations(shape.members[name], item, f"{path}.{name}")
    elif kind == "list":
        for item in value:
            yield from _violations(shape.member, item, f"{path}[]")
    elif kind == "map":
        for item in value.values():
            yield from _violations(shape.value, item, f"{path}{{}}")
    else:
        yield from SCALARS.get(kind, _any)(shape, value, path)


def _any(_shape: Any, _value: Any, _path: str) -> Iterator[str]:
    yield from ()


def _time_violations(_shape: Any, value: Any, path: str) -> Iterator[str]:
    if value.tzinfo is None:
        yield f"{path}: naive time"


def _integer_violations(_shape: Any, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, int):
        yield f"{path}: {value!r} is no integer"


def _string_violations(shape: Any, value: Any, path: str) -> Iterator[str]:
    if not isinstance(value, str):
        yield f"{path}: {value!r} is no string"
        return
    if shape.enum and value not in shape.enum:
        yield f"{path}: {value!r} not in {shape.enum}"
    pattern = _compiled(shape.metadata.get("pattern", ""))
    if pattern and not pattern.fullmatch(value):
        yield f"{path}: {value!r} does not match {pattern.pattern}"


def _compiled(pattern: str) -> re.Pattern[str] | None:
    try:
        return re.compile(pattern) if pattern else None
    except re.error:  # Unicode classes, which Python's re does not know
        return None


SCALARS = {
    "string": _string_violations,
    "timestamp": _time_violations,
    "integer": _integer_violations,
}
