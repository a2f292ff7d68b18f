"""The JSON form of the properties that differ."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from reconciler.model.change import Cause, Effect, FieldChange, Listed, Member
from reconciler.model.diagnostic import span_from_json, span_to_json
from reconciler.model.value import Json, Path, from_json, to_json


def fields_to_json(fields: Iterable[FieldChange], *, causes: bool = True) -> list[Json]:
    """The JSON form; without `causes` only what the digest of a plan covers.

    Both sides of a list stand at the first difference in it; the others name it by its path.
    """
    known: set[Path] = set()
    return [_to_json(each, known, causes=causes) for each in fields]


def fields_from_json(data: Iterable[Json]) -> tuple[FieldChange, ...]:
    """The inverse of `fields_to_json`."""
    known: dict[Path, Listed] = {}
    return tuple(_from_json(each, known) for each in data)


def _to_json(change: FieldChange, known: set[Path], *, causes: bool) -> Json:
    return {
        **({"cause": str(change.cause)} if causes else {}),
        "path": list(change.path),
        "before": to_json(change.before),
        "after": to_json(change.after),
        "effect": str(change.effect),
        "at": span_to_json(change.at),
        **(_told(change, known) if causes else {}),
    }


def _told(change: FieldChange, known: set[Path]) -> dict[str, Json]:
    """How people read it; left out where the path says it all."""
    out: dict[str, Json] = {}
    if change.spec and change.spec.field:
        out["spec"] = {"path": list(change.spec.path), "at": span_to_json(change.spec)}
        out["spec"] |= {"value": change.spec.says} if change.spec.says is not None else {}
        out["spec"] |= {"back": change.back} if change.back is not None else {}
    if change.members:
        out["members"] = [
            {"at": each.at, "by": {key: to_json(value) for key, value in each.known}}
            for each in change.members
        ]
    if listed := change.listed:
        out["list"] = {"path": list(listed.path)}
        if listed.path not in known:
            known.add(listed.path)
            sides = {"before": to_json(listed.before), "after": to_json(listed.after)}
            out["list"] |= {"by": list(listed.keys), **sides}
    return out


def _from_json(data: Json, known: dict[Path, Listed]) -> FieldChange:
    spec = data.get("spec", {})
    written = span_from_json(spec.get("at"))
    if written:
        written = replace(written, path=tuple(spec["path"]), says=spec.get("value"))
    return FieldChange(
        tuple(data["path"]),
        from_json(data["before"]),
        from_json(data["after"]),
        Effect(data["effect"]),
        span_from_json(data["at"]),
        Cause(data.get("cause", Cause.UNKNOWN)),
        written,
        spec.get("back"),
        tuple(
            Member(each["at"], tuple((key, from_json(value)) for key, value in each["by"].items()))
            for each in data.get("members", ())
        ),
        _listed(data.get("list"), known),
    )


def _listed(data: Json, known: dict[Path, Listed]) -> Listed | None:
    if data is None:
        return None
    path = tuple(data["path"])
    if "before" in data:
        sides = from_json(data["before"]), from_json(data["after"])
        known[path] = Listed(path, *sides, tuple(data["by"]))
    return known.get(path)
