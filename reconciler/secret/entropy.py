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
_PIECES, _IN_PIECES = 3, 0.4
"""A path has so many pieces, and turns inside of them are rarer than in random text."""
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
    turns = _turns(bare) / len(bare)
    if mixed:
        return turns >= _TURNS
    return len(bare) >= _LONG_HEX and turns >= _PLAIN_TURNS and not set("-_/") & set(bare)


def is_path(text: str) -> bool:
    """Whether a text reads as a path: names between slashes, none of which looks random.

    A random text of 40 characters with two slashes passes about once in some hundred times, and
    one in eight has two.
    """
    pieces = [each for each in text.split("/") if each]
    if text.count("/") < _PIECES - 1 or "+" in text or not pieces:
        return False
    inside = sum(map(len, pieces))
    return sum(map(_turns, pieces)) < _IN_PIECES * inside


def _turns(text: str) -> int:
    """How often the class of character changes."""
    return sum(_class(a) != _class(b) for a, b in pairwise(text))


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
