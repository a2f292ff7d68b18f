"""What a type cannot do, in words, from its schema. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.facts import Facts
from reconciler.resources.cloudcontrol.paths import covered

MAY_EXIST = (
    "nothing tells whether it exists already: AWS chooses its id, it has no tags, and it cannot be "
    "told from others in a listing"
)


def fixed_tags(facts: Facts) -> str:
    """Why tags stay as they were when it was made; "" where they can be changed."""
    tagging = facts.tagging
    if tagging is None or not tagging.taggable:
        return ""
    if covered(tagging.property, facts.create_only):
        return "AWS takes its tags only when it is made"
    if not tagging.updatable or "update" not in facts.can:
        return "AWS does not change its tags"
    if covered(tagging.property, facts.write_only):
        return "AWS does not give its tags back"
    return ""


def says(facts: Facts, way: str) -> tuple[str, ...]:
    """What plan and drift have to say of the type as such."""
    return tuple(_says(facts, way))


def _says(facts: Facts, way: str) -> Iterator[str]:
    if "update" not in facts.can:
        yield "AWS does not change it in place: any change replaces it"
    listing = facts.handlers.get("list")
    parents = (listing.parent or {}).get("required") if listing else ()
    if listing is None:
        yield "AWS does not list it"
    elif parents:
        yield f"AWS lists it only by {' and '.join(parents)}"
    if facts.tagging is None or not facts.tagging.taggable:
        yield "it has no tags, so nothing on it says whose it is"
    elif fixed := fixed_tags(facts):
        yield fixed
    if way == "nothing":
        yield MAY_EXIST
