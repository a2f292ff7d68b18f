"""What a member of a DataSource is: a store, or something said about the data in it.

A file in `members` registers one. Members know of each other what the spec says
(`Source.member`), and what is exported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import Field

from reconciler.kinds.api import Lacking, Lookup, Maybe, Named, Problem, Scope, Section, Shorthand
from reconciler.kinds.terms.name import BucketName
from reconciler.model.graph import Node
from reconciler.model.value import Json

MEMBERS: dict[str, Member[Any]] = {}


class Column(Section):
    """A column or field of the data."""

    type: str = Field(examples=["string", "decimal(12,2)", "timestamp"])
    """Its type, in the words of the system that holds it."""
    description: str = ""
    """What it means."""
    sensitive: bool = False
    """Whether it holds personal or card data."""


class Source(Section):
    """Data that the platform reads or writes: exactly one store, and what is in it."""

    aws_name: Maybe[BucketName] = None
    """The name of the bucket in AWS. By default it is made of platform, environment and spec."""
    format: Maybe[Literal["csv", "json", "parquet", "avro", "orc", "iceberg", "other"]] = None
    """How the objects are written; documentation."""
    columns: dict[str, Annotated[Column, Shorthand("type")]] = Field(default_factory=dict)
    """What is in the data; documentation. A plain text is the type."""

    @property
    def store(self) -> str:
        """The name of the store."""
        return next(
            name for name, each in MEMBERS.items() if each.store and self.member(name) is not None
        )

    def member(self, name: str) -> Any:  # noqa: ANN401 - the model of that member
        """What the spec says under a member's name; nothing where it does not."""
        return getattr(self, MEMBERS[name].field)


M = TypeVar("M")


def _nothing(*_: object) -> Iterable[Any]:
    return ()


def _no_exports(*_: object) -> Mapping[str, Json | Lacking]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Member(Generic[M]):
    """A part of the spec. Its functions get what a spec says there, and the whole spec."""

    name: str
    """As in YAML."""
    model: type[M]
    """A Section, or another type that a Section may have as a field."""
    summary: str
    """One sentence for the reference."""
    store: bool = False
    """Whether it says where the data is: each spec has exactly one of these."""
    check: Callable[[M, Source], Iterable[Problem]] = _nothing
    lookups: Callable[[M, Source, Scope], Iterable[Lookup]] = _nothing
    named: Callable[[M, Source], Iterable[Named]] = _nothing
    build: Callable[[M, Source, Scope], Iterable[Node]] = _nothing
    exports: Callable[[M, Source, Scope], Mapping[str, Json | Lacking]] = _no_exports
    """Values for other specs; `Lacking` where it cannot be given."""

    @property
    def field(self) -> str:
        """Its attribute."""
        return "".join(f"_{each.lower()}" if each.isupper() else each for each in self.name)


def register(member: Member[M]) -> Member[M]:
    """Add a member.

    Raises:
        ValueError: a member of that name is there already.
    """
    if MEMBERS.setdefault(member.name, member) is not member:
        msg = f"DataSource has a member {member.name} already"
        raise ValueError(msg)
    return member
