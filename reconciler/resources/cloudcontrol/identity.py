"""What addresses a resource: the parts of its identifier, and which of them AWS makes. Pure.

Several parts are written as an object, in which no order and no separator can go wrong: AWS does
not escape ``|`` inside a value. What is answered is one text, with the parts in the order of the
schema. Source: Cloud Control user guide, "Identifying resources".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from reconciler.facts import Facts
from reconciler.model.value import Join, Json, JsonText, Mark, Path, Props, Ref
from reconciler.resources.cloudcontrol.paths import covered, value

BETWEEN = "|"


@dataclass(frozen=True, slots=True)
class Identity:
    """The identifier of a type."""

    type: str
    parts: tuple[Path, ...]
    made: frozenset[Path]
    """Parts that AWS chooses."""
    name: str
    """The property that is a name of ours, "" where the type has none."""

    @property
    def chosen(self) -> bool:
        """Whether all of it is known before the resource exists."""
        return not self.made

    @property
    def predictable(self) -> bool:
        """Whether the name alone is the identifier."""
        return self.chosen and self.parts == ((self.name,),)

    def of(self, props: Props) -> Json:
        """The identifier as AWS takes it; nothing where a part is missing or not known."""
        found = {".".join(part): value(props, part) for part in self.parts}
        if any(
            each in (None, "") or isinstance(each, Mark | Ref | Join) for each in found.values()
        ):
            return None
        return self.written({key: _text(each) for key, each in found.items()})

    def lacks(self, props: Props) -> tuple[str, ...]:
        """Parts that are ours to choose and that nobody has chosen."""
        missing = (part for part in self.parts if part not in self.made)
        return tuple(".".join(part) for part in missing if value(props, part) in (None, ""))

    def open(self, props: Props) -> Json:
        """The identifier with references in it, for what is sent when they are known."""
        found = {".".join(part): value(props, part) for part in self.parts}
        if any(each in (None, "") for each in found.values()):
            return None
        return next(iter(found.values())) if len(found) == 1 else JsonText(found)

    def written(self, found: Mapping[str, str]) -> str:
        """Parts by name as one text: the value itself, or an object of several."""
        if len(self.parts) == 1:
            return next(iter(found.values()))
        return orjson.dumps({".".join(part): found[".".join(part)] for part in self.parts}).decode()

    def read(self, identifier: str) -> tuple[str, ...] | None:
        """The parts of an identifier of either form, in the schema's order; nothing if it is none.

        A text with more separators than parts cannot be told apart, and is one of the forms that
        two texts are compared in as a whole.
        """
        if len(self.parts) == 1:
            return (identifier,)
        try:
            found = orjson.loads(identifier)
        except orjson.JSONDecodeError:
            found = None
        if isinstance(found, Mapping):
            names = [".".join(part) for part in self.parts]
            return tuple(str(found[name]) for name in names) if set(names) <= set(found) else None
        split = identifier.split(BETWEEN)
        return tuple(split) if len(split) == len(self.parts) else None

    def same(self, one: str, other: str) -> bool:
        """Whether two identifiers mean one resource, in whichever form each is.

        An ARN and its last part are one thing: what is created and what is listed differ in that
        (seen on ECS services).
        """
        texts = {one, other}
        if len(texts) == 1:
            return True
        left, right = self.read(one), self.read(other)
        if left is None or right is None:
            joined = [BETWEEN.join(each) for each in (left, right) if each]
            return any(text == each for text in texts for each in joined)
        return all(_last(a) == _last(b) for a, b in zip(left, right, strict=True))


def identity(facts: Facts, name: str | None = None) -> Identity:
    """The identifier of a type; `name` says which property is its name, where that is not clear."""
    parts = facts.identity
    made = frozenset(part for part in parts if covered(part, facts.read_only))
    return Identity(facts.type, parts, made, _name(facts, parts) if name is None else name)


def _name(facts: Facts, parts: tuple[Path, ...]) -> str:
    """The property that a name of ours goes into: the one that identifies, or is called so."""
    chosen = [part[0] for part in parts if len(part) == 1 and _is_text(facts, part)]
    last = facts.type.rpartition("::")[2]
    called = [f"{last}Name", "Name", f"{last}Identifier", f"{last}Id"]
    for each in called:
        if each in chosen:
            return each
    if len(parts) == 1 and chosen and chosen[0].endswith(("Name", "Identifier", "Id")):
        return chosen[0]
    return next((each for each in called[:2] if _is_text(facts, (each,))), "")


def _is_text(facts: Facts, path: Path) -> bool:
    """Whether a property is there, is a text, and is ours to choose."""
    if covered(path, facts.read_only):
        return False
    shape = facts.shape_at(path)
    if shape is None or shape.enum:
        return False
    return any(it.get("type") == "string" for it in shape.schemas)


def _text(part: Json) -> str:
    if isinstance(part, bool):
        return "true" if part else "false"
    return str(part)


def _last(part: str) -> str:
    """What an ARN ends with, or the whole of what is none, without case."""
    if part.startswith("arn:"):
        part = part.rpartition("/")[2] if "/" in part else part.rpartition(":")[2]
    return part.casefold()
