"""Amounts as people write them: always with their unit. Durations, sizes and shares."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

Duration: TypeAlias = Annotated[
    str,
    Field(pattern=r"^[1-9][0-9]{0,6}(s|m|h|d)$", examples=["30m", "7d"]),
]
"""A whole number of seconds, minutes, hours or days, as in ``30m``."""

Days: TypeAlias = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,3}d$", examples=["30d"])]
"""A `Duration` where AWS counts days only."""

Size: TypeAlias = Annotated[str, Field(pattern=r"^[1-9][0-9]{0,6}(GiB|TiB)$", examples=["50GiB"])]
"""A whole number of binary gigabytes or terabytes, as in ``50GiB``."""

Share: TypeAlias = Annotated[
    str, Field(pattern=r"^[0-9]{1,4}(\.[0-9]{1,6})?%$", examples=["25%", "0.5%"])
]
"""A part of a whole, always with its sign, as in ``25%``."""

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def seconds(duration: str) -> int:
    """A `Duration` in seconds."""
    return int(duration[:-1]) * _UNITS[duration[-1]]


def days(duration: str) -> int:
    """A `Duration` in whole days, rounded up."""
    return -(-seconds(duration) // _UNITS["d"])


def percent(share: str) -> int | float:
    """A `Share` in per cent, whole where it is."""
    number = float(share[:-1])
    return int(number) if number.is_integer() else number


def gibibytes(size: str) -> int:
    """A `Size` in GiB."""
    return int(size[:-3]) * (1024 if size.endswith("TiB") else 1)
