"""Texts of the States language as a run would have them: what is not known is ``0``."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_LITERAL = re.compile(r"'((?:\\.|[^'\\])*)'")
_FORMAT = re.compile(r"States\.Format\(" + _LITERAL.pattern)
_PLACE = re.compile(r"(?<!\\)\{\}")
UNKNOWN = "0"
"""What stands for a value that only a run has."""


def told(params: Mapping[str, Any], name: str) -> str:
    """A member of a state's parameters: as written, or put together with unknown parts.

    Source: Amazon States Language, "Intrinsic Functions", `States.Format`.
    """
    if name in params:
        return str(params[name])
    found = _FORMAT.match(str(params.get(f"{name}.$", "")))
    return _plain(found.group(1)) if found else UNKNOWN


def members(params: Mapping[str, Any]) -> dict[str, str]:
    """All members, by their names without the sign of a path."""
    names = dict.fromkeys(each.removesuffix(".$") for each in params)
    return {each: told(params, each) for each in names}


def listed(params: Mapping[str, Any], name: str) -> Iterator[str]:
    """The members of a list: written out, or the texts in `States.Array`."""
    if name in params:
        yield from (str(each) for each in params[name])
        return
    for each in _LITERAL.finditer(str(params.get(f"{name}.$", ""))):
        yield _plain(each.group(1))


def _plain(literal: str) -> str:
    return re.sub(r"\\(.)", r"\1", _PLACE.sub(UNKNOWN, literal))
