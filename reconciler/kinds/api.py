"""What a kind file needs in order to describe one kind of spec.

A kind is a frozen pydantic model (its JSON Schema and its reference page),
`check` for problems between fields, and `build`, which yields resource nodes.
Kinds know each other only by what `exports` says, so each stays one file.
"""

from __future__ import annotations

import functools
import importlib
import operator
import os
import pkgutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, ClassVar, Generic, Self, TypeAlias, TypeVar, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    GetCoreSchemaHandler,
    GetJsonSchemaHandler,
    model_validator,
)
from pydantic.alias_generators import to_camel
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from reconciler.kinds.lines import DESCRIPTION, Named
from reconciler.kinds.mentions import Embedded, Reference, used
from reconciler.kinds.peers import Lacking, LackingError
from reconciler.kinds.saying import Flow, Problem
from reconciler.kinds.scope import Admission, Lookup, Role, Scope
from reconciler.kinds.served import Served
from reconciler.kinds.units import (
    Days,
    Duration,
    Share,
    Size,
    days,
    gibibytes,
    percent,
    seconds,
)
from reconciler.model.diagnostic import Severity
from reconciler.model.graph import Node
from reconciler.model.value import Json, Path

__all__ = [
    "DESCRIPTION",
    "LEFT_OUT",
    "Admission",
    "Choice",
    "Days",
    "Duration",
    "Embedded",
    "Flow",
    "Kind",
    "Lacking",
    "LackingError",
    "Lookup",
    "Maybe",
    "Named",
    "Path",
    "Problem",
    "Reference",
    "Role",
    "Scope",
    "Section",
    "Served",
    "Severity",
    "Share",
    "Shorthand",
    "Size",
    "days",
    "gibibytes",
    "load",
    "percent",
    "register",
    "seconds",
    "used",
]

DESCRIBED = "MOORLINE_DESCRIBE" in os.environ
"""Whether docstrings become descriptions. Reading the source for them costs every command
about 50 ms, so only the generators of schemas and docs ask for it."""
REGISTRY: dict[str, Kind[Any]] = {}


class Section(BaseModel):
    """A part of a spec: immutable, strict, camelCase in YAML; unknown keys are errors.

    The docstring under each field is its description in schemas and editors.
    """

    needs: ClassVar[tuple[str, ...]] = ()
    """Fields of which one has to be given at least; the kind's `check` sees to it."""
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        defer_build=True,
        use_attribute_docstrings=DESCRIBED,
        alias_generator=to_camel,
    )


class Choice(Section):
    """A section of which exactly one member is given: ``{allAtOnce: {}}`` or ``{blueGreen: …}``."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    @model_validator(mode="after")
    def _exactly_one(self) -> Self:
        if len(self.model_fields_set) != 1:
            names = (info.alias or name for name, info in type(self).model_fields.items())
            options = {"names": ", ".join(f"'{name}'" for name in names)}
            raise PydanticCustomError("choice", "give exactly one of {names}", options)
        return self


@dataclass(frozen=True, slots=True)
class _LeftOut:
    """Makes a field optional without allowing null: it is written out or left out."""

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        given = [item for item in get_args(source) if item is not type(None)]
        return handler.generate_schema(functools.reduce(operator.or_, given))


T = TypeVar("T")
LEFT_OUT = _LeftOut()
Maybe: TypeAlias = Annotated[T | None, LEFT_OUT]
"""A value that may be left out but not null; give the field the default ``None``."""


@dataclass(frozen=True, slots=True)
class Shorthand:
    """Lets a plain value stand for a section: ``country: string`` for ``{type: string}``."""

    member: str

    def __get_pydantic_core_schema__(
        self, source: object, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_before_validator_function(self._expand, handler(source))

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        whole = handler(core)
        section = handler.resolve_ref_schema(whole)
        return {"anyOf": [section["properties"][self.member], whole]}

    def _expand(self, value: object) -> object:
        plain = value is not None and not isinstance(value, Mapping | list | Section)
        return {self.member: value} if plain else _tuples(value)


def _tuples(value: object) -> object:
    """A value in which lists are tuples: what comes from JSON, as a strict model takes it."""
    if isinstance(value, Mapping):
        return {key: _tuples(each) for key, each in value.items()}
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


M = TypeVar("M", bound=Section)


def _nothing(*_: object) -> Iterable[Any]:
    return ()


def _no_exports(*_: object) -> Mapping[str, Json | Lacking]:
    return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind(Generic[M]):
    """One kind of spec."""

    name: str
    model: type[M]
    summary: str
    """One sentence for the reference and for `--help`."""
    build: Callable[[M, Scope], Iterable[Node]]
    check: Callable[[M], Iterable[Problem]] = _nothing
    lookups: Callable[[M, Scope], Iterable[Lookup]] = _nothing
    """What must be asked of AWS before this spec can be compiled."""
    named: Callable[[M], Iterable[Named]] = _nothing
    """Names in AWS that a spec chooses itself."""
    exports: Callable[[M, Scope], Mapping[str, Json | Lacking]] = _no_exports
    """Values that other specs may use, by name; cheap and free of side effects."""
    types: Callable[[M], Iterable[tuple[Path, str]]] = _nothing
    """AWS types that a spec names itself, with their paths: something has to serve each."""
    hidden: Callable[[Json], Iterable[Path]] = _nothing
    """Paths in a `spec`, checked or not, of texts that no message may show."""
    stage: str = ""
    """What it is in a lineage: one of `model.lineage.STAGES`, or nothing."""
    flows: Callable[[M, str], Iterable[Flow]] = _nothing
    """What a spec, with its name, reads of other specs and writes to them; lineage follows from
    it."""
    evolves: Callable[[M, M], Iterable[Problem]] = _nothing
    """What an edit from the first to the second breaks for those who use it."""
    references: bool = False
    """Whether texts may hold `${ref:…}`: then they, and `$${`, are for the kind to read."""
    example: str = ""
    """A valid `spec` in YAML, for the reference and for editors."""


def register(kind: Kind[M]) -> Kind[M]:
    """Add a kind to the registry.

    Raises:
        ValueError: a kind of that name is there already.
    """
    if REGISTRY.setdefault(kind.name, kind) is not kind:
        msg = f"kind {kind.name} is registered twice"
        raise ValueError(msg)
    return kind


@cache
def load() -> Mapping[str, Kind[Any]]:
    """Import every kind file once and return the registry."""
    package = importlib.import_module("reconciler.kinds")
    for module in pkgutil.iter_modules(package.__path__):
        if module.name not in {"api", "reference", "scope", "units"}:
            importlib.import_module(f"{package.__name__}.{module.name}")
    return REGISTRY
