"""In which column, and where in it, each box of a picture stands.

A box stands right of everything it needs. Loops, which only boxes of several
resources can have, are cut at the box with the fewest open needs.
"""

from __future__ import annotations

from collections.abc import Sequence
from heapq import heapify, heappop, heappush

SWEEPS = 4


def layers(size: int, arrows: Sequence[tuple[int, int]]) -> list[list[int]]:
    """The boxes of each column from top to bottom; what nothing is tied to fills columns last."""
    before: list[list[int]] = [[] for _ in range(size)]
    behind: list[list[int]] = [[] for _ in range(size)]
    for source, target in arrows:
        before[target].append(source)
        behind[source].append(target)
    tied = [index for index in range(size) if before[index] or behind[index]]
    loose = [index for index in range(size) if not (before[index] or behind[index])]
    depth = _depths(tied, before, behind)
    columns: list[list[int]] = [[] for _ in range(max((depth[i] for i in tied), default=-1) + 1)]
    for index in tied:
        columns[depth[index]].append(index)
    for sweep in range(SWEEPS):
        _swept(columns, before if sweep % 2 == 0 else behind, forward=sweep % 2 == 0)
    return [*columns, *_filled(loose, max(map(len, columns), default=0))]


def _depths(
    tied: Sequence[int], before: Sequence[Sequence[int]], behind: Sequence[Sequence[int]]
) -> dict[int, int]:
    """The column of each box: the longest way to it."""
    open_ = {index: len(before[index]) for index in tied}
    depth = dict.fromkeys(tied, 0)
    done: set[int] = set()
    queue = [(number, index) for index, number in open_.items()]
    heapify(queue)
    while queue:
        _, index = heappop(queue)
        if index in done:
            continue
        done.add(index)
        for target in behind[index]:
            if target not in done:
                depth[target] = max(depth[target], depth[index] + 1)
                open_[target] -= 1
                heappush(queue, (open_[target], target))
    return depth


def _swept(columns: list[list[int]], ties: Sequence[Sequence[int]], *, forward: bool) -> None:
    """Order each column by the middle of what its boxes are tied to on one side."""
    row = {index: row for column in columns for row, index in enumerate(column)}
    for column in columns if forward else reversed(columns):
        middle = {
            index: sum(row[each] for each in ties[index]) / len(ties[index])
            if ties[index]
            else float(row[index])
            for index in column
        }
        column.sort(key=lambda index: (middle[index], index))
        row.update({index: place for place, index in enumerate(column)})


def _filled(loose: Sequence[int], tallest: int) -> list[list[int]]:
    """Boxes without ties, in columns about as high as the others, or about square."""
    high = max(tallest, round((len(loose) * 4) ** 0.5), 1)
    return [list(loose[start : start + high]) for start in range(0, len(loose), high)]
