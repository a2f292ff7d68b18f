"""What a field becomes in AWS and what changing it does, in a few words each."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

from docs.generate import markdown
from reconciler.explain import fields

WORST = (
    ("place", "all is made anew elsewhere"),
    ("referring", "as for what refers to it"),
    ("replace", "replaces"),
    ("rename", "makes another"),
    ("delete", "deletes"),
    ("revision", "makes a revision"),
    ("update", "in place"),
    ("create", "makes"),
    ("others", "changes what refers to it"),
    ("stays", "stays as it is"),
    ("refused", "is refused"),
)
"""Outcomes, those first that a reader has to know most."""
WIDENS = re.compile("(?:may widen|widens) access")
NOTHING = "nothing"
_SEVERAL = 2


def of(kind: str, section: str, name: str) -> tuple[str, str]:
    """Two cells for a field; empty for one that nothing is known of."""
    known = _known(kind)
    found = known.get((section, name)) or known.get((kind, name))
    if found is None:
        return "", ""
    return _becomes(found), _changing(found)


@cache
def _known(kind: str) -> Mapping[tuple[str, str], Any]:
    known: dict[tuple[str, str], Any] = {}
    if kind == fields.METADATA:
        kind = "DataSource"  # of a kind that makes resources with tags
    for entry in fields.entries(kind):
        path = tuple(entry["path"].split("."))
        (told, *_) = [it for it in fields.of(kind, path) if it["section"] == entry["section"]]
        known.setdefault((entry["section"], path[-1]), told)
    return known


def _becomes(entry: Mapping[str, Any]) -> str:
    if said := entry.get("means"):
        return markdown.prose(str(said))
    own = [*dict.fromkeys(each["property"] or each["type"] for each in entry["becomes"])]
    if not own:
        return "what refers to it" if entry["elsewhere"] else NOTHING
    more = len(own) - _SEVERAL
    shown = markdown.codes(own[:_SEVERAL] if more > 0 else own)
    return f"{shown} and {more} more" if more > 0 else shown


def _changing(entry: Mapping[str, Any]) -> str:
    does = [each for way in entry["changing"] for each in way["does"]]
    words = {each["does"] for each in does}
    said = next((words_ for key, words_ in WORST if key in words), NOTHING)
    told = [text for each in does for text in each.get("loses", ())]
    wider = [text for text in told if WIDENS.match(text)]
    loses = "; can lose something" if len(told) > len(wider) else ""
    return f"{said}{loses}{'; can widen access' if wider else ''}"
