"""The small words of messages: did-you-mean, lists, and values as a reader sees them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from difflib import get_close_matches

from reconciler.model.value import Json
from reconciler.specs import brought

_SHOWN = 40
_FEW = 8
_NEAR, _SURE = 0.6, 0.85
"""How alike two words have to be; a word that means something elsewhere has to be more so."""


def closest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that `word` most likely stands for: by its spelling, or as a word of others."""
    known = list(choices)
    by_lower = {choice.lower(): choice for choice in reversed(known)}
    squeezed = {brought.squeezed(key): value for key, value in by_lower.items()}
    lower = word[:100].lower()
    if exact := by_lower.get(lower) or squeezed.get(brought.squeezed(word)):
        return exact
    if meant := brought.meaning(word, known):
        return meant
    cutoff = _SURE if brought.sentence(word) else _NEAR
    matches = get_close_matches(lower, by_lower, n=1, cutoff=cutoff)
    return by_lower[matches[0]] if matches else None


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """`` did you mean 'x'?`` with a leading semicolon, or nothing."""
    match = closest(word, choices)
    return f"; did you mean {match!r}?" if match is not None and match != word else ""


def listed(words: Sequence[str], joint: str = "or") -> str:
    """``a, b or c``; a long list is cut."""
    if len(words) > _FEW:
        return ", ".join(words[:_FEW]) + f" and {len(words) - _FEW} more"
    if len(words) < 2:  # noqa: PLR2004 one word needs no joint
        return "".join(words)
    return f"{', '.join(words[:-1])} {joint} {words[-1]}"


def shown(value: Json) -> str:
    """A value with its type, as in ``the text 'two'``."""
    match value:
        case None:
            return "nothing (null)"
        case bool():
            return f"the boolean {str(value).lower()}"
        case int():
            return f"the integer {value}"
        case float():
            return f"the number {value}"
        case str():
            cut = value if len(value) <= _SHOWN else value[: _SHOWN - 1] + "…"
            return f"the text {cut!r}"
        case dict():
            return "a mapping"
        case list() | tuple():
            return "a list"
        case _:
            return f"{value!r}"[:_SHOWN]
