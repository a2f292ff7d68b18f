"""kind: DataSource. Data that the platform reads or writes, and where it is kept."""

import importlib
import pkgutil
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Self

from pydantic import ConfigDict, Field, create_model, model_validator
from pydantic_core import PydanticCustomError

from reconciler.kinds.api import LEFT_OUT, Kind, Lacking, Lookup, Named, Problem, Scope, register
from reconciler.kinds.data_source import members
from reconciler.kinds.data_source.api import MEMBERS, Member, Source
from reconciler.model.graph import Node
from reconciler.model.value import Json

for _module in pkgutil.iter_modules(members.__path__):
    importlib.import_module(f"{members.__name__}.{_module.name}")
OBJECTS = ("bucket", "bucketArn", "prefix", "uri", "keyArn", "receivesAccessLogs")
"""What only a store of objects exports."""
STORES = tuple(sorted(each.name for each in MEMBERS.values() if each.store))


class _Whole(Source):
    model_config = ConfigDict(json_schema_extra={"oneOf": [{"required": [s]} for s in STORES]})

    @model_validator(mode="after")
    def _one_store(self) -> Self:
        given = [name for name in STORES if self.member(name) is not None]
        if len(given) != 1:
            options = {"names": " or ".join(f"'{name}'" for name in STORES)}
            raise PydanticCustomError("store", "give exactly one store: {names}", options)
        return self


_fields: dict[str, Any] = {
    each.field: (
        Annotated[each.model | None, LEFT_OUT],
        Field(None, description=each.summary, alias=each.name),
    )
    for each in MEMBERS.values()
}
DataSource: type[Source] = create_model(
    "DataSource", __base__=_Whole, __doc__=Source.__doc__, **_fields
)


def _said(spec: Source) -> Iterator[tuple[Member[Any], Any]]:
    found = ((each, spec.member(each.name)) for each in MEMBERS.values())
    return ((each, said) for each, said in found if said is not None)


def check(spec: Source) -> Iterator[Problem]:
    for member, said in _said(spec):
        yield from member.check(said, spec)


def lookups(spec: Source, scope: Scope) -> Iterator[Lookup]:
    for member, said in _said(spec):
        yield from member.lookups(said, spec, scope)


def own_names(spec: Source) -> Iterator[Named]:
    for member, said in _said(spec):
        yield from member.named(said, spec)


def exports(spec: Source, scope: Scope) -> Mapping[str, Json | Lacking]:
    why = Lacking(f"is {spec.store} and has no bucket", "name a DataSource with 's3'")
    found: dict[str, Json | Lacking] = {"store": spec.store, "format": spec.format}
    found |= dict.fromkeys(OBJECTS, why)
    for each in MEMBERS.values():
        found |= each.without
    for member, said in _said(spec):
        found |= member.exports(said, spec, scope)
    return found


def evolves(before: Source, after: Source) -> Iterator[Problem]:
    for member, said in _said(after):
        if (was := before.member(member.name)) is not None:
            yield from member.evolves(was, before, said, after)


def build(spec: Source, scope: Scope) -> Iterator[Node]:
    for member, said in _said(spec):
        yield from member.build(said, spec, scope)


register(
    Kind(
        name="DataSource",
        model=DataSource,
        summary="Data that the platform reads or writes, and where it is kept.",
        check=check,
        lookups=lookups,
        build=build,
        named=own_names,
        exports=exports,
        evolves=evolves,
        stage="source",
        example="""\
s3:
  lifecycle: {archiveAfter: 90d, expireAfter: 730d, noncurrentExpireAfter: 30d}
format: parquet
columns:
  transaction_id: string
  card_number: {type: string, description: Token of the card., sensitive: true}
""",
    )
)
