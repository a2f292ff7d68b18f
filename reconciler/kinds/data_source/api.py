"""What a member of a DataSource is: a store, or something said about the data in it.

A file in `members` registers one. Members know of each other what the spec says
(`Source.member`), and what is exported.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Annotated, Any, Generic, Literal, TypeVar

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from reconciler.facts.columns import PATTERN, DataType, NoTypeError, parse
from reconciler.kinds.api import (
    Flow,
    Lacking,
    Lookup,
    Maybe,
    Named,
    Problem,
    Scope,
    Section,
    Shorthand,
)
from reconciler.kinds.terms.name import BucketName
from reconciler.model.graph import Node
from reconciler.model.value import Json

MEMBERS: dict[str, Member[Any]] = {}


def _checked(text: str) -> str:
    try:
        parse(text)
    except NoTypeError as error:
        said = {"what": str(error), "help": error.help}
        raise PydanticCustomError("column_type", "{what}; {help}", said) from None
    return text


ColumnType = Annotated[
    str,
    AfterValidator(_checked),
    Field(
        examples=["string", "decimal(12,2)", "timestamp"],
        json_schema_extra={"pattern": PATTERN},
    ),
]


class Column(Section):
    """A column or field of the data."""

    type: ColumnType
    """Its type: ``string``, ``boolean``, ``tinyint``, ``smallint``, ``int``, ``bigint``,
    ``float``, ``double``, ``decimal(12,2)``, ``char(2)``, ``varchar(20)``, ``date``,
    ``timestamp``, ``binary``, ``array<…>``, ``map<…,…>``, ``struct<name:type,…>``."""
    description: str = ""
    """What it means."""
    required: bool = False
    """Whether each row has it. Rules of quality follow from it."""
    sensitive: bool = False
    """Whether it holds personal or card data."""
    classification: Maybe[Literal["public", "internal", "confidential", "restricted"]] = None
    """Who may see it. Said in the catalog beside its description."""

    @property
    def parsed(self) -> DataType:
        """Its type."""
        return parse(self.type)


class Source(Section):
    """Data that the platform reads or writes: exactly one store, and what is in it."""

    aws_name: Maybe[BucketName] = None
    """The name of the bucket in AWS. By default it is made of platform, environment and spec."""
    format: Maybe[Literal["csv", "json", "parquet", "avro", "orc", "iceberg", "other"]] = None
    """How the objects are written; documentation."""
    columns: dict[str, Annotated[Column, Shorthand("type")]] = Field(default_factory=dict)
    """What is in the data. A plain text is the type."""

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
    evolves: Callable[[M, Source, M, Source], Iterable[Problem]] = _nothing
    """What an edit breaks for those who read the data: from what a spec said, to what it says."""
    without: Mapping[str, Json | Lacking] = field(default_factory=dict)
    """What a spec exports in their place that does not say it."""
    flows: Callable[[M], Iterable[Flow]] = _nothing
    """What of it goes into other specs, and comes from them; lineage follows from it."""

    @property
    def field(self) -> str:
        """Its attribute."""
        return _attribute(self.name)


@cache
def _attribute(name: str) -> str:
    found = "".join(f"_{each.lower()}" if each.isupper() else each for each in name)
    return f"{found}_" if hasattr(Section, found) else found


def register(member: Member[M]) -> Member[M]:
    """Add a member.

    Raises:
        ValueError: a member of that name is there already.
    """
    if MEMBERS.setdefault(member.name, member) is not member:
        msg = f"DataSource has a member {member.name} already"
        raise ValueError(msg)
    return member
