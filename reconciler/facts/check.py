"""Checks a resource's properties against what AWS accepts.

Values that are not known yet (references, marks, `{{resolve:…}}`) are accepted
wherever they stand. jsonschema-rs is imported on the first check only.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias

from reconciler.facts.messages import Fault, message
from reconciler.facts.store import Facts, UnknownType, facts
from reconciler.model.secret import Secret
from reconciler.model.value import Hidden, Join, JsonText, Mark, Path, Props, Ref

if TYPE_CHECKING:
    import jsonschema_rs

Json: TypeAlias = Any
Place: TypeAlias = tuple[str | int, ...]
_BRANCHING = frozenset({"anyOf", "oneOf", "not"})


@dataclass(frozen=True, slots=True)
class Problem:
    """One fault. `path` has an index, as text, for each item of a list."""

    path: Path
    message: str
    kind: str
    """The keyword of JSON Schema that failed, `readOnly`, or `unknownType`."""


def problems(type_name: str, props: Props, *, stated: bool = False) -> list[Problem]:
    """Everything AWS would refuse in `props`, as far as its published schema says, by path.

    `stated` is for CloudFormation and Cloud Control, which lack what only the service's API takes.
    """
    try:
        about = facts(type_name)
    except UnknownType as unknown_type:
        return [Problem((), str(unknown_type), "unknownType")]
    marks: list[Json] = []
    plain = _plain(props, marks)
    validator = _validator(type_name, stated and bool(about.api_only))
    found = list(_read_only(about, props))
    # With marks inside, something is bound to fail: go straight to the list of errors.
    if marks or not validator.is_valid(plain):
        errors = list(validator.iter_errors(plain))
        unknown = list(_unknown(props, ())) if marks and errors else []
        for error in errors:
            if not _excused(error, unknown):
                found += _problems(about, error)
    wrong = {each.path for each in found if each.kind == "type"}
    found = [each for each in found if each.path not in wrong or each.kind not in _OF_TYPE]
    return sorted(found, key=lambda problem: (problem.path, problem.kind, problem.message))


_OF_TYPE = frozenset({"enum", "const", "pattern", "minLength", "maxLength", "minimum", "maximum"})
"""What a value of another type breaks as well, which says nothing more."""


@cache
def _validator(type_name: str, stated: bool) -> jsonschema_rs.Draft7Validator:
    import jsonschema_rs  # noqa: PLC0415 -- costs more than most commands spend on facts

    about = facts(type_name)
    whole = about.stated if stated else about.schema
    schema = {key: it for key, it in whole.items() if key in _SCHEMA}
    return jsonschema_rs.Draft7Validator(schema, validate_formats=False)


_SCHEMA = frozenset(
    {
        "definitions",
        "properties",
        "patternProperties",
        "required",
        "additionalProperties",
        "allOf",
        "anyOf",
        "oneOf",
        "dependencies",
        "dependentRequired",
        "minProperties",
    }
)


def _plain(value: Json, marks: list[Json]) -> Json:
    """The value as JSON. Each unknown becomes a text of its own, so that items stay unique."""
    kind = type(value)
    if kind is str and "{{resolve:" not in value:
        return value
    if kind is dict:
        return {key: _plain(it, marks) for key, it in value.items()}
    if kind is list or kind is tuple:
        return [_plain(it, marks) for it in value]
    if isinstance(value, Mapping):
        return _plain(dict(value), marks)
    if _is_unknown(value):
        marks.append(value)
        return f"(unknown {len(marks)})"
    return value


def _is_unknown(value: Json) -> bool:
    if isinstance(value, Mark | Ref | Join | JsonText | Hidden | Secret):
        return True
    return isinstance(value, str) and "{{resolve:" in value


def _unknown(value: Json, at: Place) -> Iterator[Place]:
    """Where the unknown values stand."""
    if isinstance(value, Mapping):
        for key, it in value.items():
            yield from _unknown(it, (*at, key))
    elif isinstance(value, list | tuple):
        for n, it in enumerate(value):
            yield from _unknown(it, (*at, n))
    elif _is_unknown(value):
        yield at


def _excused(error: jsonschema_rs.ValidationError, unknown: list[Place]) -> bool:
    """Whether the fault lies in an unknown value, or may lie in one below a choice of shapes."""
    if not unknown:
        return False
    at = tuple(error.instance_path)
    if any(at[: len(place)] == place for place in unknown):
        return True
    return _keyword(error) in _BRANCHING and any(place[: len(at)] == at for place in unknown)


def _keyword(error: jsonschema_rs.ValidationError) -> str:
    return next((str(it) for it in reversed(error.schema_path) if it in _KEYWORDS), "schema")


_KEYWORDS = frozenset(
    {
        "additionalProperties",
        "required",
        "type",
        "enum",
        "const",
        "pattern",
        "minLength",
        "maxLength",
        "minItems",
        "maxItems",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "uniqueItems",
        "minProperties",
        "maxProperties",
        "anyOf",
        "oneOf",
        "not",
        "dependencies",
        "dependentRequired",
        "propertyNames",
        "additionalItems",
    }
)


class _Unshown:
    """A fault whose value no message may show: AWS never gives it back."""

    def __init__(self, error: jsonschema_rs.ValidationError) -> None:
        value = error.instance
        self.instance = "?" * len(value) if isinstance(value, str | list | dict) else 0
        self.kind = error.kind
        self.schema_path = error.schema_path
        self.message = "the value does not fit"


def _problems(about: Facts, error: jsonschema_rs.ValidationError) -> Iterator[Problem]:
    at = tuple(str(it) for it in error.instance_path)
    keyword = _keyword(error)
    if keyword != "additionalProperties":
        told: Fault = _Unshown(error) if about.hides(at) else error
        yield Problem(at, message(keyword, told, about.schema), keyword)
        return
    shape = about.shape_at(at)
    names = shape.names if shape else ()
    for name in getattr(error.kind, "unexpected", ()):
        if name in names:
            where = "only the service's own API takes it, not CloudFormation or Cloud Control"
            yield Problem((*at, name), f"{where}: '{name}'", keyword)
            continue
        close = get_close_matches(name, names, 1, 0.6)
        hint = f"; did you mean '{close[0]}'?" if close else ""
        what = "unknown property" if names else "no property here may have the name"
        yield Problem((*at, name), f"{what} '{name}'{hint}", keyword)


def _read_only(about: Facts, props: Props) -> Iterator[Problem]:
    """Values for what only AWS sets."""
    for path in about.read_only:
        if path[0] in props and path not in about.create_only:
            for at in _given(props, path):
                yield Problem(at, f"'{path[-1]}' is set by AWS and cannot be given", "readOnly")


def _given(value: Json, path: Path, at: Path = ()) -> Iterator[Path]:
    """Every place of a path that has a value; items of lists and of maps by ``*`` have one each."""
    if not path:
        yield at
    elif isinstance(value, list | tuple):
        rest = path[1:] if path[0] == "*" else path
        for n, item in enumerate(value):
            yield from _given(item, rest, (*at, str(n)))
    elif isinstance(value, Mapping):
        for name in value if path[0] == "*" else {path[0]} & value.keys():
            yield from _given(value[name], path[1:], (*at, str(name)))
