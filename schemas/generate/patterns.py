"""Regular expressions of the registry, made to compile in Rust.

AWS writes them for Java and, now and then, for nobody. `repaired` mends the
spellings that have one obvious meaning and gives up on the rest.
"""

from __future__ import annotations

import re
from functools import cache

import jsonschema_rs

# Java spells the planes past the first one as surrogate pairs; the two forms below both
# mean "any character from U+10000 on".
_ASTRAL = "\N{LINEAR B SYLLABLE B008 A}-\U0010ffff"
_REPAIRS = (
    (re.compile(r"\\uD800\\uDBFF-\\uDC00\\uDFFF|\\uD800\\uDC00-\\uDBFF\\uDFFF"), _ASTRAL),
    (re.compile(r"\\Z"), "$"),
    (re.compile(r"\\A\^?"), "^"),
    # A hyphen after a class cannot start a range.
    (re.compile(r"(\\[wsd]|\\p\{\w+\})-(?=[^\]])"), r"\1\\-"),
    # A look-ahead consumes nothing, so repeating it says nothing.
    (re.compile(r"(\(\?![^()]*\))\+"), r"\1"),
)


def repaired(pattern: str) -> str | None:
    """The pattern itself, a form of it that compiles, or nothing."""
    if _compiles(pattern):
        return pattern
    for wrong, right in _REPAIRS:
        pattern = wrong.sub(right, pattern)
    return pattern if _compiles(pattern) else None


@cache
def _compiles(pattern: str) -> bool:
    try:
        jsonschema_rs.Draft7Validator({"type": "string", "pattern": pattern})
    except (ValueError, jsonschema_rs.ValidationError):
        return False
    return True
