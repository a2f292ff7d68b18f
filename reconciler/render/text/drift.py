"""The morning report, from a plan's JSON: where AWS is not as the specs say, by why that is.

As in a plan, values go from what is live to what is declared: `+` is what an apply adds and
`-` what it removes. Each line says what an apply would do about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.model import origin
from reconciler.model.address import Address
from reconciler.model.change import BY_RIGHT, Action, Cause, Reason
from reconciler.model.origin import Origin
from reconciler.model.value import Json
from reconciler.render import section
from reconciler.render.formats import Context
from reconciler.render.markdown.view import view
from reconciler.render.section import Report
from reconciler.render.text.frame import header
from reconciler.render.text.groups import LEGEND, grouped, origins, summary, title
from reconciler.render.text.table import INDENT, MOST, below, shortened, widest
from reconciler.render.vocabulary import protection, words
from reconciler.render.vocabulary.difference import rows_of
from reconciler.render.vocabulary.entries import READ, Entry, entries, told
from reconciler.render.vocabulary.fold import LAYOUT, LEAST, broken
from reconciler.render.vocabulary.ink import Ink, cells, harmless, spread
from reconciler.render.vocabulary.value import brief, mark_of
from reconciler.render.vocabulary.words import CAUSES, SIGNS, span

__all__ = ["as_json", "differs", "text"]

_KINDS = {
    Reason.ABSENT: "missing",
    Reason.FAILED: "failed",
    Reason.NOT_DECLARED: "undeclared",
    Reason.NOT_MADE: "undeclared",
    Reason.SUPERSEDED: "superseded",
    Reason.ADOPTED: "foreign",
}
_SAID: Mapping[str, str] = {
    "missing": "does not exist",
    "failed": "AWS reports it as failed",
    "undeclared": "no spec makes it any more",
    "superseded": "beyond keepRevisions",
    "foreign": "carries no ownership tags of ours",
}
_CURES: Mapping[str, str] = {
    Action.CREATE: "apply creates it",
    Action.REPLACE: "apply replaces it",
    Action.DELETE: "apply deletes it",
    Action.ADOPT: "apply takes it over",
}
_WHOLE: Mapping[tuple[str, str], str] = {
    ("missing", Cause.HAND): "deleted by hand",
    ("missing", Cause.SPEC): "new in the specs",
    ("undeclared", Cause.SPEC): "removed from the specs",
}
_OWNED = {CAUSES[each] for each in BY_RIGHT}


def text(  # noqa: PLR0913 - what is shown, and how
    plan_json: Mapping[str, Json],
    *,
    color: bool,
    width: int = LAYOUT,
    verbose: bool = False,
    seconds: float | None = None,
    owned: Sequence[Mapping[str, Json]] = (),
) -> str:
    """The whole report. `seconds` is how long it took; `owned` is moved by right at run time."""
    ink, width = Ink(color), max(width, LEAST)
    seen = view(plan_json, Context(drift=True, owned=owned))
    lines = [header(plan_json, ink, width, seconds)]
    if seen.entries or owned:
        lines.append(ink(LEGEND, "dim"))
    for group, found in grouped(seen.entries, owned):
        lines += ["", title(group, len(found), ink)]
        for entry in found:
            keep = "" if group is Origin.OWNED else keeps(entry, plan_json)
            lines += _entry(entry, group, ink, width, verbose=verbose, keep=keep)
    for each in section.of(seen):
        lines += each.text(seen, ink)
    return "\n".join([*lines, "", summary(plan_json, ink, owned)])


def as_json(
    plan_json: Mapping[str, Json], owned: Sequence[Mapping[str, Json]] = ()
) -> dict[str, Json]:
    """The report for machines; values keep the marks of the plan's JSON."""
    told = section.data(view(plan_json, Context(drift=True, owned=owned)))
    return {
        **({"sections": told} if told else {}),
        "environment": plan_json["environment"],
        "account": plan_json["account"],
        "region": plan_json["region"],
        "origins": origins(plan_json, owned),
        "drifted": [
            {
                **_drifted(entry, origin.origin(entry.step)),
                "keep": keeps(entry, plan_json),
                "revert": cure(entry, plan_json),
            }
            for entry in entries(plan_json)
        ],
        "owned": [_drifted(Entry(step), Origin.OWNED) for step in owned],
        "unchanged": plan_json["summary"]["unchanged"],
        "calls": plan_json["summary"]["calls_made"],
        "diagnostics": plan_json["diagnostics"],
    }


def differs(plan_json: Mapping[str, Json]) -> bool:
    """Whether anything is not as the specs say: the text, the JSON and the exit code go by it."""
    return bool(plan_json["summary"]["changes"])


def kind(entry: Entry) -> str:
    """``missing``, ``changed``, ``undeclared``, ``superseded``, ``failed`` or ``foreign``."""
    return _KINDS.get(entry.step["reason"], "changed")


def keeps(entry: Entry, plan_json: Mapping[str, Json]) -> str:
    """The command that takes live values over into the specs; "" where none is a single value."""
    step = entry.step
    may = [each for each in step["fields"] if each["cause"] != Cause.SPEC and each["at"]]
    single = any(isinstance(each["before"], str | int | float) for each in may)
    if kind(entry) != "changed" or not single:
        return ""
    address = Address(step["type"], step["name"]).argument
    return f"moorline drift -e {plan_json['environment']} --write {address}"


def cure(entry: Entry, plan_json: Mapping[str, Json]) -> str:
    """The command that makes it as the specs say; "" where none does."""
    leaves = entry.step["action"] == Action.NONE or entry.refused
    return "" if leaves else f"moorline apply -e {plan_json['environment']}"


def _drifted(entry: Entry, group: Origin) -> dict[str, Json]:
    step = entry.step
    return {
        "origin": str(group),
        "type": step["type"],
        "name": step["name"],
        "kind": kind(entry),
        "action": step["action"],
        "spec": step["spec"],
        "at": step["at"],
        "destroys": entry.destroys,
        "widens": "; ".join(protection.widens(entry)),
        "refused": entry.refused,
        **section.marks(section.load(Report.DRIFT), lambda each: each.json_step, step),
        "fields": [
            {
                "path": field["path"],
                "declared": field["after"],
                "live": field["before"],
                "at": field["at"],
                **{key: field[key] for key in READ if key in field},
                **section.marks(section.load(Report.DRIFT), lambda each: each.json_field, field),
            }
            for field in step["fields"]
        ],
    }


def _entry(  # noqa: PLR0913 - what is shown, and how
    entry: Entry, group: Origin, ink: Ink, width: int, *, verbose: bool, keep: str
) -> Iterator[str]:
    step, how = entry.step, kind(entry)
    word = "owned" if group is Origin.OWNED else how
    sign = SIGNS[step["action"]]
    mark = "=" if sign.symbol == " " else sign.symbol
    lead = f"{mark} {word:<10}"
    type_, name, at = harmless(step["type"]), harmless(step["name"]), span(step["at"])
    gap = spread(f"  {lead} {type_} {name}", at, width)
    yield f"  {ink(lead, sign.style)} {type_} {ink(name, 'bold')}{gap}{ink(at, 'dim')}"
    cure = _CURES.get(step["action"], "")
    if entry.refused:
        cure = f"apply is refused: {harmless(entry.refused)}"
    if why := whole(how, step, group):
        cure = "; ".join(filter(None, (why, cure)))
    if said := _SAID.get(how, ""):
        yield f"{INDENT}{said}   {ink(f'({cure})', 'dim')}"
    elif cure:
        yield f"{INDENT}{ink(f'({cure})', 'dim')}"
    if how == "changed":
        yield from _fields(step, ink, width, verbose=verbose)
    for each in section.load(Report.DRIFT):
        yield from (f"{INDENT}{line}" for line in each.text_step(step, ink))
    if keep:
        yield from (ink(line, "dim") for line in _pasted(harmless(keep), width))
    if entry.destroys:
        lost = "; ".join(protection.lost(entry))
        yield f"{INDENT}{ink(f'an apply is destructive: {lost}', 'alarm')}"
    yield from (f"{INDENT}{ink(f'an apply {each}', 'alarm')}" for each in protection.widens(entry))


def _pasted(command: str, width: int) -> list[str]:
    """A command that stays one where it takes several lines."""
    said = f"{INDENT}keep it: {command}"
    if cells(said) <= width:
        return [said]
    first, option, rest = said.partition(" --write ")
    second = f"{INDENT} {option}{rest}"
    more = [second] if "'" in rest else broken(second, width)  # in quotes a backslash is one
    return [f"{first} \\", *more] if option else [said]


def whole(how: str, step: Mapping[str, Json], group: Origin) -> str:
    """Why something is there, or is not, as a whole; "" where that is not known."""
    if how == "missing" and group in {Origin.HAND, Origin.OTHER}:
        return "deleted by hand" if group is Origin.HAND else "deleted by another"
    return _WHOLE.get((how, step["cause"]), "")


def _fields(step: Mapping[str, Json], ink: Ink, width: int, *, verbose: bool) -> Iterator[str]:
    """``Threshold  400000 → 250000   (apply restores 250000)``, values as they are live first."""
    actor = str((step.get("by") or {}).get("class", ""))
    found = [
        (row, str(row.path), words.cause(field, actor))
        for field in told(step["fields"])
        for row in rows_of(field)
    ]
    shown = found if verbose else found[:MOST]
    column = widest((path for _, path, _ in shown), width)
    for row, path, cause in shown:
        path = path if verbose else shortened(path, width - len(INDENT) - 2)  # noqa: PLW2901
        lead = f"{INDENT}{path}{' ' * (column - cells(path))}  "
        room = 10_000 if verbose else max(width - cells(lead), 0)
        cure = _restores(row.sign, row.after, 10_000 if verbose else 40)
        if step["action"] == Action.NONE or cause in _OWNED:
            cure = "apply leaves it"
        if cause == CAUSES[Cause.SPEC]:
            cure = cure.replace("apply restores", "apply sets", 1)
        cure = f"{cause}; {cure}" if cause else cure
        fits = verbose or row.fits(room)
        said = row.text(room) if fits else ""
        if not fits:
            yield f"{INDENT}{path}"
            yield from below(row, width, ink)
            yield f"{INDENT}{ink(f'({cure})', 'dim')}"
        elif not verbose and cells(lead + said + cure) + 5 > width:
            yield lead + said
            yield f"{INDENT}{ink(f'({cure})', 'dim')}"
        else:
            yield f"{lead}{said}   {ink(f'({cure})', 'dim')}"
    if hidden := len(found) - len(shown):
        yield f"{INDENT}{ink(f'… and {hidden} more; --verbose shows all', 'dim')}"


def _restores(sign: str, declared: Json, width: int) -> str:
    """What an apply does with one difference; a `-` is something that only AWS has."""
    match sign:
        case "-":
            return "apply removes it"
        case "+":
            return "apply adds it"
        case "=":
            return "apply restores the order"
        case "":
            unknown = mark_of(declared) == "$mark"
            if unknown:
                return "apply sets it"
            said = brief(declared)
            return f"apply restores {said if cells(said) <= width else 'it'}"
        case _:
            return "apply restores it"
