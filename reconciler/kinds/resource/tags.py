"""Tags of a `Resource`: the user's own, wherever the type keeps them, beside those of ownership.

Every node carries its tags as a list of ``Key`` and ``Value`` under ``Tags``; adapters and
templates give them the name and form of the type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from reconciler.facts import Facts
from reconciler.facts.tags import composed, key_faults, value_faults
from reconciler.kinds.api import Problem
from reconciler.model.value import Json, Path

TAGS = "Tags"
OURS = "moorline:"
CODE = "TAG001"
_HELP = "a tag has letters, digits, spaces and + - = . _ : / @"


@dataclass(frozen=True, slots=True)
class Tag:
    """One tag and the path of its value below `properties`."""

    key: Json
    value: Json
    at: Path


def place(about: Facts) -> str:
    """The top-level property in which the type keeps tags; "" where it has none of its own."""
    own = about.tag_property
    return own[0] if own is not None and len(own) == 1 else ""


def given(properties: Mapping[str, Json], about: Facts) -> Iterator[Tag]:
    """The tags that a spec gives, in either form; what has another form is not for here."""
    name = place(about)
    found = properties.get(name) if name else None
    if isinstance(found, Mapping):
        for key, value in found.items():
            yield Tag(key, value, (name, str(key)))
    elif isinstance(found, list):
        for index, item in enumerate(found):
            if isinstance(item, Mapping):
                yield Tag(item.get("Key"), item.get("Value", ""), (name, str(index)))


def problems(properties: Mapping[str, Json], about: Facts, path: Path) -> Iterator[Problem]:
    """What AWS, or Moorline, would refuse of the tags of a spec."""
    seen: set[str] = set()
    for tag in given(properties, about):
        at = (*path, *tag.at)
        for text in (tag.key, tag.value):
            if isinstance(text, str) and "${ref:" in text:
                yield Problem(at, "a tag cannot be a reference", "write the text out", "RES004")
                return
        if not (isinstance(tag.key, str) and isinstance(tag.value, str)):
            continue  # the schema says so
        key = composed(tag.key)
        if key.startswith(OURS):
            said = f"{OURS!r} begins the tags that Moorline writes itself"
            yield Problem(at, said, "choose another key", CODE)
        if key in seen:
            yield Problem(at, f"the tag {key!r} is there twice", "remove one of the two", CODE)
        seen.add(key)
        for fault in key_faults(key):
            yield Problem(at, f"AWS takes no tag {key!r}: {fault}", _HELP, CODE)
        for fault in value_faults(composed(tag.value)):
            yield Problem(at, f"AWS refuses the value of the tag {key!r}: {fault}", _HELP, CODE)
