"""Texts of the States language as a run would have them: what is not known is ``0``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

_LITERAL = re.compile(r"'((?:\\.|[^'\\])*)'")
_FORMAT = re.compile(r"States\.Format\(" + _LITERAL.pattern + r"([^()]*)\)")
_PLACE = re.compile(r"(?<!\\)\{\}")
UNKNOWN = "0"
"""What stands for a value that only a run has."""


def definition(machine: Mapping[str, Any]) -> Mapping[str, Any]:
    """The definition among a machine's properties, which may be a text."""
    written = machine.get("DefinitionString") or machine.get("Definition") or {}
    found: Mapping[str, Any] = json.loads(written) if isinstance(written, str) else written
    return found


def inside(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every state of a machine, those of its branches and iterations included."""
    for state in (definition.get("States") or {}).values():
        yield state
        for branch in state.get("Branches") or ():
            yield from inside(branch)
        for each in ("ItemProcessor", "Iterator"):
            yield from inside(state.get(each) or {})


def known(states: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """What stands at a path in every run: texts that a Pass state puts there."""
    found: dict[str, str] = {}
    for state in states:
        if state.get("Type") == "Pass" and state.get("ResultPath"):
            said = state.get("Parameters") or state.get("Result")
            for name, value in said.items() if isinstance(said, Mapping) else ():
                if isinstance(value, str) and not name.endswith(".$"):
                    found[f"{state['ResultPath']}.{name}"] = value
    return found


def told(params: Mapping[str, Any], name: str, at: Mapping[str, str] | None = None) -> str:
    """A member of a state's parameters: as written, or put together; `at` is what is `known`.

    Source: Amazon States Language, "Intrinsic Functions", `States.Format`.
    """
    if name in params:
        return str(params[name])
    said = str(params.get(f"{name}.$", ""))
    found = _FORMAT.fullmatch(said)
    if not found:
        return (at or {}).get(said, UNKNOWN)
    given = [(at or {}).get(each.strip(), UNKNOWN) for each in found.group(2).split(",")[1:]]
    return _plain(found.group(1), given)


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


def _plain(literal: str, given: Iterable[str] = ()) -> str:
    values = iter(given)
    pieces = [re.sub(r"\\(.)", r"\1", each) for each in _PLACE.split(literal)]
    return pieces[0] + "".join(f"{next(values, UNKNOWN)}{each}" for each in pieces[1:])
