"""Services that moto has nothing of: they answer requests as they come in, from both doors."""

from __future__ import annotations

from collections.abc import Callable

from reconciler.sandbox.protocol import wire
from reconciler.sandbox.protocol.requests import Sent

SERVICES: dict[str, tuple[frozenset[str], Callable[[str, Sent], wire.Answer]]] = {}
"""By the client's name: the operations that there are, and what answers them."""


Door = Callable[
    [str, str, wire.Protocol, Callable[[], wire.Answer | None], Sent | None], wire.Answer
]
DOOR: list[Door] = []
"""The way in that every request takes: for services that ask others. The door puts itself here."""
DUE: list[Callable[[], None]] = []
"""What does the work of such services that has fallen due: before each request, to whomever."""


def settle() -> None:
    """Do what is due."""
    for each in DUE:
        each()


def answered(service: str, operation: str, sent: Sent | None) -> wire.Answer | None:
    """The answer of such a service; nothing where moto is to be asked."""
    operations, answer = SERVICES.get(service, (frozenset(), None))
    if answer is None or sent is None or operation not in operations:
        return None
    return answer(operation, sent)
