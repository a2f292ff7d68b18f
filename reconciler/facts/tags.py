r"""What AWS takes as the key and the value of a tag: the rules that hold for every service.

Some services publish no pattern (S3, KMS, SNS, CloudWatch, Budgets) and refuse the same all the
same, with InvalidTag or TagException. Source: Tagging AWS resources, "Tag naming limits and
requirements"; the pattern `[\p{L}\p{Z}\p{N}_.:/=+\-@]*` of IAM and SageMaker; S3 user guide,
"Using cost allocation S3 bucket tags".
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

MOST = 50
"""Tags of one resource that are not AWS's own."""
KEY, VALUE = 128, 256
"""The longest key and value, in characters."""
_ALSO = frozenset("_.:/=+-@")
_RESERVED = "aws:"


def composed(text: str) -> str:
    """The text with letters and their marks in one character, where there is such a one (NFC)."""
    return unicodedata.normalize("NFC", text)


def key_faults(key: str) -> Iterator[str]:
    """Why AWS would refuse a key, in words."""
    if not key:
        yield "it is empty"
    if key.lower().startswith(_RESERVED):
        yield f"{_RESERVED!r} begins the tags of AWS itself"
    yield from _faults(key, KEY)


def value_faults(value: str) -> Iterator[str]:
    """Why AWS would refuse a value, in words."""
    yield from _faults(value, VALUE)


def _faults(text: str, most: int) -> Iterator[str]:
    if len(text) > most:
        yield f"it has {len(text)} characters, and {most} is the most"
    wrong = dict.fromkeys(each for each in text if not _allowed(each))
    if wrong:
        yield f"it has {', '.join(map(_named, wrong))}"


def _allowed(char: str) -> bool:
    category = unicodedata.category(char)
    return category[0] in "LN" or category == "Zs" or char in _ALSO


def _named(char: str) -> str:
    if unicodedata.category(char)[0] in "MCZ":  # nothing to see alone
        return f"U+{ord(char):04X} ({unicodedata.name(char, 'a control character').lower()})"
    return repr(char)
