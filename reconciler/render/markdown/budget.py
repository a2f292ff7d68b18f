"""How a document stays within its bound: blocks that are shown whole or not at all.

A part gets room and fills it block by block. What does not fit is counted and
the reader is told where it is. In a part that is `vital` every block has a
short form, one line: first all of them get that line, then as many as fit are
told in full. Only where not even the lines fit, `crowd` says the numbers and
names as many as it can. Sizes are bytes in UTF-8.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from reconciler.render.markdown.escape import size

RESERVE = 600
"""Bytes that every part can count on: its heading, and the note on what is left out."""


@dataclass(frozen=True, slots=True)
class Block:
    """Markdown that makes sense only as a whole."""

    text: str
    short: str = ""
    """The same in one line, "" when there is no shorter form."""
    group: str = ""
    """The frame that it stands in; blocks of one group follow each other."""
    aside: str = ""
    """What belongs to it but stands after the frame; left out first."""


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands around the blocks of one group: `close` before their asides, `end` after."""

    open: str = ""
    close: str = ""
    end: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """What a section has to say. `blocks` is read only as far as there is room."""

    head: str
    blocks: Iterable[Block]
    total: int
    noun: str
    frame: Callable[[str], Frame] = field(default=lambda _: Frame())
    crowd: Callable[[int], str] | None = None
    """For a vital part: what to say in so many bytes, where the lines alone are too much."""


def fit(part: Part, room: int, rest: Callable[[int, str], str]) -> str:
    """As much of a part as fits in `room` bytes; `rest` says how many are left out, and where."""
    note = size(rest(part.total, part.noun)) + 2
    left = room - size(part.head) - 2
    if part.crowd is not None:
        return f"{part.head}\n\n{_vital(part, left)}"
    chosen = _chosen(part, left, note)
    text = f"{part.head}\n\n{_assembled(part, chosen)}".rstrip("\n")
    if hidden := part.total - len(chosen):
        text += f"\n\n{rest(hidden, part.noun)}"
    return text


def _chosen(part: Part, left: int, note: int) -> list[Block]:
    """The blocks that fit, each in a form that fits; unless it is all, the note fits too."""
    chosen: list[Block] = []
    safe = 0
    group: str | None = None
    for block in part.blocks:
        frame = 0 if block.group == group else _around(part.frame(block.group))
        form = next((form for form in _forms(block) if _cost(form) + frame <= left), None)
        if form is None:
            return chosen[:safe]
        chosen.append(form)
        left -= _cost(form) + frame
        group = block.group
        safe = len(chosen) if left >= note else safe
    return chosen


def _cost(block: Block) -> int:
    return size(block.text) + 1 + (size(block.aside) + 2 if block.aside else 0)


def _around(frame: Frame) -> int:
    return size(frame.open) + size(frame.close) + size(frame.end) + 4


def _forms(block: Block) -> Iterator[Block]:
    yield block
    if block.aside:
        yield Block(block.text, group=block.group)
    if block.short:
        yield Block(block.short, group=block.group)


def _assembled(part: Part, blocks: list[Block]) -> str:
    groups: dict[str, list[Block]] = {}
    for block in blocks:
        groups.setdefault(block.group, []).append(block)
    return "\n\n".join(_group(part.frame(name), inside) for name, inside in groups.items())


def _group(frame: Frame, blocks: list[Block]) -> str:
    asides = "".join(f"\n\n{block.aside}" for block in blocks if block.aside)
    inside = "\n".join(block.text for block in blocks)
    return f"{frame.open}{inside}{frame.close}{asides}{frame.end}"


def _vital(part: Part, room: int) -> str:
    """Every block at least in short, else what `crowd` makes of them."""
    blocks: list[Block] = []
    left = room
    for block in part.blocks:
        left -= size(block.short) + 1
        if left < 0:
            return part.crowd(room) if part.crowd else ""
        blocks.append(block)
    lines: list[str] = []
    for block in blocks:
        more = size(block.text) - size(block.short)
        lines.append(block.text if more <= left else block.short)
        left -= more if more <= left else 0
    return "\n".join(lines)


def shares(budgets: Mapping[str, int], name: str, left: int) -> int:
    """The room of a section: its share of what is left, in the proportion of the budgets.

    `budgets` has this section and all that come after it. So what one does not
    use flows on to the others, and each has at least `RESERVE`.
    """
    free = max(0, left - RESERVE * len(budgets))
    return RESERVE + free * budgets[name] // sum(budgets.values())
