"""kind: Availability. What a platform knows of AWS's services that our table does not."""

import re
from collections.abc import Iterable, Iterator
from typing import Annotated, Literal

from pydantic import Field

from reconciler.facts.availability import row_of
from reconciler.kinds.api import Kind, Maybe, Problem, Section, register
from reconciler.kinds.environment import ServiceName, Words
from reconciler.kinds.terms.protection import Day
from reconciler.model.availability import Row
from reconciler.model.value import Json


class Touched(Section):
    """What of a resource needs the service."""

    type: Annotated[str, Field(pattern=r"^[A-Za-z0-9:*]+$", examples=["AWS::Lambda::*"])]
    """The CloudFormation type. A ``*`` stands for any text."""
    member: Maybe[Annotated[str, Field(min_length=1, examples=["Runtime"])]] = None
    """The name of a member at any depth, in a pipeline's definition too; ``*`` for every one.
    Without it the whole type is the service's."""
    values: Annotated[tuple[str, ...], Field(examples=[["python3.11"]])] = ()
    """The values that need it; a ``*`` stands for any text. Without them every value that is not
    empty does."""
    unless: dict[str, Json] = Field(default_factory=dict)
    """Members of the value with which it asks for nothing, as in ``{DisableProfiler: true}``."""
    proves: bool = True
    """Whether what is live shows that the account uses the service."""


class Service(Section):
    """A service, a part of one, or a version."""

    title: Words
    """Its name for people."""
    status: Literal["maintenance", "sunset", "shutdown", "reopened"]
    """``maintenance``: nobody new may begin. ``sunset``: and it ends ``until``. ``shutdown``: it
    is gone. ``reopened``: it was closed, and is open again."""
    since: Day
    """The first day (UTC) of that."""
    until: Maybe[Day] = None
    """The last day of use."""
    reference: Words
    """Where AWS says so."""
    replacement: Words
    """What to use instead."""
    touches: tuple[Touched, ...] = ()
    """What of which resources needs it."""
    calls: Annotated[tuple[str, ...], Field(examples=[["apprunner.*"]])] = ()
    """``client.method`` of boto3 that AWS refuses to new accounts; a ``*`` stands for any text."""
    messages: Annotated[tuple[str, ...], Field(examples=[["no existing repository"]])] = ()
    """Regular expressions, in any case, of what AWS says then."""
    refuses_reads: bool = False
    """Whether AWS refuses to list and describe too."""
    is_version: bool = False
    """Whether this is a version and no service."""


class Availability(Section):
    """What a platform knows of AWS's services that our table does not."""

    services: dict[ServiceName, Service]
    """By the name that ``services`` of an Environment uses. One that our table has too replaces
    its row there."""


def rows(spec: Availability) -> tuple[Row, ...]:
    """The rows of a document."""
    dumped = spec.model_dump(mode="json", by_alias=True, exclude_none=True)["services"]
    return tuple(row_of(name, each) for name, each in dumped.items())


def of(specs: Iterable[Section]) -> tuple[Row, ...]:
    """The rows of all documents of the kind among checked specs."""
    return tuple(row for each in specs if isinstance(each, Availability) for row in rows(each))


def check(spec: Availability) -> Iterator[Problem]:
    for name, service in spec.services.items():
        at = ("services", name)
        if service.status == "sunset" and service.until is None:
            yield Problem(at, "a sunset has a last day", "add 'until', or say maintenance")
        if service.until is not None and service.until < service.since:
            yield Problem((*at, "until"), "it ends before it begins", "correct one of the days")
        for index, pattern in enumerate(service.messages):
            try:
                re.compile(pattern)
            except re.error as error:
                path = (*at, "messages", str(index))
                yield Problem(path, f"no regular expression: {error}", "correct it")


register(
    Kind(
        name="Availability",
        model=Availability,
        summary="What a platform knows of AWS's services that the built-in table does not.",
        check=check,
        build=lambda _spec, _scope: (),
        example="""\
services:
  lambda-python3.11:
    title: Python 3.11 in Lambda
    status: sunset
    since: 2027-06-30
    until: 2027-08-31
    reference: https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
    replacement: python3.13
    isVersion: true
    touches:
      - {type: "AWS::Lambda::*", member: Runtime, values: [python3.11]}
""",
    )
)
