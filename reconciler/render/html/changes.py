"""The changes of a plan as the page's script reads them.

Texts are ready to be shown. What is empty is left out, so that a plan of many
changes stays small. The order is that of the list: what destroys or is
refused first, then as in the plan; what others move by right comes last.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from reconciler.model.change import Action, Effect
from reconciler.model.origin import Origin, origin
from reconciler.model.value import Json
from reconciler.render import section
from reconciler.render.formats import Context
from reconciler.render.html.text import LONGEST, block
from reconciler.render.section import Report, Section
from reconciler.render.text.drift import kind
from reconciler.render.vocabulary import protection
from reconciler.render.vocabulary.difference import Row, rows_of
from reconciler.render.vocabulary.entries import Entry, differences, told
from reconciler.render.vocabulary.ink import harmless
from reconciler.render.vocabulary.value import document, path_text, under
from reconciler.render.vocabulary.words import NOTES, ORIGINS, SIGNS, verified, why

MOST_ROWS = 400
"""Rows of one change; more of them nobody reads in a page."""
_APPENDED = "in place; no record is touched"
_DRIFTS: Mapping[str, str] = {
    "missing": "does not exist",
    "failed": "AWS reports it as failed",
    "undeclared": "no spec makes it any more",
    "superseded": "beyond keepRevisions",
    "foreign": "carries no ownership tags of ours",
    "owned": "moves by right at run time; an apply leaves it",
}
_LEFT = "="
"""The sign of what an apply leaves as it is; all others are those of a plan."""
_CURES: Mapping[str, str] = {
    Action.CREATE: "an apply creates it",
    Action.UPDATE: "an apply sets it back to what is declared",
    Action.REPLACE: "an apply replaces it",
    Action.DELETE: "an apply deletes it",
    Action.ADOPT: "an apply takes it over",
}


@dataclass(frozen=True, slots=True)
class _Place:
    """How one entry stands among the others."""

    context: Context
    index: Mapping[str, int]
    environment: str
    sections: Sequence[Section]


def changes(
    found: Sequence[Entry], context: Context, environment: str = ""
) -> list[dict[str, Json]]:
    """Every entry as data for the page."""
    ordered = sorted(found, key=lambda entry: _order(entry, context))
    index = {half["id"]: number for number, entry in enumerate(ordered) for half in entry.halves}
    report = Report.DRIFT if context.drift else Report.PLAN
    place = _Place(context, index, environment, section.load(report))
    owned = [_owned(step, place) for step in context.owned]
    return [_change(entry, place) for entry in ordered] + owned


def _order(entry: Entry, context: Context) -> tuple[int, bool]:
    """By group in a drift report; in each what destroys or is refused first."""
    group = [*ORIGINS].index(origin(entry.step)) if context.drift else 0
    return group, not entry.loud


def _change(entry: Entry, place: _Place) -> dict[str, Json]:
    step = entry.step
    word = kind(entry) if place.context.drift else step["action"]
    return _filled(
        {
            **_identity(step, word),
            "group": ORIGINS[origin(step)] if place.context.drift else "",
            "why": _why(entry, place.context),
            "note": _note(step),
            **section.marks(place.sections, lambda each: each.html_step, step),
            **_risk(entry, place.environment),
            "held": place.index.get(entry.blocked_by) if entry.blocked_by else None,
            "calls": [_said(call) for half in entry.halves for call in half["calls"]],
            "needs": _needs(entry, place.index),
            "after": sorted({harmless(each) for half in entry.halves for each in half["after"]}),
        }
    ) | _rows(step, place.sections, drift=place.context.drift)


def _risk(entry: Entry, environment: str) -> dict[str, Json]:
    """What is lost and opened, and what lets it or what to do."""
    opens = [each.strip() for each in protection.opened(entry)]
    deeds = (each.strip() for each in protection.deeds(entry))
    loses = [each for each in dict.fromkeys(deeds) if each not in opens]
    told = {"loses": loses, "opens": opens}
    if entry.refused:
        snippet = "\n".join(protection.snippet(entry))
        todo = protection.remedy(entry, environment)
        return {**told, "refused": harmless(entry.refused), "todo": todo, "snippet": snippet}
    return {**told, "permits": list(protection.permits(entry)) if loses or opens else []}


def _owned(step: Mapping[str, Json], place: _Place) -> dict[str, Json]:
    return _filled(
        {
            **_identity(step, "owned"),
            "group": ORIGINS[Origin.OWNED],
            "why": _DRIFTS["owned"],
            **section.marks(place.sections, lambda each: each.html_step, step),
        }
    ) | _rows(step, place.sections, drift=True)


def _identity(step: Mapping[str, Json], word: str) -> dict[str, Json]:
    at = step["at"]
    return {
        "id": harmless(step["id"]),
        "do": word,
        "sign": _LEFT if word == "owned" else SIGNS[step["action"]].symbol.strip() or _LEFT,
        "type": harmless(step["type"]),
        "name": harmless(step["name"]),
        "spec": harmless(step["spec"]),
        "at": [harmless(at["file"]), at["line"]] if at else None,
    }


def _why(entry: Entry, context: Context) -> str:
    if not context.drift:
        return why(entry.step)
    said = _DRIFTS.get(kind(entry), "")
    cure = "" if entry.refused else _CURES.get(entry.step["action"], "")
    return "; ".join(filter(None, (said, cure)))


def _note(step: Mapping[str, Json]) -> str:
    if {field["effect"] for field in step["fields"]} == {Effect.APPEND_ONLY}:
        return _APPENDED
    return verified(step["type"]) if step["action"] == Action.UPDATE else ""


def _said(call: Mapping[str, Json]) -> str:
    return f"{harmless(call['service'])}.{harmless(call['method'])}"


def _needs(entry: Entry, index: Mapping[str, int]) -> list[int]:
    own = index[entry.step["id"]]
    found = {index[need] for half in entry.halves for need in half["needs"] if need in index}
    return sorted(found - {own})


def _rows(step: Mapping[str, Json], sections: Sequence[Section], *, drift: bool) -> dict[str, Json]:
    found = [*_differing(step, sections, drift=drift)] or [*_made(step)]
    hidden = len(found) - MOST_ROWS
    shown = {"rows": found[:MOST_ROWS]}
    return {**shown, "hidden": hidden} if hidden > 0 else shown


def _made(step: Mapping[str, Json]) -> Iterator[dict[str, Json]]:
    if step["action"] == Action.CREATE:
        for name, value in step["desired"].items():
            yield _row(Row(path_text((name,)), "+", None, document(value)), {})


def _differing(
    step: Mapping[str, Json], sections: Sequence[Section], *, drift: bool
) -> Iterator[dict[str, Json]]:
    """Rows of the changed properties, from what is live to what is declared."""
    whole = {field["effect"] for field in step["fields"]} == {Effect.REPLACE}
    for field in told(step["fields"]) if drift else differences(step):
        at, who = field["at"], (step.get("by") or {}).get("class", "")
        about = {
            "at": [harmless(at["file"]), at["line"]] if at else None,
            **section.marks(sections, lambda each: each.html_field, {**field, "who": who}),
            "note": "" if whole else NOTES.get(field["effect"], ""),
        }
        for row in rows_of(field):
            yield _row(row, about)


def _row(row: Row, about: Mapping[str, Json]) -> dict[str, Json]:
    return _filled(
        {
            "path": row.path,
            "sign": row.sign,
            **_sides(row),
            **about,
        }
    )


def _sides(row: Row) -> dict[str, Json]:
    """Both sides whole; of two huge ones what differs, since a page does not show all of them."""
    if row.sign == "=" and isinstance(row.before, int):
        return {"order": row.text(0), "from": f"place {row.before}", "to": f"place {row.after}"}
    sides = {"order": row.text(0)} if row.sign == "=" else {}
    one, other = block(row.before), block(row.after)
    if not row.sign and one == other:
        one, other, *_ = under(row.before, row.after, LONGEST)
    return {
        **sides,
        "from": "" if row.sign == "+" else one,
        "to": "" if row.sign == "-" else other,
    }


def _filled(value: Mapping[str, Json]) -> dict[str, Json]:
    return {key: item for key, item in value.items() if item not in (None, "", [])}
