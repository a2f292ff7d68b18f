"""The types of columns, in one language: that of the Glue catalog, which Athena and Spark read.

Source: Athena user guide, "Data types in Amazon Athena"; Glue API, Column. `widens` says which
change of a type leaves old data readable by the catalog's readers (Athena user guide, "Change a
column's data type"; Apache Avro 1.11, "Schema Resolution").
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import get_close_matches

PLAIN = frozenset(
    {
        *("string", "boolean", "tinyint", "smallint", "int", "bigint"),
        *("float", "double", "date", "timestamp", "binary"),
    }
)
SIZED = {"decimal": (1, 38), "char": (1, 255), "varchar": (1, 65_535)}
"""The least and most that the first argument may be."""
NESTED = frozenset({"array", "map", "struct"})
NAMES = sorted(PLAIN | SIZED.keys() | NESTED)
MOST = 20
"""How deep types may be nested."""
_ALIASES = {
    "integer": "int",
    "long": "bigint",
    "text": "string",
    "str": "string",
    "bool": "boolean",
    "numeric": "decimal",
    "real": "float",
    "datetime": "timestamp",
    "bytes": "binary",
    "list": "array",
    "object": "struct",
    "record": "struct",
    "number": "double",
}
_TOKEN = re.compile(r"\s*([A-Za-z_][A-Za-z0-9_]*|\d+|[<>(),:])")
_WIDER = {
    "tinyint": {"smallint", "int", "bigint", "float", "double"},
    "smallint": {"int", "bigint", "float", "double"},
    "int": {"bigint", "double"},
    "float": {"double"},
    "char": {"varchar", "string"},
    "varchar": {"string"},
}
_DIGITS = {"tinyint": 3, "smallint": 5, "int": 10, "bigint": 19}


@dataclass(frozen=True, slots=True)
class DataType:
    """A type. `inner` has the item of an array, key and value of a map, the fields of a struct."""

    name: str
    sizes: tuple[int, ...] = ()
    inner: tuple[tuple[str, DataType], ...] = ()

    def __str__(self) -> str:
        """As the catalog writes it."""
        if self.name == "struct":
            return f"struct<{','.join(f'{name}:{each}' for name, each in self.inner)}>"
        if self.inner:
            return f"{self.name}<{','.join(str(each) for _, each in self.inner)}>"
        return f"{self.name}({','.join(map(str, self.sizes))})" if self.sizes else self.name


class NoTypeError(ValueError):
    """A text that is no type. `help` says what would be."""

    def __init__(self, message: str, help: str) -> None:  # noqa: A002 - the diagnostic's own word
        super().__init__(message)
        self.help = help


def parse(text: str) -> DataType:
    """The type that a text says, such as ``decimal(12,2)`` or ``array<string>``.

    Raises:
        NoTypeError: it says none.
    """
    tokens = list(_tokens(text))
    found, rest = _type(tokens, 0)
    if rest:
        raise NoTypeError(f"{''.join(rest)!r} after the type {str(found)!r}", _KNOWN)
    return found


_KNOWN = f"types are {', '.join(NAMES)}"


def _tokens(text: str) -> Iterator[str]:
    at = 0
    while text[at:].strip():
        if not (found := _TOKEN.match(text, at)):
            raise NoTypeError(f"{text.strip()!r} is no type of a column", _KNOWN)
        yield found[1]
        at = found.end()


def _type(tokens: list[str], depth: int) -> tuple[DataType, list[str]]:
    if not tokens:
        raise NoTypeError("a type is missing", _KNOWN)
    name, rest = tokens[0].lower(), tokens[1:]
    if depth > MOST:
        raise NoTypeError(f"types are nested deeper than {MOST}", "use a simpler type")
    if name in PLAIN:
        if rest[:1] in (["("], ["<"]):
            raise NoTypeError(f"{name!r} takes nothing in brackets", f"write {name!r}")
        return DataType(name), rest
    if name in SIZED:
        return _sized(name, rest)
    if name in NESTED:
        return _nested(name, rest, depth)
    close = _ALIASES.get(name) or next(iter(get_close_matches(name, NAMES, n=1)), "")
    help_ = f"did you mean {close!r}?" if close else _KNOWN
    raise NoTypeError(f"unknown type {tokens[0]!r}", help_)


def _sized(name: str, rest: list[str]) -> tuple[DataType, list[str]]:
    how = "decimal(12,2)" if name == "decimal" else f"{name}(20)"
    if rest[:1] != ["("] or ")" not in rest:
        raise NoTypeError(f"{name!r} needs its size", f"write it as in {how!r}")
    end = rest.index(")")
    inside, rest = rest[1:end], rest[end + 1 :]
    given = [each for each in inside if each != ","]
    wanted = (1, 2) if name == "decimal" else (1,)
    if not all(each.isdecimal() for each in given) or len(given) not in wanted:
        raise NoTypeError(f"{name!r} needs its size", f"write it as in {how!r}")
    sizes = tuple(map(int, given)) if name != "decimal" or len(given) > 1 else (int(given[0]), 0)
    least, most = SIZED[name]
    if not least <= sizes[0] <= most:
        raise NoTypeError(f"{name}({sizes[0]}) is not there", f"its size is {least} to {most}")
    if name == "decimal" and sizes[1] > sizes[0]:
        help_ = "the first number counts all digits, the second those behind the point"
        raise NoTypeError(f"decimal({sizes[0]},{sizes[1]}) has more places than digits", help_)
    return DataType(name, sizes), rest


def _nested(name: str, rest: list[str], depth: int) -> tuple[DataType, list[str]]:
    how = {"array": "array<string>", "map": "map<string,int>", "struct": "struct<a:int,b:string>"}
    if rest[:1] != ["<"]:
        raise NoTypeError(f"{name!r} needs what is in it", f"write it as in {how[name]!r}")
    inner: list[tuple[str, DataType]] = []
    while True:
        label = ""
        if name == "struct":
            if len(rest) < 3 or rest[2] != ":":  # noqa: PLR2004 - a bracket, a name, a colon
                raise NoTypeError("a struct needs names and types", f"write it as in {how[name]!r}")
            label, rest = rest[1].lower(), rest[2:]
        each, rest = _type(rest[1:], depth + 1)
        inner.append((label, each))
        if rest[:1] != [","]:
            break
    if rest[:1] != [">"]:
        raise NoTypeError(f"{name!r} is not closed", f"write it as in {how[name]!r}")
    _whole(name, inner, how[name])
    if name == "map":
        inner = [("key", inner[0][1]), ("value", inner[1][1])]
    return DataType(name, (), tuple(inner)), rest[1:]


def _whole(name: str, inner: list[tuple[str, DataType]], how: str) -> None:
    """What is in a nested type is as many and as plain as it has to be."""
    wanted = {"array": 1, "map": 2}.get(name, len(inner))
    if len(inner) != wanted:
        raise NoTypeError(f"{name!r} takes {wanted} types", f"write it as in {how!r}")
    if name == "map" and (inner[0][1].inner or inner[0][1].name == "binary"):
        raise NoTypeError("the key of a map is a plain type", f"write it as in {how!r}")
    names = [label for label, _ in inner if label]
    if twice := next((each for each in names if names.count(each) > 1), ""):
        raise NoTypeError(f"two fields of a struct are called {twice!r}", "rename one of them")


def widens(before: DataType, after: DataType) -> bool:
    """Whether whatever was written as one type can be read as the other."""
    if before == after:
        return True
    if before.name == after.name:
        return _same_name(before, after)
    if after.name == "decimal" and before.name in _DIGITS:
        return after.sizes[0] - after.sizes[1] >= _DIGITS[before.name]
    if before.name == "char" and after.name == "varchar":
        return after.sizes >= before.sizes
    return after.name in _WIDER.get(before.name, ())


def _same_name(before: DataType, after: DataType) -> bool:
    if before.name == "decimal":
        same = before.sizes[1] == after.sizes[1]
        return same and after.sizes[0] >= before.sizes[0]
    if before.sizes:
        return after.sizes >= before.sizes
    if before.name == "struct":  # readers match fields by place: only the end may grow
        first = after.inner[: len(before.inner)]
        return len(first) == len(before.inner) and all(
            old[0] == new[0] and widens(old[1], new[1])
            for old, new in zip(before.inner, first, strict=True)
        )
    pairs = zip(before.inner, after.inner, strict=True)
    return all(widens(old[1], new[1]) for old, new in pairs)
