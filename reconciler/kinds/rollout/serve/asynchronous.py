"""`serve: async`: requests wait in a queue, and answers go to S3.

Source: SageMaker API reference, AsyncInferenceConfig; developer guide, "Asynchronous inference"
(the role of the model writes the answers and publishes to the topics).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import Maybe, Problem, Reference, Role, Scope, Section
from reconciler.kinds.rollout.serve import fleet
from reconciler.kinds.rollout.serve.fleet import Fleet
from reconciler.kinds.terms.location import S3Path, Spot, inside
from reconciler.kinds.terms.permissions import allow_find, allow_write
from reconciler.model.value import Json, Path, Props

AT: Path = ("serve", "async")


class Answers(Section):
    """Where answers are written."""

    to: Annotated[str, Reference("DataSource")]
    """The DataSource."""
    path: Maybe[S3Path] = None
    """Where in the DataSource. By default ``answers/NAME``; failures go to ``failures`` in it."""


class Told(Section):
    """Who is told of an answer."""

    success: Maybe[Annotated[str, Reference("Monitor")]] = None
    """The Monitor whose topic is told of every answer."""
    error: Maybe[Annotated[str, Reference("Monitor")]] = None
    """The Monitor whose topic is told of every failure."""


class Async(Fleet):
    """Instances that work on a queue of requests, and write the answers to S3."""

    source: Maybe[Annotated[str, Reference("DataSource")]] = None
    """The DataSource with the requests, which the role of the model may read. By default that of
    the answers."""
    path: Maybe[S3Path] = None
    """The prefix of the requests in it. By default all of it."""
    output: Answers
    """Where answers are written."""
    topics: Maybe[Told] = None
    """Who is told."""
    max_concurrent: Maybe[Annotated[int, Field(ge=1, le=1000)]] = None
    """How many requests an instance works on at a time. By default SageMaker chooses."""


def problems(serve: Async) -> Iterator[Problem]:
    """What SageMaker refuses of it."""
    yield from fleet.problems(serve, AT)
    if serve.topics is not None and not (serve.topics.success or serve.topics.error):
        yield Problem((*AT, "topics"), "nobody is told", "give 'success' or 'error', or remove it")


def spot(serve: Async, scope: Scope) -> Spot:
    """Where the answers are."""
    path = serve.output.path or f"answers/{scope.name}"
    return inside(scope, "DataSource", serve.output.to, path, tree=True)


def config(serve: Async, scope: Scope) -> Props:
    """``AsyncInferenceConfig``."""
    place = spot(serve, scope)
    failures = inside(scope, "DataSource", serve.output.to, f"{_path(serve, scope)}/failures")
    output: dict[str, Json] = {"S3OutputPath": place.uri, "S3FailurePath": failures.uri}
    if place.key is not None:
        output["KmsKeyId"] = place.key
    if topics := {name: arn for name, arn, _ in _topics(serve, scope)}:
        output["NotificationConfig"] = topics
    props: dict[str, Json] = {"OutputConfig": output}
    if serve.max_concurrent is not None:
        props["ClientConfig"] = {"MaxConcurrentInvocationsPerInstance": serve.max_concurrent}
    return props


def _path(serve: Async, scope: Scope) -> str:
    return (serve.output.path or f"answers/{scope.name}").rstrip("/")


def _topics(serve: Async, scope: Scope) -> Iterator[tuple[str, Json, Json]]:
    if serve.topics is None:
        return
    for name, monitor in (
        ("SuccessTopic", serve.topics.success),
        ("ErrorTopic", serve.topics.error),
    ):
        if monitor is not None:
            arn = scope.export("Monitor", monitor, "topicArn")
            yield name, arn, scope.export("Monitor", monitor, "keyArn")


def allow(serve: Async, role: Role, scope: Scope) -> None:
    """The role of the model reads what is asked, writes the answers and tells of them."""
    place = spot(serve, scope)
    allow_write(scope, role, place)
    asked = serve.source or serve.output.to
    allow_find(scope, role, inside(scope, "DataSource", asked, serve.path or "", tree=True))
    for _, arn, key in _topics(serve, scope):
        scope.grant(role, ("sns:Publish",), on=(arn,))
        if key is not None:
            scope.grant(role, ("kms:Decrypt", "kms:GenerateDataKey"), on=(key,))


def lines() -> dict[Path, Path]:
    """Which field is behind which property."""
    here = ("AsyncInferenceConfig",)
    return {
        **fleet.lines(AT),
        here: AT,
        (*here, "OutputConfig", "S3OutputPath"): (*AT, "output"),
        (*here, "OutputConfig", "NotificationConfig"): (*AT, "topics"),
        (*here, "ClientConfig"): (*AT, "maxConcurrent"),
    }
