"""How two patterns of policies lie to each other: whether one matches all that another does.

Sound, and not complete: what is claimed holds for every text, and what is not claimed may hold too.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from itertools import groupby

from reconciler.access.match import KEPT, Form, Sign, Token, Variable, spelled

Signs = tuple[Token, ...]
_STARS = frozenset({Sign.ANY, Sign.WITHIN})
_COLON = ":"


@lru_cache(KEPT)
def signs(text: str, form: Form, *, variables: bool = False) -> Signs:
    """A pattern sign by sign, each run of wildcards in one order."""
    found: list[Token] = []
    for kind, run in groupby(spelled(text, form, variables=variables), _reach):
        members = [*run]
        if kind:
            single = [each for each in members if each not in _STARS]
            members = [*single, *dict.fromkeys(each for each in members if each in _STARS)]
        found += members
    return tuple(found)


def _reach(token: Token) -> int:
    """Wildcards of one reach may be put into another order; 0 for what is none."""
    if token in {Sign.ANY, Sign.ONE}:
        return 1
    return 2 if token in {Sign.WITHIN, Sign.ONE_WITHIN} else 0


@lru_cache(KEPT)
def covers(wide: Signs, narrow: Signs) -> bool:
    """Whether the first matches every text that the second does, whatever variables stand for."""
    if wide in {narrow, (Sign.ANY,)}:
        return True
    states = _closed({0}, wide)
    for token in narrow:
        states = _closed({to for at in states if (to := _step(wide, at, token)) >= 0}, wide)
        if not states:
            return False
    return len(wide) in states


def _closed(states: set[int], wide: Signs) -> set[int]:
    """With those that are reached without a sign, since a star may stand for nothing."""
    found = set(states)
    todo = [*states]
    while todo:
        at = todo.pop()
        if at < len(wide) and wide[at] in _STARS and at + 1 not in found:
            found.add(at + 1)
            todo.append(at + 1)
    return found


def _step(wide: Signs, at: int, token: Token) -> int:
    """Where the wide pattern stands behind a sign of the narrow one; -1 where it does not match."""
    if at == len(wide):
        return -1
    sign = wide[at]
    if sign is Sign.ANY:
        return at
    inside = token not in {_COLON, Sign.ANY, Sign.ONE} and not isinstance(token, tuple)
    if sign is Sign.WITHIN:
        return at if inside else -1
    if sign is Sign.ONE:
        return -1 if token in _STARS or isinstance(token, tuple) else at + 1
    if sign is Sign.ONE_WITHIN:
        return at + 1 if inside and token not in _STARS else -1
    return at + 1 if token == sign else -1


@lru_cache(KEPT)
def apart(one: Signs, other: Signs) -> bool:
    """Whether no text matches both; false where a variable or a colon leaves it open."""
    seen: set[tuple[int, int]] = set()
    todo = [(0, 0)]
    while todo:
        place = todo.pop()
        if place in seen:
            continue
        seen.add(place)
        left, right = place
        if left == len(one) and right == len(other):
            return False
        todo += _next(one, left, other, right)
    return True


def _next(one: Signs, left: int, other: Signs, right: int) -> Sequence[tuple[int, int]]:
    found: list[tuple[int, int]] = []
    mine = one[left] if left < len(one) else None
    theirs = other[right] if right < len(other) else None
    if mine is not None and _loose(mine):
        found.append((left + 1, right))
        if theirs is not None:
            found.append((left, right + 1))
    if theirs is not None and _loose(theirs):
        found.append((left, right + 1))
        if mine is not None:
            found.append((left + 1, right))
    if mine is not None and theirs is not None and _meet(mine, theirs):
        found.append((left + 1, right + 1))
    return found


def _loose(token: Token | Variable) -> bool:
    return token in _STARS or isinstance(token, tuple)


def _meet(one: Token, other: Token) -> bool:
    """Whether two signs that stand for one character can be the same one."""
    if _loose(one) or _loose(other):
        return False  # moved over by the others
    return isinstance(one, Sign) or isinstance(other, Sign) or one == other
