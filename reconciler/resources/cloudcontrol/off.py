"""Blocks that a service only switches off: absent and off are the same, and off is said. Pure.

An update that leaves such a block out keeps it as it is (Firehose's UpdateDestination "merges"),
or is refused for what is off already (DynamoDB's UpdateTimeToLive). So a spec that has no such
block, says null or says that it is off is compared alike; what is on and shall not be is sent as
off, with the live members that the call needs to know which one is meant.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from reconciler.model.value import Json, Path, Props


@dataclass(frozen=True, slots=True, kw_only=True)
class Off:
    """How a block at a dotted path says that it is off; no item of a list is one."""

    path: str
    says: Props = field(default_factory=lambda: {"Enabled": False})
    keeps: tuple[str, ...] = ()
    """Live members that go along where it is switched off."""

    def on(self, block: Json) -> bool:
        """Whether a block is there and does not say that it is off."""
        if block is None or block == {}:
            return False
        known = isinstance(block, Mapping)
        return not known or any(block.get(name) != value for name, value in self.says.items())


def compared(want: Props, have: Props, offs: Iterable[Off]) -> Props:
    """Declared properties without the blocks that are off on both sides.

    One that is to be off and is on says just that.
    """
    for off in offs:
        steps = tuple(off.path.split("."))
        found, block = _at(want, steps)
        if found and not off.on(block):
            live = _at(have, steps)[1]
            want = _with(want, steps, off.says if off.on(live) else ...)
    return want


def written(want: Props, model: Props, offs: Iterable[Off]) -> Props:
    """Desired properties as they are sent: off as AWS takes it where it is on, else not at all.

    `model` is what AWS reads; nothing for what is made.
    """
    for off in offs:
        steps = tuple(off.path.split("."))
        found, block = _at(want, steps)
        if found and not off.on(block):
            live = _at(model, steps)[1]
            kept = {name: live[name] for name in off.keeps if name in live} if live else {}
            want = _with(want, steps, {**off.says, **kept} if off.on(live) else ...)
    return want


def _at(tree: Json, steps: Path) -> tuple[bool, Json]:
    """Whether a tree has anything at a path, null included, and what."""
    for name in steps:
        if not isinstance(tree, Mapping) or name not in tree:
            return False, None
        tree = tree[name]
    return True, tree


def _with(tree: Props, steps: Path, value: Json) -> Props:
    """A copy with a value at a path; without it where that is `...`."""
    name, *rest = steps
    if rest:
        return {**tree, name: _with(tree[name], tuple(rest), value)}
    kept = {key: item for key, item in tree.items() if key != name}
    return kept if value is ... else {**kept, name: value}
