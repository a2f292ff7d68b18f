"""Text that looks random. A suspicion, never a proof.

Entropy alone cannot tell ``AmazonSageMakerFeatureStoreAccess`` from a key: both
use many letters. What differs is how often upper case, lower case and digits
take turns, so both are asked.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

_RUN = re.compile(r"[A-Za-z0-9+/_=-]{20,}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]+|[0-9A-F]+")
_LONG_HEX = 32
_ENTROPY = 3.6
_HEX_ENTROPY = 3.0
_TURNS = 0.33
_PLAIN_TURNS = 0.4
_OTHERS = 2
"""Characters that are no letters, at least."""
_SLASHES, _SHORT = 2, 12
_BETWEEN = re.compile(r"[/_.=-]+")
_NAME = re.compile(r"(?:[A-Z]?[a-z]{2,}|[A-Z]{2,})*[0-9]*|[A-Za-z0-9]{1,2}|[0-9a-f]{8,}")
_WORD = re.compile(r"[a-z]{3,}")
_IN_WORDS = 0.4


def random_runs(text: str) -> Iterator[tuple[int, int]]:
    """Where a text has something that looks random."""
    for match in _RUN.finditer(text):
        if _is_random(match[0]):
            yield match.start(), match.end()


def _is_random(run: str) -> bool:
    if _UUID.search(run):
        return False
    bare = run.strip("=_-")
    if _HEX.fullmatch(bare):
        return len(bare) >= _LONG_HEX and not bare.isdigit() and _entropy(bare) >= _HEX_ENTROPY
    others = sum(not each.isalpha() for each in bare)
    if others < _OTHERS or _entropy(bare) < _ENTROPY or not any(map(str.isdigit, bare)):
        return False
    mixed = any(map(str.isupper, bare)) and any(map(str.islower, bare))
    if mixed and sum(len(word) for word in _WORD.findall(bare)) > _IN_WORDS * len(bare):
        return False
    if is_path(bare):
        return False
    turns = sum(_class(a) != _class(b) for a, b in pairwise(bare)) / len(bare)
    if mixed:
        return turns >= _TURNS
    return len(bare) >= _LONG_HEX and turns >= _PLAIN_TURNS and not set("-_/") & set(bare)


def is_path(text: str) -> bool:
    """Whether a text reads as a path: at least three pieces, all of them names.

    One short piece may be random, as folders for temporary files are. Random text has no such
    pieces: two letters of a case follow each other in all of them by chance only.
    """
    if text.count("/") < _SLASHES or "+" in text:
        return False
    odd = [each for each in _BETWEEN.split(text) if not _NAME.fullmatch(each)]
    return not odd or (len(odd) == 1 and len(odd[0]) <= _SHORT)


def _class(character: str) -> int:
    if character.isdigit():
        return 0
    if character.isalpha():
        return 1 if character.isupper() else 2
    return 3


def _entropy(text: str) -> float:
    """Bits for each character."""
    size = len(text)
    return -sum(n / size * math.log2(n / size) for n in Counter(text).values())
