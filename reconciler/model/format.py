"""Which form of a kept document this Moorline reads."""

from __future__ import annotations


def other(version: object, known: int) -> bool:
    """Whether it is the number of a format, and of another one than the known."""
    return type(version) is int and version > 0 and version != known  # True is an int


def checked(version: object, newest: int, what: str, oldest: int = 1) -> None:
    """Let a format pass that is known: a number from the oldest that is read to the newest.

    Raises:
        ValueError: it is newer or older, or no number of a format.
    """
    if type(version) is not int or version < 1:  # True is an int to isinstance
        raise ValueError(f"{what} format {version!r} is none that there ever was")
    if version < oldest:
        raise ValueError(f"{what} format {version} is older than {oldest}; make it again")
    if version > newest:
        raise ValueError(f"{what} format {version} is newer than {newest}; update moorline")
