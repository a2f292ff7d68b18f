"""The shapes of a type: JSON Schema without prose, in standard words.

cfn-lint adds keywords of its own; they are rewritten in standard JSON Schema,
so that every validator understands the files.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from schemas.generate.patterns import repaired

Json: TypeAlias = Any

_PROSE = frozenset({"description", "title", "examples", "$comment", "$schema", "$id"})
_KEPT = frozenset(
    {
        "$ref",
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
        "minProperties",
        "maxProperties",
        "required",
        "insertionOrder",
        "uniqueItems",
        "format",
        "relationshipRef",
        "default",
        "additionalItems",
        "arrayType",
        "dependentRequired",
        "propertyNames",
    }
)
_ONE = frozenset({"items", "additionalProperties", "not", "if", "then", "else", "contains"})
_MANY = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_NAMED = frozenset({"properties", "patternProperties", "definitions"})
_TYPE_LEVEL = frozenset(
    {
        "definitions",
        "properties",
        "patternProperties",
        "required",
        "additionalProperties",
        "allOf",
        "anyOf",
        "oneOf",
        "requiredXor",
        "requiredOr",
        "dependentExcluded",
        "dependentRequired",
        "dependencies",
        "minProperties",
    }
)


class Shapes:
    """Rewrites schemas and remembers the patterns that had to go."""

    def __init__(self) -> None:
        """Start with nothing dropped."""
        self.dropped: set[str] = set()

    def of_type(self, schema: Json) -> dict[str, Json]:
        """What a type says about the values of its properties."""
        found: dict[str, Json] = self.of(
            {key: it for key, it in schema.items() if key in _TYPE_LEVEL}
        )
        return found

    def of(self, node: Json) -> Json:
        """One schema, without prose and with standard keywords."""
        if not isinstance(node, dict):
            return node
        found: dict[str, Json] = {}
        rules: list[Json] = []
        for key, value in node.items():
            if key in _KEPT:
                found[key] = value
            elif key in _ONE:
                found[key] = (
                    [self.of(it) for it in value] if isinstance(value, list) else self.of(value)
                )
            elif key in _MANY:
                found[key] = [self.of(it) for it in value]
            elif key in _NAMED:
                found[key] = self._named(key, value)
            elif key == "dependencies":
                found[key] = {name: self.of(it) for name, it in value.items()}
            elif rule := _standard(key, value):
                rules.append(rule)
        self._repair(found)
        if rules:
            found["allOf"] = [*found.get("allOf", ()), *rules]
        return found

    def _named(self, key: str, entries: dict[str, Json]) -> dict[str, Json]:
        if key != "patternProperties":
            return {name: self.of(it) for name, it in entries.items()}
        # A pattern of names that does not compile lets every name through.
        return {self._pattern(name) or ".*": self.of(it) for name, it in entries.items()}

    def _repair(self, found: dict[str, Json]) -> None:
        if isinstance(pattern := found.get("pattern"), str):
            found["pattern"] = self._pattern(pattern)
            if found["pattern"] is None:
                del found["pattern"]
        for key in ("minLength", "maxLength", "minItems", "maxItems"):
            if isinstance(limit := found.get(key), float):
                found[key] = int(limit)

    def _pattern(self, pattern: str) -> str | None:
        mended = repaired(pattern)
        if mended is None:
            self.dropped.add(pattern)
        return mended


def _standard(key: str, value: Json) -> Json:
    """A keyword of cfn-lint as standard JSON Schema; nothing for prose and for what has no form."""
    match key:
        case "requiredXor":
            return {"oneOf": [{"required": [name]} for name in value]}
        case "requiredOr":
            return {"anyOf": [{"required": [name]} for name in value]}
        case "dependentExcluded":
            return {
                "dependencies": {
                    name: {"not": {"anyOf": [{"required": [other]} for other in others]}}
                    for name, others in value.items()
                }
            }
        case "enumCaseInsensitive":
            either = "|".join(_literal(str(word)) for word in value)
            return {"pattern": f"^(?i:{either})$"}
        case _:
            return None


def _literal(word: str) -> str:
    return "".join(letter if letter.isalnum() else f"\\{letter}" for letter in word)
