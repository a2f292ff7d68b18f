"""What people write instead of a duration, a size, a share and so on, put right. Pure.

Each guess is only offered where the field takes it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

_DURATIONS = {
    "s": "s", "sec": "s", "secs": "s", "second": "s", "seconds": "s",
    "m": "m", "min": "m", "mins": "m", "minute": "m", "minutes": "m",
    "h": "h", "hr": "h", "hrs": "h", "hour": "h", "hours": "h",
    "d": "d", "day": "d", "days": "d",
    "w": "w", "week": "w", "weeks": "w", "y": "y", "year": "y", "years": "y",
}  # fmt: skip
_LONGER = {"w": 7, "y": 365}
_SIZES = {
    "g": "GiB", "gb": "GiB", "gi": "GiB", "gib": "GiB", "gigabyte": "GiB", "gigabytes": "GiB",
    "t": "TiB", "tb": "TiB", "ti": "TiB", "tib": "TiB", "terabyte": "TiB", "terabytes": "TiB",
}  # fmt: skip
_STATISTICS = {"avg": "average", "mean": "average", "max": "maximum", "min": "minimum"}
_AMOUNT = re.compile(r"\s*(\d+)(?:\.0+)?\s*([A-Za-z]+)\s*")
_ISO = re.compile(r"P(?:T(?=\d+[SMH])|(?=\d+[DW]))(\d+)([SMHDW])", re.IGNORECASE)
_SHARE = re.compile(r"\s*(\d{1,3}(?:\.\d+)?)\s*(?:%|percent|per cent|pct)?\s*", re.IGNORECASE)
_DAY = re.compile(r"(\d{4})[-/.]?(\d{2})[-/.]?(\d{2})(?:[T ].*)?|(\d{2})\.(\d{2})\.(\d{4})")
_PYTHON = re.compile(r"(?:python|py)?[- ]?3\.(\d{1,2})(?:\.\d+)?", re.IGNORECASE)
_BUCKET = re.compile(r"https?://([a-z0-9.-]+)\.s3[.-][a-z0-9.-]*amazonaws\.com(?:\.cn)?(/.*)?")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_INSTANCE = re.compile(r"[a-z][a-z0-9-]*\.[a-z0-9]+")
_ACCOUNT = 12
_LONG = 300


def of(value: object) -> Iterator[str]:
    """Every guess at what a value was meant to be, the closest first."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return
    text = str(value)
    if len(text) > _LONG:
        return
    yield text
    if isinstance(value, int) and 0 <= value < 10**_ACCOUNT:
        yield f"{value:0{_ACCOUNT}d}"  # an account number whose zeros YAML took
    for guess in _GUESSES:
        yield from guess(text)


def _amounts(text: str) -> Iterator[str]:
    found = _AMOUNT.fullmatch(text) or _ISO.fullmatch(text.strip())
    if not found:
        return
    number, unit = int(found[1]), found[2].lower()
    if unit in _DURATIONS:
        short = _DURATIONS[unit]
        yield f"{number * _LONGER.get(short, 1)}{'d' if short in _LONGER else short}"
    if unit in _SIZES:
        yield f"{number}{_SIZES[unit]}"
    yield f"{number}{unit}"


def _shares(text: str) -> Iterator[str]:
    if found := _SHARE.fullmatch(text):
        if 0 < float(found[1]) < 1 and "%" not in text:
            yield f"{float(found[1]) * 100:g}%"
        yield f"{found[1].removesuffix('.0')}%"


def _days(text: str) -> Iterator[str]:
    if found := _DAY.fullmatch(text.strip()):
        yield f"{found[1] or found[6]}-{found[2] or found[5]}-{found[3] or found[4]}"


def _numbers(text: str) -> Iterator[str]:
    digits = re.sub(r"[\s_-]", "", text)
    if digits.isdecimal():
        yield digits


def _places(text: str) -> Iterator[str]:
    """Regions, digests, instance types, versions of Python, addresses in S3."""
    bare = text.strip().lower()
    yield re.sub(r"(-\d)[a-f]\Z", r"\1", bare.replace("_", "-"))
    if _DIGEST.fullmatch(bare):
        yield f"sha256:{bare}"
    if _INSTANCE.fullmatch(bare):
        yield f"ml.{bare}"
    if found := _PYTHON.fullmatch(bare):
        yield f"py3{found[1]}"
    if found := _BUCKET.fullmatch(text):
        yield f"s3://{found[1]}{found[2] or ''}"
    yield re.sub(r"\A(?:arn:aws[a-z-]*:s3:::|s3:/+(?=[^/])|S3://)", "s3://", text)
    yield re.sub(r"\A(?:s3://|arn:aws[a-z-]*:s3:::)", "", text).rstrip("/")


def _words(text: str) -> Iterator[str]:
    bare = text.strip()
    yield bare
    yield _STATISTICS.get(bare.lower(), bare.lower())
    yield bare[:1].lower() + bare[1:]
    yield bare.strip("/")
    if re.fullmatch(r"[a-z]+", bare):
        yield f"{bare}.amazonaws.com"
    yield from _named(bare)


def _named(text: str) -> Iterator[str]:
    """The text as a name, if something of it is left."""
    spread = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", text)
    name = re.sub(r"[^a-z0-9]+", "-", spread.lower()).strip("-")
    if name[:1].isalpha() and 2 * len(name) > len(text):
        yield name
        yield name.replace("-", "_")


def name(text: str) -> str:
    """The text as the name of a spec; "" where little of it would be left."""
    return next(_named(text.strip()), "")


_GUESSES: tuple[Callable[[str], Iterator[str]], ...] = (
    _amounts,
    _numbers,
    _shares,
    _days,
    _places,
    _words,
)
