"""The loud part of a plan: what a step loses, what lets it, and what to do when nothing does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.change import Action, Effect
from reconciler.model.value import Json
from reconciler.render.vocabulary.entries import Entry, told
from reconciler.render.vocabulary.ink import harmless
from reconciler.render.vocabulary.undo import undo
from reconciler.render.vocabulary.words import loss

TODO = "to do:"
"""Begins the line that says how to get on."""


def deeds(entry: Entry) -> Iterator[str]:
    """What is done, and what is lost by it."""
    whole = {Action.DELETE: "deletes it: ", Action.REPLACE: "deletes it and makes a new one: "}
    lead = whole.get(entry.step["action"], "")
    yield from (f"{lead}{each}" for each in lost(entry))


def lost(entry: Entry) -> list[str]:
    """What is lost, thing by thing, in words."""
    said = [*dict.fromkeys(harmless(each["says"]) for each in entry.losses)]
    return said or [loss(entry.destroys)]


def causes(entry: Entry) -> Iterator[Mapping[str, Json]]:
    """The changed fields that lose something."""
    paths = [tuple(each["path"]) for each in entry.losses if each["path"]]
    for field in told(entry.step["fields"]):
        lost = any(
            here[: len(path)] == path or path[: len(here)] == here
            for path in paths
            for here in (tuple(part["path"]) for part in field["parts"])
        )
        if lost or field["effect"] == Effect.REPLACE:
            yield field


def permits(entry: Entry) -> Iterator[str]:
    """What lets the step run, one line for each permission."""
    lines = [_permit(each) for each in entry.losses if each["allowed"] or each["approval"]]
    default = f"allowed: protection.allow lists {harmless(entry.destroys)!r}"
    yield from dict.fromkeys(lines or [default])


def _permit(loss_json: Mapping[str, Json]) -> str:
    found = loss_json["approval"]
    if not found:
        return f"allowed: protection.allow lists {harmless(loss_json['destroys'])!r}"
    return (
        f"approved: by {harmless(found['by'])} until {harmless(found['until'])}:"
        f" {harmless(found['why'])}"
    )


def remedy(entry: Entry, environment: str) -> Iterator[str]:
    """How to get on: take the cause back, or approve it; another refusal says it itself."""
    if not (entry.losses or entry.destroys):
        return
    step = entry.step
    yield f"{TODO} {_undo(entry)}, or approve it in environment {harmless(environment)!r}:"
    missing = [each for each in entry.losses if not (each["allowed"] or each["approval"])]
    classes = dict.fromkeys(each["destroys"] for each in missing) or {entry.destroys: None}
    for each in filter(None, classes):
        address = f"{harmless(step['type'])}/{harmless(step['name'])}"
        yield (
            f"  protection.approvals: - {{address: {address!r}, loses: {harmless(each)},"
            " why: …, by: …, until: …}"
        )


def _undo(entry: Entry) -> str:
    step = entry.step
    if step["action"] == Action.DELETE:
        return f"declare {harmless(step['spec']) or 'it'} again"
    return undo(causes(entry))
