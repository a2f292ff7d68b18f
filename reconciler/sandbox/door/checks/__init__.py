"""What a request meets before its service: one file each, found here, in the order of `ORDER`.

A check is a module with `ORDER`, a number of its own, and `answer`, which gives an error or lets
the request go on, as late as it likes and as often.
"""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from typing import TYPE_CHECKING, Protocol, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from reconciler.sandbox.door.asked import Asked
    from reconciler.sandbox.protocol import wire


class Check(Protocol):
    """What a module of this folder has."""

    ORDER: int

    def answer(self, asked: Asked, onward: Callable[[], wire.Answer]) -> wire.Answer:
        """An error, or what `onward` answers."""


@cache
def found() -> tuple[Check, ...]:
    """The checks in their order.

    Raises:
        ValueError: two have the same number.
    """
    names = [each.name for each in pkgutil.iter_modules(__path__, f"{__name__}.")]
    checks = [cast("Check", importlib.import_module(name)) for name in names]
    if len({each.ORDER for each in checks}) != len(checks):
        msg = f"two of {', '.join(names)} have the same ORDER"
        raise ValueError(msg)
    return tuple(sorted(checks, key=lambda each: each.ORDER))


def through(asked: Asked, answer: Callable[[], wire.Answer]) -> wire.Answer:
    """What a request is answered: by the first check that refuses it, else by `answer`."""
    checks = found()

    def onward(number: int) -> wire.Answer:
        if number == len(checks):
            return answer()
        return checks[number].answer(asked, lambda: onward(number + 1))

    return onward(0)
