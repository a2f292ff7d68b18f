"""Between a node's properties and AWS's document of a type: tags, texts, what is never sent. Pure.

A node has its tags as CloudFormation's usual list under `Tags`. A type may keep them under another
name, or as an object.
"""

from __future__ import annotations

from collections.abc import Mapping

import orjson

from reconciler.facts import Facts
from reconciler.model.given import stated
from reconciler.model.value import Json, Props
from reconciler.resources.cloudcontrol.paths import value, without

TAGS = "Tags"
LIST, MAP = "list", "map"


def parsed(text: Json) -> Json:
    """The document that a text is; nothing where it is none."""
    try:
        found = orjson.loads(text) if isinstance(text, str | bytes) else text
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, Mapping) else None


def desired(props: Props, facts: Facts, *, hollow: bool = False) -> dict[str, Json]:
    """The document that is asked for. What only AWS sets is not in it.

    Empty means "not set", but for what AWS requires; null does everywhere. An object of nulls
    stays, empty, where the document is `hollow`: a patch takes out of it what it says.
    """
    body = {
        key: stated(item, hollow=hollow)
        for key, item in (props if hollow else stated(props)).items()
        if key != TAGS and item is not None and (item not in ("", [], {}) or key in facts.required)
    }
    kept: dict[str, Json] = without(body, facts.read_only)
    if (tags := written(props.get(TAGS) or [], facts)) is not None:
        kept = _put(kept, facts, tags)
    return kept


def written(tags: Json, facts: Facts) -> Json:
    """Tags in the form of the type; nothing where there are none, or where they have no place."""
    tagging = facts.tagging
    if not tags or tagging is None or not tagging.taggable:
        return None
    if tagging.shape == MAP:
        return {tag["Key"]: tag["Value"] for tag in tags}
    return [{"Key": tag["Key"], "Value": tag["Value"]} for tag in tags]


def tags_of(model: Props, facts: Facts) -> dict[str, str] | None:
    """The tags in a document; nothing where the type does not give them back."""
    tagging = facts.tagging
    if tagging is None or not tagging.taggable or tagging.property in facts.write_only:
        return None
    found = value(model, tagging.property)
    if isinstance(found, Mapping):
        return {str(key): str(item) for key, item in found.items()}
    items = found if isinstance(found, list | tuple) else ()
    return {
        str(item["Key"]): str(item.get("Value") or "")
        for item in items
        if isinstance(item, Mapping) and "Key" in item
    }


def _put(body: dict[str, Json], facts: Facts, tags: Json) -> dict[str, Json]:
    path = facts.tagging.property if facts.tagging else (TAGS,)
    head, *rest = path
    if not rest:
        return {**body, head: tags}
    inner = dict(body.get(head) or {})
    inner[rest[0]] = tags
    return {**body, head: inner}
