"""Scalars whose type YAML writes out (`!!int 3`), and values that JSON cannot hold."""

from __future__ import annotations

import math

from reconciler.model.value import Json
from reconciler.specs.scalar import plain

STANDARD = "tag:yaml.org,2002:"
MIN_INTEGER, MAX_INTEGER = -(1 << 63), (1 << 63) - 1
QUOTE = 'if it is meant as text, put it in quotes: "…"'
Problem = tuple[str, str, str]
"""Code, message and help of a finding."""

_TYPES: dict[str, tuple[type, ...]] = {
    "int": (int,),
    "float": (int, float),
    "bool": (bool,),
    "null": (type(None),),
}


_FUNCTIONS = frozenset(
    f"!{name}"
    for name in [
        "Ref",
        "Sub",
        "GetAtt",
        "Join",
        "Select",
        "Split",
        "ImportValue",
        "FindInMap",
        "If",
        "Not",
        "And",
        "Or",
        "Equals",
        "Base64",
        "Cidr",
        "GetAZs",
        "Transform",
        "Condition",
        "Length",
        "ToJsonString",
        "ForEach",
        "Contains",
        "ValueOf",
    ]
)
"""Short forms of CloudFormation's functions, as its user guide lists them."""


def unfit(written: str, value: Json) -> Problem | None:
    """Why JSON cannot hold a number, if it cannot."""
    if isinstance(value, int):
        if not MIN_INTEGER <= value <= MAX_INTEGER:
            return "YAML012", "this integer does not fit in 64 bits", QUOTE
    elif isinstance(value, float) and not math.isfinite(value):
        return "YAML011", f"{written[:40]!r} is a number that JSON cannot hold", QUOTE
    return None


def tagged(tag: str, written: str) -> tuple[Json, Problem | None]:
    """The value of a scalar with a tag; the text itself where the tag is refused."""
    name = tag.removeprefix(STANDARD)
    if tag in {"!", STANDARD + "str"}:
        return written, None
    if name == tag or name not in _TYPES:
        return written, refused(tag)
    value = plain(written)
    if not isinstance(value, _TYPES[name]) or (isinstance(value, bool) and name != "bool"):
        return written, ("YAML009", f"{written[:40]!r} is not a value of !!{name}", "drop the tag")
    return value, unfit(written, value)


def refused(tag: str) -> Problem:
    """The finding for a tag that is not read."""
    if tag in _FUNCTIONS:
        help_ = (
            "in the kind Resource write '${ref:KIND/NAME.Output}' for a value of another spec,"
            " alone or inside a text; ${account}, ${region} and ${environment} are variables"
        )
        return "RES003", f"{tag} is a function of CloudFormation, and nothing here calls it", help_
    shown = "!!" + tag.removeprefix(STANDARD) if tag.startswith(STANDARD) else tag
    help_ = "remove the tag; specs are plain YAML, without tags such as !Ref or !!python"
    return "YAML009", f"the tag {shown[:60]!r} is not read", help_
