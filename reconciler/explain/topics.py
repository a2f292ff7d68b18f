"""What `moorline explain` says of a diagnostic code, or of a kind and its fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from difflib import get_close_matches

from reconciler.explain import fields
from reconciler.model.codes import CODES
from reconciler.model.value import Json
from reconciler.policy import api as policy

Today = Callable[[str, Sequence[str], bool], Sequence[str]]
"""What an older word is called today: the word, the fields where it stands, whether at the top."""
Meanings = Callable[[str], Sequence[str]]
"""What a word that is not one of ours may stand for, the likeliest first."""


def topic(
    subject: str, today: Today = lambda *_: (), meanings: Meanings = lambda _: ()
) -> dict[str, Json] | None:
    """The answer for a code, a kind or ``KIND.path.to.field``; nothing for anything else.

    `today` knows older words of fields, `meanings` those of other tools.
    """
    code = CODES.get(subject.upper()) or policy.codes().get(subject.upper())
    if code is not None:
        return {"code": code.code, "title": code.title, "why": code.explanation, "fix": code.fix}
    asked = fields.asked(subject)
    return None if asked is None else _of_kind(*asked, today, meanings)


def _of_kind(kind: str, parts: tuple[str, ...], today: Today, words: Meanings) -> dict[str, Json]:
    if name := fields.frame(parts):
        said = fields.FRAME[name]
        return {"kind": kind, "path": name, "why": said, "meanings": [], "fields": {}}
    found = fields.place(kind, parts, words)
    if isinstance(found, fields.Missing):
        return {"kind": kind, "error": _missing(kind, found, today)}
    meanings = [
        {key: each[key] for key in each if key != "path"} for each in fields.of(kind, found)
    ]
    rows = list(fields.below(kind, found))
    if not parts:  # a kind as a whole: its metadata too
        rows += fields.below(kind, (fields.METADATA,))
    said = meanings[0]["says"] if meanings else fields.summary(kind) if not parts else ""
    own = (fields.SPEC,) if not parts else found
    return {
        "kind": kind,
        "path": fields.shown(found) if parts else "",
        "why": said,
        "meanings": meanings,
        "fields": {_name(each, own): fields.line(each) for each in rows},
    }


def _name(entry: fields.Entry, around: tuple[str, ...]) -> str:
    path = tuple(entry["path"].split("."))
    same = path[: len(around)] == around
    return fields.field_name(entry, around) if same else fields.shown(path)


def _missing(kind: str, missing: fields.Missing, today: Today) -> str:
    top = missing.where == kind
    if now := today(missing.part, missing.known, top):
        named = [
            f"{kind}.{each}" if top and each not in missing.known else f"{missing.where}.{each}"
            for each in now
        ]
        return f"{missing.where} has no field {missing.part!r}; it is {' or '.join(named)} now"
    near = [f"{kind}.{fields.shown(each.split('.'))}" for each in missing.near]
    hint = (
        f"; did you mean {' or '.join(near)}?" if near else f"; `moorline explain {kind}` lists all"
    )
    return f"{missing.where} has no field {missing.part!r}{hint}"


def close(subject: str, most: int = 3) -> tuple[str, ...]:
    """Codes and kinds that look like a text, the closest first."""
    known = {name.lower(): name for name in (*CODES, *policy.codes(), *fields.kinds().values())}
    kind, dot, path = subject.partition(".")
    return tuple(
        f"{known[each]}{dot}{path}"
        for each in get_close_matches(kind.lower(), known, most, cutoff=0.6)
    )
