"""The page of all AWS types that Moorline has an adapter for, from the registry."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator, Mapping
from functools import cache

from docs.generate import markdown
from reconciler import resources as package
from reconciler.delivery.actions import actions_of, methods
from reconciler.explain.property import explain
from reconciler.facts.store import facts
from reconciler.resources.api import Resource, load

LOSSES = {
    "records": "records",
    "traffic": "traffic: requests fail while it is gone",
    "keys": "keys: what they encrypted cannot be read any more",
    "history": "history: versions and runs",
    "serviceAccess": "the right to use a service that AWS closed to new accounts",
}
TITLE = re.compile(r"(AWS::\w+::\w+)(?:\.|,? (.*))\n")
EFFECTS = {
    "update": "Changes in place",
    "append-only": "Only grows in place; else it is replaced",
    "replace": "A change replaces the resource",
    "none": "Set by AWS",
    "unsupported": "Not set by Moorline",
}


def page() -> Iterator[str]:
    """Blocks of the page."""
    ours = (each for each in load().values() if not each.packed)  # files of a repository
    registry = sorted(ours, key=lambda resource: resource.type)
    yield "# AWS types"
    yield (
        "What a change of a property does comes from AWS's published schemas and from the adapter."
        " `moorline explain AWS::TYPE.Property` says why, for nested properties too."
    )
    yield markdown.table(
        ("type", "[reach](../regions.md)", "deleting it loses"),
        (
            (
                f"[{each.type}]({markdown.anchor(each.type)})",
                each.reach,
                LOSSES.get(each.holds, each.holds),
            )
            for each in registry
        ),
    )
    for resource in registry:
        yield from _type(resource)


def _type(resource: Resource) -> Iterator[str]:
    yield f"## {resource.type}"
    yield about(resource.type)
    if resource.content_named:
        yield "Its name carries a digest of its content: another content is another resource."
    yield markdown.table(("what a change does", "properties"), _effects(resource))
    if resource.holds:
        held = LOSSES.get(resource.holds, resource.holds)
        yield f"Holds {held}; see [protection](../protection.md)."
    if resource.narrows:
        places = dict.fromkeys(
            f"{markdown.code(each.path)} ({each.destroys})" for each in resource.narrows
        )
        yield f"A change in place can lose something at {', '.join(places)}."
    if resource.companions:
        yield markdown.table(
            ("property of ours", "type of its own in CloudFormation"),
            ((markdown.code(each.prop), each.type) for each in resource.companions),
        )
    reads, writes = permissions(resource)
    yield markdown.bullets(
        [f"To plan: {markdown.codes(reads)}", f"Besides, to apply: {markdown.codes(writes)}"]
    )


def _effects(resource: Resource) -> Iterator[tuple[str, str]]:
    companions = {each.prop for each in resource.companions}
    names = sorted({*facts(resource.type).properties, *companions})
    by_effect: dict[str, list[str]] = {}
    for name in names:
        by_effect.setdefault(str(explain(f"{resource.type}.{name}")["effect"]), []).append(name)
    for effect, words in EFFECTS.items():
        if effect in by_effect:
            yield words, markdown.codes(by_effect[effect])


def permissions(resource: Resource) -> tuple[list[str], list[str]]:
    """IAM actions to read a resource, and what it takes besides to write it."""
    reads, writes = methods(resource)
    read = actions_of(resource.service, reads)
    return sorted(read), sorted(actions_of(resource.service, writes) - read)


def about(type_: str) -> str:
    """What the resource file says about its type."""
    return markdown.prose(_docstrings().get(type_, ""))


@cache
def _docstrings() -> Mapping[str, str]:
    found = {}
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        words = importlib.import_module(module.name).__doc__ or ""
        if title := TITLE.match(words):
            text = f"{title[2] or ''}\n{words[title.end() :]}".strip()
            found[title[1]] = text[:1].upper() + text[1:]
    return found
