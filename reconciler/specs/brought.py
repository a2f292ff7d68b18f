"""What words of other tools mean here, by the table in `foreign`. Pure."""

from __future__ import annotations

from collections.abc import Collection

from reconciler.specs.foreign import SENTENCES, WORDS


def meaning(word: str, choices: Collection[str]) -> str | None:
    """Which of the choices a word of other tools stands for."""
    return next((each for each in meanings(word) if each in choices), None)


def meanings(word: str) -> tuple[str, ...]:
    """All that a word of other tools may stand for, the likeliest first."""
    return WORDS.get(squeezed(word), ())


def sentence(word: str, kind: str = "") -> str:
    """Where to write what a word stands for; "" for a word that nobody knows."""
    return special(word, kind) or SENTENCES[""].get(squeezed(word), "")


def special(word: str, kind: str) -> str:
    """What a kind says of a word, whatever is near to it; "" where it says nothing of its own."""
    return SENTENCES.get(kind, {}).get(squeezed(word), "") if kind else ""


def squeezed(word: str) -> str:
    """A word without what spellings differ by."""
    return word[:100].lower().replace("-", "").replace("_", "")
