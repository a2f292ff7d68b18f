"""Failures that a test or a user has asked for by rule."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.sandbox.door.asked import Asked
    from reconciler.sandbox.protocol import wire

ORDER = 60


def answer(asked: Asked, onward: Callable[[], wire.Answer]) -> wire.Answer:
    """The error of the rule that fits, if one does."""
    rule = WORLD.rules.take(asked.service, asked.operation)
    return onward() if rule is None else asked.refused(rule.code, rule.message, rule.status)
