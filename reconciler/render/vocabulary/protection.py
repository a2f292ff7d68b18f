"""The loud part of a plan: what a step loses or opens, what lets it, and what to do else."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from reconciler.model.change import Action, Effect
from reconciler.model.loss import Destruction
from reconciler.model.unsaid import ASKS
from reconciler.model.value import Json
from reconciler.render.vocabulary.entries import Entry, told
from reconciler.render.vocabulary.ink import harmless
from reconciler.render.vocabulary.undo import undo
from reconciler.render.vocabulary.words import loss

TODO = "to do:"
"""Begins the line that says how to get on."""


def deeds(entry: Entry) -> Iterator[str]:
    """What is done and lost by it; who may do what afterwards, and requests that show it."""
    if entry.destroys:
        whole = {Action.DELETE: "deletes it: ", Action.REPLACE: "deletes it and makes a new one: "}
        lead = whole.get(entry.step["action"], "")
        yield from (f"{lead}{each}" for each in lost(entry))
    yield from opened(entry)


def lost(entry: Entry) -> list[str]:
    """What is lost, thing by thing, in words."""
    losing = [each for each in entry.losses if each["destroys"] != Destruction.ACCESS]
    said = [*dict.fromkeys(harmless(each["says"]) for each in losing)]
    return said or [loss(entry.destroys)]


def opened(entry: Entry) -> Iterator[str]:
    """Who may do more and where, and at most a few requests that are allowed then and not now."""
    for each in entry.losses:
        if each["destroys"] == Destruction.ACCESS:
            where = ".".join(harmless(name) for name in each["path"])
            yield f"{harmless(each['says'])}{f' (in {where})' if where else ''}"
            yield from (f"  newly allowed: {request(it)}" for it in each.get("opens", ()))


def widens(entry: Entry) -> list[str]:
    """``may widen access: …``, thing by thing."""
    opening = [each for each in entry.losses if each["destroys"] == Destruction.ACCESS]
    return [*dict.fromkeys(harmless(each["says"]) for each in opening)]


def request(asked: Mapping[str, Json]) -> str:
    """``s3:PutObject on arn:aws:s3:::raw/example by arn:…, with aws:SourceIp 10.0.0.1``."""
    said = harmless(f"{asked['action']} on {asked['resource']}")
    if asked["principal"]:
        said += f" by {harmless(asked['principal'])}"
    keys = [harmless(f"{key} {value}") for key, value in asked["context"].items()]
    return f"{said}, with {' and '.join(keys)}" if keys else said


def causes(entry: Entry) -> Iterator[Mapping[str, Json]]:
    """The changed fields that lose or open something."""
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


def remedy(entry: Entry, environment: str) -> str:
    """How to get on: take the cause back, or approve it; "" where a refusal says it itself."""
    if not _refusing(entry):
        return ""
    named = harmless(environment)
    return f"{TODO} {_undo(entry)}, or approve it in the spec of environment {named!r}:"


def snippet(entry: Entry) -> list[str]:
    """The lines of YAML that approve it, once what is in angle brackets has been written.

    The one form of all reports. `validate` takes none of the brackets for a reason, name or day.
    """
    found = _refusing(entry)
    if not found:
        return []
    at = f"{entry.step['type']}/{entry.step['name']}"
    lines = ["spec:", "  protection:", "    approvals:"]
    for each in found:
        word = each if each.replace("-", "").isalpha() else quoted(each)
        lines += [f"      - address: {quoted(at)}", f"        allows: {word}"]
        asks = zip(("why", "by", "until"), ASKS, strict=True)
        lines += [f"        {name}: {ask}" for name, ask in asks]
    return lines


def quoted(text: str) -> str:
    """A text in double quotes; YAML reads the escapes of JSON, and those of `harmless` too."""
    return harmless(json.dumps(text, ensure_ascii=False))


def _refusing(entry: Entry) -> list[str]:
    """The classes that nothing permits."""
    if not (entry.losses or entry.destroys):
        return []
    missing = [each for each in entry.losses if not (each["allowed"] or each["approval"])]
    classes = dict.fromkeys(each["destroys"] for each in missing) or {entry.destroys: None}
    return [each for each in classes if each]


def _undo(entry: Entry) -> str:
    step = entry.step
    if step["action"] == Action.DELETE:
        return f"declare {harmless(step['spec']) or 'it'} again"
    return undo(causes(entry))
