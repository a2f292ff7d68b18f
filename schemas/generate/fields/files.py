"""The files, and one field's part of them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from reconciler.kinds.api import load
from reconciler.specs.source import parse
from schemas.generate.fields.change import At, told, value_at
from schemas.generate.fields.example import NoExample, example, places_of
from schemas.generate.fields.platform import Platform, platform, written
from schemas.generate.fields.value import Values, once
from schemas.generate.fields.walk import Field, fields
from schemas.generate.fields.words import default_of, type_of

FOLDER = Path(__file__).parents[2] / "fields"


def of_kind(name: str) -> tuple[dict[str, Any], list[str]]:
    """The file of a kind, and the fields that no example was found for."""
    kind = load()[name]
    here = platform()
    values = known(here)
    every = [*fields(kind)]
    lacking: list[str] = []
    found = []
    for each in every:
        try:
            found.append(of_field(each, example(each, every, here, values), here, values))
        except NoExample as error:
            lacking.append(str(error))
    return {"kind": name, "summary": kind.summary, "fields": [*_through(found)]}, lacking


def _through(found: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The fields; a section that by itself changes nothing is told by what is in it."""
    for each in found:
        inside = [
            other
            for other in found
            if other["path"].startswith(f"{each['path']}.") and (_acts(other))
        ]
        if _acts(each) or not inside:
            yield each
        else:
            told_by = {key: inside[0][key] for key in ("becomes", "elsewhere", "changing")}
            yield {**each, **told_by, "as": inside[0]["path"]}


def _acts(entry: dict[str, Any]) -> bool:
    """Whether a change of it does anything."""
    return bool(
        entry["becomes"] or entry["elsewhere"] or any(it["does"] for it in entry["changing"])
    )


@cache
def known(here: Platform) -> Values:
    """Values that may stand somewhere, those of the platform first."""
    found: dict[tuple[str, str], list[Any]] = {}
    for kind in load():
        for each in fields(load()[kind]):
            for id_ in sorted(here.raw):
                document = here.documents.get(id_, here.raw[id_])
                if document.data["kind"] == kind:
                    places = places_of(document.data, each)
                    found.setdefault((each.section, each.path[-1]), []).extend(
                        value_at(document.data, place) for place in places
                    )
    return Values(here.names(), {key: tuple(once(each)[:_SEEN]) for key, each in found.items()})


_SEEN = 8


def of_field(field: Field, at: At, here: Platform, values: Values) -> dict[str, Any]:
    """All that is said of a field."""
    text = written(at.data)
    (document,) = parse(text, "example.yaml").documents
    return {
        "path": ".".join(field.path),
        "section": field.section,
        "says": field.says,
        "type": type_of(field),
        "required": field.required,
        "default": default_of(field),
        "example": text,
        "line": document.key_at(tuple(map(str, at.path))).line,
        "at": list(at.path),
        **told(at, here, values),
    }


def main(names: list[str]) -> None:
    """Write every file, and remove those of kinds that are gone.

    Raises:
        NoExample: a field has none.
    """
    FOLDER.mkdir(exist_ok=True)
    known, lacking = load(), list[str]()
    for name in names or sorted(known):
        found, silent = of_kind(name)
        lacking += [f"{name} {each}" for each in silent]
        text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
        (FOLDER / f"{name}.json").write_text(text, encoding="utf-8")
    if lacking:
        raise NoExample(f"give examples in the models of {'; '.join(lacking)}")
    for stale in FOLDER.glob("*.json"):
        if stale.stem not in known:
            stale.unlink()
    print(f"{len(known)} kinds in {FOLDER}")
