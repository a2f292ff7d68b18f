"""A part that is one word of a few, each set by a call of its own: enabled, started, logging.

Whether a thing runs is half of what is wanted of it, and often no property of its creation: a
trigger that nobody activated never fires, and nothing else about it differs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.model.value import Json, Props
from reconciler.resources.ops import Op
from reconciler.resources.parts import Reader, Request
from reconciler.resources.whole import Whole, at


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """`sets` has the call for each word that a spec may ask for; `at` is dotted in `get`'s answer.

    `means` has further words of AWS's and which of these they stand for, such as ``CREATED`` for
    a trigger that is off. A word of neither says nothing: the state is unknown.
    """

    prop: str
    get: str
    at: str
    sets: Mapping[str, Op]
    means: Mapping[str, str] = field(default_factory=dict)
    last: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """The client method that says it."""
        return (self.get,)

    @property
    def writes(self) -> tuple[str, ...]:
        """The client methods that set it."""
        return (*dict.fromkeys(op.method for op in self.sets.values()),)

    @property
    def wholes(self) -> Mapping[str, Whole]:
        """An answer says one of the words that are known."""
        known = frozenset(self.sets) | frozenset(self.means)
        return {self.get: Whole(has=frozenset({self.at}), words={self.at: known})}

    def read(self, reader: Reader, key: Props) -> Json:
        """The word of a spec that it is at."""
        word = at(reader.call(self.get, key), self.at)
        return self.means.get(word, word)

    def calls(self, before: Json, after: Json) -> Iterator[Request]:
        """The call that leads there; none where it is there already."""
        if after is not None and self.means.get(before, before) != after:
            op = self.sets[after]
            yield Request(op.method, dict(op.params))
