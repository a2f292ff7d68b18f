"""Whose a resource is whose type takes no tags: declared once for a type, and read as tags. Pure.

What is in something of ours is told by that (a table by its database, a schedule by its group,
a permission by its function): `Within`. What is in nothing carries a mark at the end of a text
that people read, such as a description: `Marked`. Either way the rest of Moorline sees tags.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace

from reconciler.model.change import Change, Effect, FieldChange
from reconciler.model.value import Json, Props

TAGS = "Tags"
PARENT = "@parent"
"""Where the targets of a change have what it is in. No property is called so."""
_MARK = re.compile(r"\s*\[moorline ([^\]]*)\]\s*$")
_PREFIX = "moorline:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Within:
    """It is whose the thing is that it is in, by a type that has tags.

    The name of such a resource is the other one's, a slash and its own; templates have them as
    ``{parent}`` and ``{leaf}``, listings too. In something of ours other people may keep things:
    only what is declared, or whose own name has our prefix, counts as ours, unless it is the
    `sole` use of it.
    """

    type: str
    sole: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """It says so itself, at the end of a text property."""

    prop: str = "Description"


@dataclass(frozen=True, slots=True)
class Nobodys:
    """Its name says what is in it, so it is the same whoever made it: anybody uses it.

    It is in no listing, so nothing of it is left over, and nobody deletes it.
    """


def inherited(tags: Mapping[str, str], ownership: tuple[str, ...]) -> dict[str, str]:
    """The tags that what is in something has from it: whose it is and where, and by no spec."""
    platform, environment, _, region = ownership
    return {key: tags[key] for key in (platform, environment, region) if key in tags}


def marked(text: Json, tags: Mapping[str, str]) -> str:
    """A text with the mark of these tags in place of any that it has."""
    told = " ".join(
        f"{key.removeprefix(_PREFIX)}={value}"
        for key, value in sorted(tags.items())
        if key.startswith(_PREFIX)
    )
    return f"{plain(text)} [moorline {told}]".lstrip()


def plain(text: Json) -> str:
    """A text without its mark."""
    return _MARK.sub("", text) if isinstance(text, str) else ""


def told(text: Json) -> dict[str, str]:
    """The tags that a text's mark says; none where it has no mark."""
    found = _MARK.search(text) if isinstance(text, str) else None
    pairs = (each.partition("=") for each in found[1].split()) if found else ()
    return {_PREFIX + key: value for key, _, value in pairs}


def unsigned(props: Props, how: Within | Marked | Nobodys | None) -> Props:
    """Live properties as a spec would give them: the text without the mark."""
    if not isinstance(how, Marked) or not isinstance(text := props.get(how.prop), str):
        return props
    kept = {key: value for key, value in props.items() if key != how.prop}
    return {**kept, how.prop: plain(text)} if plain(text) else kept


def inscribed(change: Change, how: Marked) -> Change:
    """The same change with the tags as the mark of its text: nothing else writes them."""
    tags = {tag["Key"]: tag["Value"] for tag in change.desired.get(TAGS) or ()}
    if not tags:
        return change
    text = marked(change.desired.get(how.prop), tags)
    desired = {key: value for key, value in change.desired.items() if key != TAGS}
    touched = [each for each in change.fields if each.path[0] not in {TAGS, how.prop}]
    if len(touched) != len(change.fields):
        before = change.live.get(how.prop)
        touched.append(FieldChange((how.prop,), before, text, Effect.IN_PLACE))
    return replace(change, desired={**desired, how.prop: text}, fields=tuple(touched))
