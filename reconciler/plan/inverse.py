"""What a scalar of a spec could be so that it compiles to a live value. Pure guesses.

Kinds turn spec values into AWS properties in one direction only. From what the scalar
says now and what it compiles to now, the way back is guessed; whoever uses a guess
compiles it and compares.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from itertools import islice

from reconciler.model.value import Json, canonical, to_json
from reconciler.resources.members import known_by, matched

Scalar = bool | int | float | str
_NUMBER = re.compile(r"(?P<number>-?\d+(?:\.\d+)?)(?P<gap>\s*)(?P<unit>[A-Za-z%]+)")
TIMES = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
SIZES = {"B": 1.0, "KiB": 2.0**10, "MiB": 2.0**20, "GiB": 2.0**30, "TiB": 2.0**40}
DECIMALS = 6


def guesses(written: Scalar, declared: Json, live: Json) -> Iterator[Scalar]:
    """Values to try in place of `written`, which compiles to `declared`; the likeliest first."""
    seen: list[Scalar] = []
    for guess in _guesses(written, declared, live):
        alike = any(type(guess) is type(each) and guess == each for each in seen)
        if not alike and not (type(guess) is type(written) and guess == written):
            seen.append(guess)
            yield guess


def leaf(declared: Json, live: Json) -> tuple[Json, Json] | None:
    """The one single value in which two lists or mappings differ, on either side.

    Nothing where they differ in several, in members that come, go or move, or in anything else.
    """
    found = [*islice(_leaves(declared, live), 2)]
    if len(found) != 1 or not all(isinstance(each, Scalar) for each in found[0]):
        return None
    return found[0]


def _leaves(declared: Json, live: Json) -> Iterator[tuple[Json, Json]]:
    """What differs, as deep inside as both have the same members."""
    if isinstance(declared, Mapping) and isinstance(live, Mapping) and {*declared} == {*live}:
        for key, item in declared.items():
            yield from _leaves(item, live[key])
    elif isinstance(declared, list) and isinstance(live, list) and len(declared) == len(live):
        pairs = matched(declared, live, known_by(declared, live))
        for old, new in pairs:
            one = None if old is None else declared[old]
            yield from _leaves(one, None if new is None else live[new])
    elif canonical(to_json(declared)) != canonical(to_json(live)):
        yield declared, live


def _guesses(written: Scalar, declared: Json, live: Json) -> Iterator[Scalar]:
    if isinstance(written, bool):
        if declared != live:
            yield not written
    elif _is_number(written):
        yield from _scaled(written, declared, live)
    elif match := _NUMBER.fullmatch(str(written)):
        if _is_number(declared) and _is_number(live):
            yield from _measured(match, declared, live)
        yield from _texts(str(written), declared, live)
    else:
        yield from _texts(str(written), declared, live)


def _scaled(written: Scalar, declared: Json, live: Json) -> Iterator[Scalar]:
    if not (_is_number(declared) and _is_number(live)):
        return
    number = float(written)
    if _near(number, declared):
        yield _tidy(live)
    elif number and declared:
        yield _tidy(live / (declared / number))


def _measured(match: re.Match[str], declared: float, live: float) -> Iterator[str]:
    """A number with a unit: in the same unit, then in the others of its family."""
    number, gap, unit = float(match["number"]), match["gap"], match["unit"]
    if not number or not declared:
        return
    amount = live / (declared / number)
    yield from _written(amount, gap, unit)
    family = next((each for each in (TIMES, SIZES) if unit in each), {})
    others = [each for each in family if each != unit]
    for other in others:
        converted = amount * family[unit] / family[other]
        if converted >= 1 and _near(converted, round(converted)):
            yield from _written(converted, gap, other)
    if _near(number, declared):  # value and unit are two properties
        for other in others:
            yield from _written(live, gap, other)


def _written(amount: float, gap: str, unit: str) -> Iterator[str]:
    tidy = _tidy(amount)
    if _near(tidy, amount):
        yield f"{tidy}{gap}{unit}"


def _texts(written: str, declared: Json, live: Json) -> Iterator[Scalar]:
    if isinstance(live, bool | int | float) and _text(declared) == written:
        yield live
    if not (isinstance(declared, str) and isinstance(live, str)):
        return
    if declared == written:
        yield live
    if written and written in declared:
        before, _, after = declared.partition(written)
        if live.startswith(before) and live.endswith(after):
            yield live[len(before) : len(live) - len(after)]
    if declared.lower().replace("_", "") == written.lower().replace("-", ""):
        yield live[:1].lower() + live[1:]
        yield live.lower()
        yield live.lower().replace("_", "-")
        yield live


def _text(value: Json) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _tidy(value: float) -> int | float:
    rounded = round(value, DECIMALS)
    return int(rounded) if float(rounded).is_integer() else rounded


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _near(one: float, other: float) -> bool:
    return math.isclose(one, other, rel_tol=1e-9, abs_tol=1e-12)
