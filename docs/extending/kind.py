"""kind: Announcements. Where news of the platform is published.

Copy to `reconciler/kinds/<kind>.py`, then `make schemas docs golden`.
"""

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.kinds.api import Kind, Problem, Scope, Section, register
from reconciler.model.graph import Node

TYPE = "AWS::SNS::Topic"


class Announcements(Section):
    """Where news of the platform is published."""

    title: Annotated[str, Field(min_length=1, max_length=100)]
    """What subscribers see as the sender."""


def check(spec: Announcements) -> Iterator[Problem]:
    """Problems that no single field shows, by their path."""
    if not spec.title.isascii():
        yield Problem(("title",), "a sender's name has ASCII characters only", "write it so")


def build(spec: Announcements, scope: Scope) -> Iterator[Node]:
    """The resources, with the names of CloudFormation; `lines` says which field causes what."""
    yield scope.node(
        scope.address(TYPE), {"DisplayName": spec.title}, lines={("DisplayName",): ("title",)}
    )


register(
    Kind(
        name="Announcements",
        model=Announcements,
        summary="Where news of the platform is published.",
        check=check,
        build=build,
        example="title: News of the fraud platform\n",
    )
)
