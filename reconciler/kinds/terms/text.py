"""Strings that may contain references to other resources."""

from __future__ import annotations

from reconciler.model.value import Join, Json, Ref


def text(*parts: Json) -> Json:
    """The parts in one string: plain text when all is known, else a `Ref` or a `Join`."""
    flat: list[str | Ref] = []
    for part in parts:
        for piece in part.parts if isinstance(part, Join) else (part,):
            if isinstance(piece, str) and flat and isinstance(flat[-1], str):
                flat[-1] += piece
            elif piece != "":
                flat.append(piece)
    if len(flat) == 1:
        return flat[0]
    return Join(tuple(flat)) if flat else ""
