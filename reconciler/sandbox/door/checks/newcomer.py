"""What an account that is new is refused at the door: `iam.newcomer` says what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.iam.newcomer import REFUSALS, refused
from reconciler.sandbox.protocol.given import given
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.sandbox.door.asked import Asked
    from reconciler.sandbox.protocol import wire
    from reconciler.sandbox.protocol.requests import Sent

ORDER = 40


def answer(asked: Asked, onward: Callable[[], wire.Answer]) -> wire.Answer:
    """What an account that is not let in is answered."""
    shut = asked.sent and refusal(asked.service, asked.operation, asked.sent)
    return asked.refused(*shut) if shut else onward()


def refusal(service: str, operation: str, sent: Sent) -> tuple[str, str, int] | None:
    """Code, message and status for a call that is refused to a newcomer; else nothing."""
    if not WORLD.newcomer or not any(each.concerns(service, operation) for each in REFUSALS):
        return None
    found = refused(service, operation, _given(service, operation, sent))
    return (found.code, found.message, found.status) if found else None


def _given(service: str, operation: str, sent: Sent) -> Mapping[str, Any]:
    """The parameters of a call."""
    try:
        return given(service, operation, sent)
    except ValueError:
        return {}  # no request of this operation: the service says so itself
