"""Values and people as texts of a page."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from reconciler.model.value import Json
from reconciler.render.vocabulary.ink import harmless
from reconciler.render.vocabulary.value import brief, document, mark_of

ONE_LINE = 72
LINES = 200
LONGEST = 4_000


def block(value: Json) -> str:
    """A value on one line when it is short, else in lines like YAML."""
    found = _lines(value)
    return "\n".join([*found[:LINES], "…"] if len(found) > LINES else found)


def actor(by: Mapping[str, Json] | None) -> str:
    """``alice (human) through console, 2026-11-20 14:02Z``; "" when nobody is named."""
    if not by:
        return ""
    name, kind = harmless(str(by.get("name") or "")), harmless(str(by.get("class") or ""))
    who = f"{name} ({kind})" if name and kind else name or kind
    via = harmless(str(by.get("via") or ""))
    when = harmless(str(by.get("at") or ""))
    said = f"{who} through {via}" if who and via else who or via
    return ", ".join(filter(None, (said, when)))


def _lines(value: Json) -> list[str]:
    """The lines of a value; one when all of it fits on one."""
    if isinstance(value, str) and value[:1] not in {"{", "["}:
        return [_word(value)]
    value = document(value)
    if not isinstance(value, dict | list) or not value or mark_of(value):
        return [brief(value, LONGEST)]
    if isinstance(value, dict):
        named = [(f"{_key(str(key))}:", _lines(item)) for key, item in value.items()]
        one = f"{{{', '.join(f'{lead} {lines[0]}' for lead, lines in named)}}}"
    else:
        named = [("-", _lines(item)) for item in value]
        one = f"[{', '.join(lines[0] for _, lines in named)}]"
    if len(one) <= ONE_LINE and all(len(lines) == 1 for _, lines in named):
        return [one]
    return [line for lead, lines in named for line in _item(lead, lines)]


def _item(lead: str, lines: list[str]) -> list[str]:
    first, *rest = lines
    if not rest or lead == "-":
        return [f"{lead} {first}", *(f"  {line}" for line in rest)]
    return [lead, *(f"  {line}" for line in lines)]


@lru_cache(maxsize=16_384)
def _word(text: str) -> str:
    return brief(text, LONGEST)


@lru_cache(maxsize=16_384)
def _key(text: str) -> str:
    return harmless(text)
