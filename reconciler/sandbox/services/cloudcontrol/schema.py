"""A type as Cloud Control knows it: its schema, its identifier, its handlers, what may be sent.

All of it is from `facts`; `types` has the files of those that behave in a way of their own.
Words of refusals are AWS's own where people reported them ("Model validation failed (#: required
key [Code] not found)").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any

import jsonschema_rs

from reconciler.facts import Facts, UnknownType, facts
from reconciler.facts.shape import Schema
from reconciler.sandbox.services.cloudcontrol import paths, types
from reconciler.sandbox.services.cloudcontrol.failures import Failure, invalid
from reconciler.sandbox.services.cloudcontrol.patch import Touched
from reconciler.sandbox.services.cloudcontrol.paths import Json, Path
from reconciler.sandbox.state.handlers import Habits
from reconciler.sandbox.state.world import WORLD

_KEYWORDS = frozenset(
    {
        "additionalProperties",
        "allOf",
        "anyOf",
        "definitions",
        "dependencies",
        "dependentRequired",
        "maxProperties",
        "minProperties",
        "oneOf",
        "patternProperties",
        "properties",
        "required",
    }
)


@dataclass(frozen=True)  # not slotted: the validator is made when it is asked for
class Kind:
    """One type in one region."""

    name: str
    facts: Facts
    habits: Habits

    @property
    def identity(self) -> tuple[Path, ...]:
        """The properties of the primary identifier, in the schema's order."""
        return self.facts.identity

    @cached_property
    def chosen(self) -> tuple[Path, ...]:
        """The parts of the identifier that AWS does not make. Read-only beats create-only."""
        return tuple(path for path in self.identity if path not in self.facts.read_only)

    @property
    def handlers(self) -> frozenset[str]:
        """What can be done with it here."""
        return frozenset(self.facts.handlers) - self.habits.lacks

    @property
    def parent(self) -> Schema | None:
        """What a listing must be given of the parent, as a schema."""
        handler = self.facts.handlers.get("list")
        return handler.parent if handler else None

    def needs(self, verb: str) -> None:
        """Make sure that there is a handler.

        Raises:
            Failure: there is none, or the type is not one of Cloud Control's.
        """
        if verb in self.handlers and self.facts.served:
            return
        text = f"Resource type {self.name} does not support {verb.upper()} action"
        raise Failure("UnsupportedActionException", text)

    def check(self, model: Json) -> None:
        """Hold a whole model to the schema.

        Raises:
            Failure: it does not fit.
        """
        if not isinstance(model, dict):
            raise invalid("Model validation failed (#: expected type: JSONObject)")
        said = [_said(error) for error in _validator(self.name).iter_errors(model)]
        if said:
            raise invalid(f"Model validation failed ({'; '.join(said)})")
        tags = (name for name in self.tags(model) if name.startswith("aws:"))
        if self.habits.system_tags_refused and any(tags):
            raise invalid("aws: prefixed tag key names are not allowed for external use.")

    def check_new(self, model: Json) -> None:
        """Hold the model of a creation to the schema; what AWS sets cannot be given.

        Raises:
            Failure: it does not fit.
        """
        self.check(model)
        given = [path for path in sorted(self.facts.read_only) if _has(model, path)]
        if given:
            raise invalid(
                f"Model validation failed (#: readOnlyProperties {_listed(given)} cannot be set)"
            )

    def check_touched(self, touched: list[Touched]) -> None:
        """Refuse a patch that writes what cannot be written, also with the value that is there.

        Source: reports on awscc, pulumi-aws-native and carina, which quote both messages.

        Raises:
            Failure: NotUpdatableException or ValidationException.
        """
        fixed = self.facts.create_only - self.facts.read_only
        for of, code, paths_of in (
            ("readOnly", "ValidationException", self.facts.read_only),
            ("createOnly", "NotUpdatableException", fixed),
        ):
            hit = sorted({path for path in paths_of for each in touched if _hits(each, path)})
            if hit:
                for path in hit:
                    WORLD.handlers.count("forbidden", self.name, "/".join(path))
                text = f"Invalid patch update: {of}Properties {_listed(hit)} cannot be updated"
                raise Failure(code, text)

    def tags(self, model: Json) -> dict[str, str]:
        """The tags in a model, whether they are a list or a map."""
        return paths.tags(model, self.facts.tag_property)


def kind(name: str, region: str) -> Kind:
    """A type as it is in a region.

    Raises:
        Failure: TypeNotFoundException.
    """
    try:
        known = facts(name)
    except UnknownType:
        known = None
    habits = WORLD.handlers.of(name, usual(name))
    if known is None or {region, "*"} & habits.absent:
        raise Failure("TypeNotFoundException", f"The type '{name}' cannot be found.")
    return Kind(name, known, habits)


def usual(name: str) -> Habits:
    """How a type behaves while no test says otherwise."""
    found: Habits = getattr(types.lookup(name), "HABITS", Habits())
    return found


@cache
def _validator(name: str) -> Any:  # noqa: ANN401  (untyped)
    schema = {key: it for key, it in facts(name).stated.items() if key in _KEYWORDS}
    return jsonschema_rs.Draft7Validator(schema, validate_formats=False)


def _said(error: Any) -> str:  # noqa: ANN401  (jsonschema_rs's error)
    """An error in the words of AWS's validator, without the value that is wrong."""
    at = "".join(f"/{step}" for step in error.instance_path)
    keyword = str(next((it for it in reversed(error.schema_path) if isinstance(it, str)), ""))
    text = str(error.message)
    if found := re.fullmatch(r'"(.+)" is a required property', text):
        return f"#{at}: required key [{found[1]}] not found"
    if names := getattr(error.kind, "unexpected", None):
        return "; ".join(f"#{at}: extraneous key [{name}] is not permitted" for name in names)
    return f"#{at}: failed validation constraint for keyword [{keyword}]"


def _listed(found: list[Path]) -> str:
    return "[" + ", ".join(f"/properties/{'/'.join(path)}" for path in found) + "]"


def _has(model: Json, path: Path) -> bool:
    return any(True for _ in paths.values(model, path))


def _hits(each: Touched, path: Path) -> bool:
    """Whether an operation writes at, below or above a path.

    One above does if what it writes over or brings has a value there. Of items of a list that
    is written whole nobody has seen this refused, since each has to be given anew.
    """
    size = len(each.names)
    if each.names[: len(path)] == path:
        return True
    if path[:size] != each.names:
        return False
    rest = path[size:]
    return any(True for part in (each.before, each.after) for _ in paths.values_whole(part, rest))
