"""A part that a type's own handlers set and never give back, and that the service's API lists.

It makes no call of its own: a difference goes into the patch like any other. `facts.told` has the
properties of which this is so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.model.value import Json, Props
from reconciler.resources.answers import Absent
from reconciler.resources.generic import IDENTIFIER
from reconciler.resources.parts import Reader, Request
from reconciler.resources.whole import Whole


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """`item` is the member of each listed item that makes the list of the property.

    What has a word of `gone` in its member `state` is listed, and does not count.
    """

    prop: str
    service: str
    method: str
    named: str
    """The parameter that has the identifier; in brackets where it takes a list of them."""
    at: str
    item: str
    params: Props = field(default_factory=dict)
    absent: tuple[Absent, ...] = ()
    state: str = "status"
    gone: frozenset[str] = frozenset()
    last: bool = False

    @property
    def reads(self) -> tuple[str, ...]:
        """None of the type's own client; see `Resource.beside`."""
        return ()

    @property
    def writes(self) -> tuple[str, ...]:
        """None: the handlers write it."""
        return ()

    @property
    def wholes(self) -> Mapping[str, Whole]:
        """See `Resource.beside`."""
        return {}

    def read(self, reader: Reader, key: Props) -> Json:
        """What the service lists of it."""
        name = self.named.strip("[]")
        about = key[IDENTIFIER] if name == self.named else [key[IDENTIFIER]]
        of = reader.of(self.service, self.absent)
        found = of.pages(self.method, {name: about, **self.params}, self.at)
        return sorted({it[self.item] for it in found if it[self.state] not in self.gone})

    def calls(self, _before: Json, _after: Json) -> Iterator[Request]:
        """None."""
        yield from ()
