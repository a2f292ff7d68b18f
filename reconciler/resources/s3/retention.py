"""What a bucket stops keeping when its configuration changes.

Lifecycle rules are compared by what they remove and not by their ids: a rule
loses nothing when a live rule removes all of that already, and as early.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import NamedTuple, TypeAlias

from reconciler.model.value import Json, Props
from reconciler.resources.narrow import SINGLE_KEY, Narrowing, exchanged, no_longer


class Scope(NamedTuple):
    """The objects a rule speaks of."""

    prefix: str
    tags: frozenset[tuple[str, str]]
    above: float
    below: float

    def holds(self, other: Scope) -> bool:
        """Whether every object of `other` is one of these too."""
        return (
            other.prefix.startswith(self.prefix)
            and self.tags <= other.tags
            and self.above <= other.above
            and self.below >= other.below
        )


class Expiry(NamedTuple):
    """What one rule removes: `when` in one `unit`, sparing the `spared` newest versions."""

    scope: Scope
    unit: str
    when: float | str
    spared: int
    says: str

    def removes(self, other: Expiry) -> bool:
        """Whether it removes all that `other` does, and as early."""
        same = self.unit == other.unit and self.scope.holds(other.scope)
        return same and self.when <= other.when and self.spared <= other.spared  # type: ignore[operator]


Lister: TypeAlias = Callable[[Props], Iterator[Expiry]]


def _scope(rule: Props) -> Scope:
    tags = frozenset((tag["Key"], tag["Value"]) for tag in rule.get("TagFilters") or ())
    above = float(rule.get("ObjectSizeGreaterThan") or 0)
    below = float(rule.get("ObjectSizeLessThan") or "inf")
    return Scope(rule.get("Prefix") or "", tags, above, below)


def _current(rule: Props) -> Iterator[Expiry]:
    scope, where = _scope(rule), _where(rule)
    if (age := rule.get("ExpirationInDays")) is not None:
        yield Expiry(scope, "days", age, 0, f"removes objects older than {_days(age)}{where}")
    if (date := rule.get("ExpirationDate")) is not None:
        yield Expiry(scope, "date", str(date), 0, f"removes objects from {date} on{where}")


def _noncurrent(rule: Props) -> Iterator[Expiry]:
    found = rule.get("NoncurrentVersionExpiration") or {}
    if (age := found.get("NoncurrentDays")) is not None:
        spared = found.get("NewerNoncurrentVersions") or 0
        but = f" but the newest {spared}" if spared else ""
        says = f"removes old versions after {_days(age)}{but}{_where(rule)}"
        yield Expiry(_scope(rule), "days", age, spared, says)


def _days(number: Json) -> str:
    return f"{number} day{'' if number == 1 else 's'}"


def _where(rule: Props) -> str:
    return f" under '{rule['Prefix']}'" if rule.get("Prefix") else ""


def _active(rules: Json) -> Iterable[Props]:
    found = rules if isinstance(rules, list) else []
    return [each for each in found if isinstance(each, Mapping) and each.get("Status") == "Enabled"]


def removed_objects(before: Json, after: Json) -> str:
    """Expiry of objects that no live rule has, or has later."""
    return _new(_all(_current, before), _all(_current, after))


def removed_versions(before: Json, after: Json) -> str:
    """Expiry of old versions that no live rule has, or has later."""
    return _new(_all(_noncurrent, before), _all(_noncurrent, after))


def _all(kind: Lister, rules: Json) -> list[Expiry]:
    return [expiry for rule in _active(rules) for expiry in kind(rule)]


def _new(before: list[Expiry], after: list[Expiry]) -> str:
    new = [each.says for each in after if not any(old.removes(each) for old in before)]
    return "; ".join(dict.fromkeys(new))


RULES = "LifecycleConfiguration.Rules"
KEY = "BucketEncryption.ServerSideEncryptionConfiguration.*.ServerSideEncryptionByDefault"
UNVERSIONED = "objects that are overwritten or deleted are gone at once: no version is kept"

NARROWS = (
    Narrowing(path=RULES, destroys="records", lost=removed_objects),
    Narrowing(path=RULES, destroys="history", lost=removed_versions),
    Narrowing(
        path="VersioningConfiguration.Status",
        destroys="history",
        lost=no_longer("Enabled", UNVERSIONED),
    ),
    Narrowing(path=f"{KEY}.KMSMasterKeyID", destroys="keys", lost=exchanged(SINGLE_KEY)),
)
