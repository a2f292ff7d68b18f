"""`docs/language.md` is the vocabulary: every field of every kind, with its word and its form."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from pydantic import TypeAdapter

from reconciler.kinds.api import (
    Choice,
    Days,
    Duration,
    Maybe,
    Section,
    Share,
    Size,
    load,
)
from reconciler.specs.envelope import Metadata

PAGE = Path(__file__).parents[2] / "docs" / "language.md"
COMING = "Words to come"
OF_OTHERS = {"metric", "currency"}
"""Words whose values are names of other systems, written as they are there."""
LABELS = {"latest-approved", "model-monitor"}
"""A version by a label, as a tag of an image is one; a service of AWS by its name."""
PATTERNS = {
    "^arn:": "ARN",
    "^[0-9]{12}$": "account",
    r"^ml\.": "instance type",
    "^[0-9]{4}-": "day",
    r"^[^@\s]+@": "mail address",
}
AMOUNTS = {
    "duration": Duration,
    "duration in days": Days,
    "share": Share,
    "size": Size,
}
FORMS = {TypeAdapter[str](each).json_schema()["pattern"]: name for name, each in AMOUNTS.items()}
SECTIONS = {"KeyUse": "key", "Network": "network"}
PLAIN = {"boolean": "true or false", "integer": "count", "number": "number", "null": ""}


class Field(NamedTuple):
    where: str
    name: str
    form: str
    values: tuple[Any, ...]
    described: bool = True


def form(schema: Mapping[str, Any], defs: Mapping[str, Any]) -> str:
    """What stands there, in the words of the page."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return "word" if "enum" in defs[name] else SECTIONS.get(name, "section")
    if "x-moorline-kind" in schema:
        return f"name of a {schema['x-moorline-kind']}"
    if "enum" in schema or "const" in schema:
        return "word"
    if "anyOf" in schema:
        return " or ".join(dict.fromkeys(filter(None, (form(x, defs) for x in schema["anyOf"]))))
    kind = schema.get("type")
    if kind == "string":
        pattern = schema.get("pattern", "")
        known = (name for start, name in PATTERNS.items() if pattern.startswith(start))
        return FORMS.get(pattern) or next(known, "text")
    if kind == "array":
        return f"list of {form(schema['items'], defs)}"
    if kind == "object":
        inner = next(iter(schema.get("patternProperties", {}).values()), None)
        inner = inner or schema.get("additionalProperties")
        return f"{form(inner, defs) if isinstance(inner, dict) else 'anything'} by name"
    return PLAIN.get(str(kind), "anything")


def values(schema: Any, defs: Mapping[str, Any]) -> Iterator[Any]:
    """Every word that may stand there."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            target = defs[schema["$ref"].rpartition("/")[2]]
            yield from target.get("enum", ())
        yield from schema.get("enum", ())
        if "const" in schema:
            yield schema["const"]
        for key in ("anyOf", "items", "additionalProperties"):
            yield from values(schema.get(key), defs)
    elif isinstance(schema, list):
        for each in schema:
            yield from values(each, defs)


def fields(model: Any, where: str) -> Iterator[Field]:
    """The fields of a model and of every section in it."""
    schema = model.model_json_schema(by_alias=True)
    defs = schema.get("$defs", {})
    for title, each in {"": schema, **defs}.items():
        for name, shape in each.get("properties", {}).items():
            at = ".".join(filter(None, (where, title)))
            yield Field(at, name, form(shape, defs), tuple(values(shape, defs)))


def every() -> Iterator[Field]:
    for kind in load().values():
        yield from fields(kind.model, kind.name)
    yield from fields(Metadata, "metadata")


def rows(coming: bool = False) -> Iterator[tuple[list[str], list[str]]]:
    """The words and the forms of each row of the page's tables."""
    for part in PAGE.read_text().split("\n## ")[1:]:
        if part.startswith(COMING) is not coming:
            continue
        for line in part.splitlines():
            if line.startswith("| ") and not line.startswith(("| idea", "| ---")):
                _, words, forms = (cell.strip() for cell in line.strip("|").split(" | "))
                yield re.findall(r"`([^`]+)`", words), [each.strip() for each in forms.split(",")]


def vocabulary() -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for words, forms in rows():
        for word in words:
            found[word] |= {*forms}
    return found


def wrong(found: Iterator[Field], known: Mapping[str, set[str]]) -> list[str]:
    """Fields that say something in another way than the page."""
    return [
        f"{each.where}.{each.name}: {each.form}, and the page has {sorted(known[each.name])}"
        if each.name in known
        else f"{each.where}.{each.name} ({each.form}) is not on the page"
        for each in found
        if each.form not in known.get(each.name, ())
    ]


def test_every_field_speaks_the_language() -> None:
    assert wrong(every(), vocabulary()) == []


def test_the_page_has_no_word_that_nobody_uses() -> None:
    used: defaultdict[str, set[str]] = defaultdict(set)
    for each in every():
        used[each.name].add(each.form)
    stale = [
        word for words, forms in rows() for word in words if not used[word].intersection(forms)
    ]
    assert stale == []
    assert {form for forms in vocabulary().values() for form in forms} == {
        each.form for each in every()
    }


def test_words_to_come_are_not_taken() -> None:
    mine = {each.name for each in every()}
    taken = {words[0] for words, _ in rows(coming=True)}
    assert {"checks"} <= taken
    assert taken.isdisjoint(mine)


def test_values_are_words_in_camel_case() -> None:
    odd = [
        f"{each.where}.{each.name}: {value}"
        for each in every()
        if each.name not in OF_OTHERS
        for value in each.values
        if isinstance(value, str)
        and value not in LABELS
        and not re.fullmatch(r"[a-z][A-Za-z0-9]*", value)
    ]
    assert odd == []


def test_lists_are_in_the_plural_and_mappings_have_names() -> None:
    """What is not: a class of losses, verbs, texts of hyperparameters by name, patterns, `when`."""
    single = {
        each.name
        for each in every()
        if each.form.startswith("list of ") and not each.name.endswith("s")
    }
    assert single == {
        "allow", "apply", "approve", "plan", "categorical", "include", "exclude", "when", "freeze",
    }  # fmt: skip


class Odd(Section):
    ttl: Maybe[str] = None
    sampling: int = 0
    expire_after: int = 1
    source: Maybe[str] = None
    canary: Maybe[int] = None


class Percent(Choice):
    percent: Maybe[int] = None


@pytest.mark.parametrize(
    ("model", "count"), [(Odd, 5), (Percent, 1)], ids=["other words", "other shares"]
)
def test_another_spelling_is_found(model: Any, count: int) -> None:
    """The test is no decoration: a kind with spellings of its own fails it, field by field."""
    found = wrong(fields(model, "Odd"), vocabulary())
    assert len(found) == count
    assert all(each.startswith("Odd.") for each in found)
