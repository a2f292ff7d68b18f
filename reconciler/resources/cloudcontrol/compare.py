"""Whether what is live is as declared: yes, no, or nobody can tell. Pure.

Only what is declared is compared. Equality is not in a schema, so a doubt is a third answer: it is
shown, and is no reason to change or to replace anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.facts import Facts
from reconciler.model.value import (
    SENSITIVE,
    UNKNOWN,
    Hidden,
    Join,
    Json,
    JsonText,
    Path,
    Props,
    Ref,
    canonical,
    leaves,
)
from reconciler.resources.cloudcontrol.notation import (
    contained,
    document,
    equal,
    is_policy,
    rewritten,
)
from reconciler.resources.cloudcontrol.off import Off, compared
from reconciler.resources.cloudcontrol.paths import covered
from reconciler.resources.cloudcontrol.transform import CannotTell, same
from reconciler.resources.generic import Difference, Judged, Unsure
from reconciler.resources.whole import empty

NOTATION = "AWS may write it otherwise"
FORMULA = "AWS says by a formula what it makes of it, and Moorline cannot evaluate that"
ORDER = "only the order differs, and AWS does not say whether it means anything"
VEILED = "what is known of it does not hold the value, which nobody is shown"
LIARS = frozenset(
    {
        ("AWS::AppSync::Resolver", ("PipelineConfig", "Functions")),
        ("AWS::Logs::Transformer", ("TransformerConfig",)),
        ("AWS::SSMContacts::Plan", ("Stages",)),
    }
)
"""Lists whose order means something although the schema says that it does not: who is paged first,
and what is tried first. Source: the services' API references."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """Compares documents of one type."""

    facts: Facts
    unread: frozenset[Path] = frozenset()
    """What AWS takes and never gives back, beyond what the schema says."""
    ordered: frozenset[Path] = frozenset()
    """Lists whose order means something, beyond what the schema says."""
    offs: tuple[Off, ...] = ()
    """Blocks of which absent and off are the same."""

    def judge(self, want: Props, have: Props) -> Judged:
        """How live properties compare with declared ones."""
        want = compared(want, have, self.offs)
        walk = _Walk(self, want)
        if want:  # else nothing is asked for, and anything is as asked
            walk.into(want, have, (), (), want)
        return Judged(tuple(walk.differences), tuple(walk.unsure))

    def hidden(self, place: Path) -> bool:
        """Whether nothing can be read of a place."""
        return covered(place, self.facts.untold) or covered(place, self.unread)

    def order(self, place: Path) -> bool | None:
        """Whether the order of a list means something; nothing where AWS does not say."""
        if place in self.ordered or (self.facts.type, place) in LIARS:
            return True
        return self.facts.ordered(place)

    def form(self, live: Props) -> Props:
        """Live properties as they are whatever AWS's order and notation of the day."""
        found: Props = self._form(live, ())
        return found

    def _form(self, value: Json, place: Path) -> Json:
        if isinstance(value, Mapping):
            kept = {
                key: self._form(item, (*place, key))
                for key, item in value.items()
                if not covered((*place, key), self.facts.read_only)
            }
            return {key: item for key, item in kept.items() if not empty(item)}
        if isinstance(value, list | tuple):
            items = [self._form(item, place) for item in value]
            loose = self.order(place) is not True
            return sorted(items, key=canonical) if loose else items
        found = document(value)
        return value if found is None else found


class _Walk:
    """One comparison under way."""

    def __init__(self, by: Comparison, top: Props) -> None:
        self.by = by
        self.top = top
        self.differences: list[Difference] = []
        self.unsure: list[Unsure] = []

    def into(self, want: Json, have: Json, path: Path, place: Path, around: Json) -> None:
        """Compare one value; `path` names items by number, `place` does not name them."""
        if empty(want) and empty(have):
            return
        if place and (self.by.hidden(place) or covered(place, self.by.facts.read_only)):
            return
        if want is None:  # it is to be absent, and is there
            self.differences.append(Difference(path, place, have, None))
            return
        if self._as_documents(want, have, path, place):
            return
        if isinstance(want, Mapping) and isinstance(have, Mapping | None) and want:
            self._object(want, have, path, place)
        elif isinstance(want, list | tuple) and isinstance(have, list | tuple | None):
            self._list([*want], [*(have or ())], path, place)
        else:
            self._scalar(want, have, path, place, around)

    def _object(self, want: Props, have: Props | None, path: Path, place: Path) -> None:
        inner = _Walk(self.by, self.top)
        for key in sorted(want):
            live = have.get(key) if have else None
            inner.into(want[key], live, (*path, key), (*place, key), want)
        self.unsure += inner.unsure
        if have is None and path and inner.differences:  # all of it is missing
            self.differences.append(Difference(path, place, have, want))
        else:
            self.differences += inner.differences

    def _list(self, want: list[Json], have: list[Json], path: Path, place: Path) -> None:
        order = self.by.order(place)
        if len(want) == len(have):
            if order is not False and not _pairs(want):
                inner = self._in_order(want, have, path, place)
                if not inner.differences:
                    self.unsure += inner.unsure
                    return
                if order is None and self._matched(want, have, place):
                    self.unsure.append(Unsure(path, ORDER))
                    return
                self.differences += inner.differences
                self.unsure += inner.unsure
                return
            if self._matched(want, have, place):
                return
            if self._matched(want, have, place, doubts=True):
                self.unsure.append(Unsure(path, NOTATION))
                return
        self.differences.append(Difference(path, place, have, want))

    def _in_order(self, want: list[Json], have: list[Json], path: Path, place: Path) -> _Walk:
        inner = _Walk(self.by, self.top)
        for index, (one, other) in enumerate(zip(want, have, strict=True)):
            inner.into(one, other, (*path, str(index)), place, want)
        return inner

    def _matched(
        self, want: list[Json], have: list[Json], place: Path, *, doubts: bool = False
    ) -> bool:
        """Whether every declared item has a live one of its own, in any order."""
        fits = [
            [at for at, other in enumerate(have) if self._equal(one, other, place, doubts)]
            for one in want
        ]
        taken: dict[int, int] = {}
        return all(_assign(item, fits, taken, set()) for item in range(len(want)))

    def _equal(self, one: Json, other: Json, place: Path, doubts: bool) -> bool:
        inner = _Walk(self.by, self.top)
        inner.into(one, other, ("*",), place, one)
        return not inner.differences and (doubts or not inner.unsure)

    def _as_documents(self, want: Json, have: Json, path: Path, place: Path) -> bool:
        """Compare texts that are documents, and policies, as such; false where they are none."""
        policy = is_policy(want)
        if not (policy or isinstance(want, str | JsonText) or isinstance(have, str)):
            return False
        one, other = document(want), document(have)
        if one is None or other is None:
            return False
        if any(leaf is UNKNOWN for leaf in leaves(one)):
            self.differences.append(Difference(path, place, have, want))
        elif not contained(one, other):
            self.differences.append(Difference(path, place, other, one))
        return True

    def _scalar(self, want: Json, have: Json, path: Path, place: Path, around: Json) -> None:
        if have is SENSITIVE or isinstance(have, Hidden):
            self.unsure.append(Unsure(path, VEILED))
            return
        if isinstance(want, Ref | Join) or want is UNKNOWN or have is None:
            self.differences.append(Difference(path, place, have, want))
            return
        if equal(want, have):
            return
        if text := self.by.facts.transforms.get(place):
            try:
                if same(text, have, *(each for each in (around, self.top) if _is_object(each))):
                    return
            except CannotTell:
                self.unsure.append(Unsure(path, FORMULA))
                return
        if rewritten(want, have):
            self.unsure.append(Unsure(path, NOTATION))
            return
        self.differences.append(Difference(path, place, have, want))


def _is_object(value: Json) -> bool:
    return isinstance(value, Mapping)


def _pairs(items: list[Json]) -> bool:
    """Whether a list is one of keys and values, which has no order."""
    return bool(items) and all(
        isinstance(it, Mapping) and {*it} == {"Key", "Value"} for it in items
    )


def _assign(item: int, fits: list[list[int]], taken: dict[int, int], seen: set[int]) -> bool:
    """Give an item a live one, moving others to further ones that fit them too."""
    for at in fits[item]:
        if at not in seen:
            seen.add(at)
            if at not in taken or _assign(taken[at], fits, taken, seen):
                taken[at] = item
                return True
    return False
