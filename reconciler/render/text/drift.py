"""The morning report, from a plan's JSON: where AWS is not as the specs say.

Values are shown from declared to live, the way they drifted, and each line says
what an apply would do about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from reconciler.model.change import BY_RIGHT, Action, Cause, Reason
from reconciler.model.value import Json
from reconciler.render import section
from reconciler.render.formats import Context
from reconciler.render.markdown.view import view
from reconciler.render.section import Report
from reconciler.render.text.frame import header
from reconciler.render.text.table import INDENT, MOST, widest
from reconciler.render.vocabulary import protection
from reconciler.render.vocabulary.difference import rows
from reconciler.render.vocabulary.entries import Entry, entries
from reconciler.render.vocabulary.ink import Ink, cells, harmless, spread
from reconciler.render.vocabulary.value import brief, mark_of
from reconciler.render.vocabulary.words import CAUSES, count, span

__all__ = ["as_json", "differs", "text"]

_KINDS = {
    Reason.ABSENT: "missing",
    Reason.FAILED: "failed",
    Reason.NOT_DECLARED: "undeclared",
    Reason.SUPERSEDED: "superseded",
    Reason.ADOPTED: "foreign",
}
_SAID: Mapping[str, str] = {
    "missing": "does not exist",
    "failed": "AWS reports it as failed",
    "undeclared": "not declared any more",
    "superseded": "older than keepRevisions",
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
_STYLES: Mapping[str, str] = {"missing": "red", "failed": "red", "drift": "yellow"}


def text(  # noqa: PLR0913 - what is shown, and how
    plan_json: Mapping[str, Json],
    *,
    color: bool,
    width: int = 100,
    verbose: bool = False,
    seconds: float | None = None,
    owned: Sequence[Mapping[str, Json]] = (),
) -> str:
    """The whole report. `seconds` is how long it took; `owned` is moved by right at run time."""
    ink, width = Ink(color), max(width, 40)
    seen = view(plan_json, Context(drift=True, owned=owned))
    sections = section.of(seen)
    found = seen.entries
    lines = [header(plan_json, ink, width, seconds)]
    if found:
        lines.append("")
    for entry in found:
        lines += _entry(entry, ink, width, verbose=verbose, keep=keeps(entry, plan_json))
    if owned:
        lines.append("")
    for step in owned:
        lines += _entry(Entry(step), ink, width, verbose=verbose, word="owned")
    for each in sections:
        lines += each.text(seen, ink)
    return "\n".join([*lines, "", _summary(plan_json, len(found), ink, len(owned))])


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
        "drifted": [
            {**_drifted(entry), "keep": keeps(entry, plan_json), "revert": cure(entry, plan_json)}
            for entry in entries(plan_json)
        ],
        "owned": [_drifted(Entry(step)) for step in owned],
        "unchanged": plan_json["summary"]["unchanged"],
        "calls": plan_json["summary"]["calls_made"],
        "diagnostics": plan_json["diagnostics"],
    }


def differs(plan_json: Mapping[str, Json]) -> bool:
    """Whether anything is not as the specs say: the text, the JSON and the exit code go by it."""
    return bool(entries(plan_json))


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
    address = f"{step['type']}/{step['name']}"
    return f"moorline drift -e {plan_json['environment']} --write {address}"


def cure(entry: Entry, plan_json: Mapping[str, Json]) -> str:
    """The command that makes it as the specs say; "" where none does."""
    leaves = entry.step["action"] == Action.NONE or entry.refused
    return "" if leaves else f"moorline apply -e {plan_json['environment']}"


def _drifted(entry: Entry) -> dict[str, Json]:
    step = entry.step
    return {
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
                **section.marks(section.load(Report.DRIFT), lambda each: each.json_field, field),
            }
            for field in step["fields"]
        ],
    }


def _entry(  # noqa: PLR0913 - what is shown, and how
    entry: Entry, ink: Ink, width: int, *, verbose: bool, word: str = "drift", keep: str = ""
) -> Iterator[str]:
    step, how = entry.step, kind(entry)
    word = word if how == "changed" else how
    lead = f"  {word:<10} {harmless(step['type'])} "
    name, at = harmless(step["name"]), span(step["at"])
    painted = f"  {ink(f'{word:<10}', _STYLES.get(word, 'cyan'))} {lead[13:]}{ink(name, 'bold')}"
    yield f"{painted}{spread(lead + name, at, width)}{ink(at, 'dim')}"
    cure = _CURES.get(step["action"], "")
    if entry.refused:
        cure = f"apply is refused: {harmless(entry.refused)}"
    if why := _WHOLE.get((how, step["cause"]), ""):
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
        yield f"{INDENT}{ink(f'keep it: {harmless(keep)}', 'dim')}"
    if entry.destroys:
        lost = "; ".join(protection.lost(entry))
        yield f"{INDENT}{ink(f'an apply is destructive: {lost}', 'alarm')}"
    yield from (f"{INDENT}{ink(f'an apply {each}', 'alarm')}" for each in protection.widens(entry))


def _fields(step: Mapping[str, Json], ink: Ink, width: int, *, verbose: bool) -> Iterator[str]:
    """``Threshold  250000 → 400000   (apply restores 250000)``, values as declared, then live."""
    found = [
        (row, str(row.path), CAUSES.get(field["cause"], ""))
        for field in step["fields"]
        for row in rows(tuple(field["path"]), field["after"], field["before"])
    ]
    shown = found if verbose else found[:MOST]
    column = widest(path for _, path, _ in shown)
    for row, path, cause in shown:
        lead = f"{INDENT}{path}{' ' * (column - cells(path))}  "
        room = 10_000 if verbose else max(24, width - cells(lead))
        said = row.text(room)
        cure = _restores(row.sign, row.before, 10_000 if verbose else 40)
        if step["action"] == Action.NONE or cause in _OWNED:
            cure = "apply leaves it"
        if cause == CAUSES[Cause.SPEC]:
            cure = cure.replace("apply restores", "apply sets", 1)
        cure = f"{cause}; {cure}" if cause else cure
        if not verbose and cells(lead + said + cure) + 5 > width:
            yield lead + said
            yield f"{INDENT}{ink(f'({cure})', 'dim')}"
        else:
            yield f"{lead}{said}   {ink(f'({cure})', 'dim')}"
    if hidden := len(found) - len(shown):
        yield f"{INDENT}{ink(f'… and {hidden} more; --verbose shows all', 'dim')}"


def _restores(sign: str, declared: Json, width: int) -> str:
    """What an apply does with one difference; a `+` is something that only AWS has."""
    match sign:
        case "+":
            return "apply removes it"
        case "=":
            return "apply restores the order"
        case "":
            unknown = mark_of(declared) == "$mark"
            return "apply sets it" if unknown else f"apply restores {brief(declared, width)}"
        case _:
            return "apply restores it"


def _summary(plan_json: Mapping[str, Json], number: int, ink: Ink, owned: int = 0) -> str:
    same = plan_json["summary"]["unchanged"]
    declared = f"{same} {'is' if same == 1 else 'are'} as declared"
    moves = "moves" if owned == 1 else "move"
    more = f" {count(owned, 'resource')} {moves} by right at run time." if owned else ""
    if not number:
        verb = "is" if same == 1 else "are"
        return ink(f"No drift. {count(same, 'resource')} {verb} as declared.{more}", "green")
    verb = "differs" if number == 1 else "differ"
    return f"{count(number, 'resource')} {verb} from the specs, {declared}.{more}"
