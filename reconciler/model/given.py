"""What a property tree gives: values, nulls that say "absent", and what nobody is shown. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.value import Json, Path, hidden


def stated(value: Json, *, hollow: bool = False) -> Json:
    """The tree without its nulls, which say that nothing is to be there.

    What holds nothing else goes too, or stays as an empty object where that is asked for. An item
    of a list stays, whatever it is.
    """
    if isinstance(value, Mapping):
        kept = {k: stated(it, hollow=hollow) for k, it in value.items() if it is not None}
        return {k: it for k, it in kept.items() if hollow or it != {} or not value[k]}
    if isinstance(value, list | tuple):
        return [stated(item, hollow=hollow) for item in value]
    return value


def marked(value: Json) -> frozenset[Path]:
    """Where hidden values stand that AWS gives back, numbers of items left out."""
    found = (each.path for each in hidden(value) if each.readable)
    return frozenset(tuple(part for part in path if not part.isdecimal()) for path in found)
