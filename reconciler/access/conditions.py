"""The Condition element: every operator, with its missing keys and its several values.

Facts are of the IAM User Guide, "IAM JSON policy elements: Condition operators" and "Set operators
for multi-valued context keys".
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache, partial
from typing import Any

from reconciler.access.match import KEPT, Test, arns, equals, likes
from reconciler.access.model import Context

Build = Callable[[tuple[str, ...], bool], Test]
"""From a policy's values, and whether it knows variables, to a test of one value of a request."""
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

_WHOLE = re.compile(r"(\d{4})(-\d\d)?(-\d\d)?")
_EPOCH = re.compile(r"-?\d{5,}(\.\d+)?")


@dataclass(frozen=True, slots=True)
class Condition:
    """One operator on one key. All of a statement's conditions have to hold."""

    key: str
    """In lower case: keys are compared without regard to case."""
    test: Test
    """Whether one value of the request is one of the policy's."""
    negated: bool
    every: bool
    """ForAllValues."""
    some: bool
    """ForAnyValue."""
    missing: bool
    """What it says where the request has no such key."""

    def holds(self, context: Context) -> bool:
        """Whether it is so for this request.

        The User Guide: a missing key does not match, so a negated operator holds; with IfExists it
        holds always; ForAllValues holds for no values and ForAnyValue does not. An empty text
        counts as no values for the two.
        """
        values = context.get(self.key, ())
        if (self.every or self.some) and values == ("",):
            values = ()
        if not values:
            return self.missing
        if self.every:
            return all(self.test(value, context) != self.negated for value in values)
        if self.some:
            return any(self.test(value, context) != self.negated for value in values)
        return any(self.test(value, context) for value in values) != self.negated


@lru_cache(KEPT)
def number(text: str) -> Decimal | None:
    """An integer or decimal; None for anything else."""
    try:
        found = Decimal(text.strip())
    except InvalidOperation:
        return None
    return found if found.is_finite() else None


@lru_cache(KEPT)
def moment(text: str) -> float | None:
    """Seconds of a date in W3C's forms of ISO 8601, or of seconds since 1970; None for others."""
    text = text.strip()
    if _EPOCH.fullmatch(text):
        return float(text)
    if whole := _WHOLE.fullmatch(text):
        text = f"{whole.group(1)}{whole.group(2) or '-01'}{whole.group(3) or '-01'}"
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


@lru_cache(KEPT)
def network(text: str) -> Network | None:
    """An address, or a range of them; None for anything else."""
    try:
        return ipaddress.ip_network(text.strip(), strict=False)
    except ValueError:
        return None


@lru_cache(KEPT)
def _octets(text: str) -> bytes | None:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None


def _compared(
    read: Callable[[str], Any],
    compare: Callable[[Any, Any], bool],
    values: tuple[str, ...],
    _: bool,
) -> Test:
    """A test by values that are read first; what cannot be read matches nothing."""
    wanted = [found for each in values if (found := read(each)) is not None]

    def test(text: str, _: Context) -> bool:
        given = read(text)
        return given is not None and any(compare(given, each) for each in wanted)

    return test


def _inside(given: Network, wanted: Network) -> bool:
    if isinstance(given, ipaddress.IPv4Network):
        return isinstance(wanted, ipaddress.IPv4Network) and given.subnet_of(wanted)
    return isinstance(wanted, ipaddress.IPv6Network) and given.subnet_of(wanted)


def _truth(text: str) -> str | None:
    return lowered if (lowered := text.strip().lower()) in {"true", "false"} else None


def _families() -> dict[str, tuple[Build, bool]]:
    """Each operator in lower case: how it compares, and whether it is negated."""
    exact: Build = lambda values, known: equals(values, variables=known, fold=False)  # noqa: E731
    folded: Build = lambda values, known: equals(values, variables=known, fold=True)  # noqa: E731
    like: Build = lambda values, known: likes(values, variables=known)  # noqa: E731
    arn: Build = lambda values, known: arns(values, variables=known)  # noqa: E731
    found: dict[str, tuple[Build, bool]] = {
        "stringequals": (exact, False),
        "stringnotequals": (exact, True),
        "stringequalsignorecase": (folded, False),
        "stringnotequalsignorecase": (folded, True),
        "stringlike": (like, False),
        "stringnotlike": (like, True),
        "arnequals": (arn, False),
        "arnlike": (arn, False),
        "arnnotequals": (arn, True),
        "arnnotlike": (arn, True),
        "bool": (partial(_compared, _truth, operator.eq), False),
        "binaryequals": (partial(_compared, _octets, operator.eq), False),
        "ipaddress": (partial(_compared, network, _inside), False),
        "notipaddress": (partial(_compared, network, _inside), True),
    }
    for name, read in (("numeric", number), ("date", moment)):
        equal = partial(_compared, read, operator.eq)
        found[f"{name}equals"] = (equal, False)
        found[f"{name}notequals"] = (equal, True)
        found[f"{name}lessthan"] = (partial(_compared, read, operator.lt), False)
        found[f"{name}lessthanequals"] = (partial(_compared, read, operator.le), False)
        found[f"{name}greaterthan"] = (partial(_compared, read, operator.gt), False)
        found[f"{name}greaterthanequals"] = (partial(_compared, read, operator.ge), False)
    return found


OPERATORS = _families()
_ABSENT = "null"
_ALL, _ANY, _IF = "forallvalues:", "foranyvalue:", "ifexists"


@lru_cache(KEPT)
def condition(name: str, key: str, values: tuple[str, ...], *, variables: bool) -> Condition:
    """One operator of a policy on one key.

    Raises:
        ValueError: There is no such operator. IAM refuses such a policy when it is written.
    """
    rest = name.lower()
    every, some = rest.startswith(_ALL), rest.startswith(_ANY)
    rest = rest.removeprefix(_ALL).removeprefix(_ANY)
    if rest == _ABSENT:
        wanted = {_truth(value) for value in values}
        return Condition(
            key=key.lower(),
            test=lambda _, __: "false" in wanted,
            negated=False,
            every=every,
            some=some,
            missing="true" in wanted,
        )
    lenient = rest.endswith(_IF)
    if (found := OPERATORS.get(rest.removesuffix(_IF))) is None:
        raise ValueError(f"no condition operator is named {name!r}")
    build, negated = found
    missing = lenient or every or (negated and not some)
    return Condition(key.lower(), build(values, variables), negated, every, some, missing)


def texts(value: object) -> tuple[str, ...]:
    """A value or list of them as texts; booleans and numbers as JSON writes them."""
    items = value if isinstance(value, list | tuple) else [value]
    return tuple(str(each).lower() if isinstance(each, bool) else str(each) for each in items)


def conditions(block: Mapping[str, Any], *, variables: bool) -> tuple[Condition, ...]:
    """All of a Condition element.

    Raises:
        ValueError: It is not a mapping of operators to mappings of keys, or has an unknown one.
    """
    if not isinstance(block, Mapping):
        raise ValueError("Condition is not an object")  # noqa: TRY004
    found = []
    for name, keys in block.items():
        if not isinstance(keys, Mapping):
            raise ValueError(f"Condition {name} is not an object")  # noqa: TRY004
        for key, value in keys.items():
            found.append(condition(name, key, texts(value), variables=variables))
    return tuple(found)
