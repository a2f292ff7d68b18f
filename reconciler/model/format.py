"""Which form of a kept document this Moorline reads."""

from __future__ import annotations


def checked(version: object, newest: int, what: str) -> None:
    """Let a format pass that is known: a number from 1 to the newest.

    Raises:
        ValueError: it is newer, or no number of a format.
    """
    if type(version) is not int or version < 1:  # True is an int to isinstance
        raise ValueError(f"{what} format {version!r} is none that there ever was")
    if version > newest:
        raise ValueError(f"{what} format {version} is newer than {newest}; update moorline")
