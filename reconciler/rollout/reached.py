"""When that which marks announce has come about, while AWS is not at work."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING

from reconciler.rollout import fleet
from reconciler.rollout.phase import step_share, variant
from reconciler.rollout.values import Doing

if TYPE_CHECKING:
    from reconciler.rollout.view import View


def _there(view: View) -> bool:
    """Whether the target is live, and its instances are there."""
    found = variant(view.live, view.marks.stable)
    return view.on == "target" and found is not None and _whole(found.count, found.asked_count)


def _whole(count: int | None, asked: int | None) -> bool:
    return count is not None and count >= 1 and (asked is None or count >= asked)


REACHED: Mapping[Doing, Callable[[View], bool]] = MappingProxyType({
    Doing.START: lambda view: view.on == "middle",
    Doing.SCALE: lambda view: view.enough(view.marks.step),
    Doing.MOVE: lambda view: view.has(step_share(view.marks, view.marks.step))
    and view.enough(view.marks.step),
    Doing.BAKE: lambda view: view.baked,
    Doing.CARRY: lambda view: fleet.carried(view.marks, view.live),
    Doing.FINISH: _there,
    Doing.RESTORE: lambda view: not view.short,
    Doing.PART: lambda view: view.has(view.part),
    Doing.ABORT: lambda view: view.idle,
    Doing.SETTLE: lambda view: view.on == "base",
})  # fmt: skip
"""By what is announced."""
