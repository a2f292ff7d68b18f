"""One ruleset on rows: what each rule says of all of them, and of each. Pure.

A comparison with null fails, but for ``= NULL``; what a rule leaves out by ``where`` is skipped and
counts neither way. ``between`` leaves out both ends. Source: AWS Glue developer guide, DQDL
reference, "Expressions", "NULL, EMPTY and WHITESPACES_ONLY"; row-level results.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from reconciler.facts.dqdl import AnyRule, Rule, Several
from reconciler.sandbox.services.glue.quality.rows import Row
from reconciler.sandbox.services.glue.quality.values import READ, as_number, as_time, holds

PASS, FAIL, ERROR = "PASS", "FAIL", "ERROR"
Others = Mapping[str, Sequence[Row]]
_WHERE = re.compile(r"\s*`?(\w+)`?\s+is\s+(not\s+)?null\s*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one rule says. `failed` and `skipped` are places of rows."""

    rule: str
    result: str
    why: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    failed: frozenset[int] = frozenset()
    skipped: frozenset[int] = frozenset()
    rows: bool = False
    """Whether it tells for each row."""


class UnknownError(ValueError):
    """A rule, or a part of one, that is not evaluated here."""


def evaluate(
    rules: Iterable[AnyRule], rows: Sequence[Row], now: float, others: Others | None = None
) -> list[Outcome]:
    """What each rule says of rows. `now` is in seconds since the epoch."""
    judge = _Judge(rows, now, others or {})
    return [judge.outcome(each) for each in rules]


@dataclass(slots=True)
class _Judge:
    rows: Sequence[Row]
    now: float
    others: Others

    def outcome(self, rule: AnyRule) -> Outcome:
        try:
            if isinstance(rule, Several):
                return self._several(rule)
            return self._one(rule)
        except UnknownError as error:
            return Outcome(rule.text, ERROR, f"the sandbox does not evaluate it: {error}")

    def _several(self, rule: Several) -> Outcome:
        found = [self.outcome(each) for each in rule.rules]
        if bad := next((each for each in found if each.result == ERROR), None):
            return Outcome(rule.text, ERROR, bad.why)
        sets = [each.failed for each in found]
        skipped = frozenset.intersection(*(each.skipped for each in found))
        every = rule.op == "and"
        failed = frozenset.union(*sets) if every else frozenset.intersection(*sets)
        if not rule.rows:
            passed = [each.result == PASS for each in found]
            good = all(passed) if every else any(passed)
            return Outcome(rule.text, PASS if good else FAIL, "" if good else "a part failed")
        why = f"{len(failed)} rows fail" if failed else ""
        return Outcome(rule.text, FAIL if failed else PASS, why, {}, failed, skipped, rows=True)

    def _one(self, rule: Rule) -> Outcome:
        kept, skipped = self._kept(rule)
        kind = getattr(self, f"_{_snake(rule.name)}", None)
        if kind is None:
            raise UnknownError(rule.name)
        if rule.texts and rule.name not in {"ColumnExists", "CustomSql"}:
            gone = [each for each in self._columns(rule) if not self._has(each)]
            if gone:
                return Outcome(rule.text, FAIL, f"there is no column {', '.join(gone)}")
        found: Outcome = kind(rule, kept)
        return Outcome(
            rule.text, found.result, found.why, found.metrics, found.failed, skipped, found.rows
        )

    def _kept(self, rule: Rule) -> tuple[list[int], frozenset[int]]:
        every = range(len(self.rows))
        if not rule.where:
            return [*every], frozenset()
        said = _WHERE.fullmatch(rule.where)
        if said is None:
            raise UnknownError(f"where {rule.where!r}")
        name, present = said[1].lower(), bool(said[2])
        kept = [at for at in every if (self.rows[at].get(name) is not None) is present]
        return kept, frozenset(every) - frozenset(kept)

    def _columns(self, rule: Rule) -> tuple[str, ...]:
        return rule.texts[:1] if rule.name == "ReferentialIntegrity" else rule.texts

    def _has(self, name: str) -> bool:
        return not self.rows or any(name.lower() in row for row in self.rows)

    def _value(self, at: int, name: str) -> Any:  # noqa: ANN401 - of a row
        return self.rows[at].get(name.lower())

    # -- rules about all of the data

    def _number(self, rule: Rule, value: float, name: str) -> Outcome:
        good = rule.condition is not None and holds(value, rule.condition, self.now)
        text = "" if good else f"{name} is {value:g}"
        return Outcome("", PASS if good else FAIL, text, {f"Dataset.*.{name}": value})

    def _row_count(self, rule: Rule, kept: list[int]) -> Outcome:
        return self._number(rule, len(kept), "RowCount")

    def _column_count(self, rule: Rule, _kept: list[int]) -> Outcome:
        names = {name for row in self.rows for name in row}
        return self._number(rule, len(names), "ColumnCount")

    def _column_exists(self, rule: Rule, _kept: list[int]) -> Outcome:
        good = self._has(rule.texts[0])
        return Outcome("", PASS if good else FAIL, "" if good else "there is no such column")

    def _numbers(self, rule: Rule, kept: list[int]) -> list[float]:
        found = (as_number(self._value(at, rule.texts[0])) for at in kept)
        return [each for each in found if each is not None]

    def _mean(self, rule: Rule, kept: list[int]) -> Outcome:
        found = self._numbers(rule, kept)
        return self._number(rule, sum(found) / len(found) if found else math.nan, "Mean")

    def _sum(self, rule: Rule, kept: list[int]) -> Outcome:
        return self._number(rule, sum(self._numbers(rule, kept)), "Sum")

    def _standard_deviation(self, rule: Rule, kept: list[int]) -> Outcome:
        found = self._numbers(rule, kept)
        mean = sum(found) / len(found) if found else math.nan
        part = sum((each - mean) ** 2 for each in found) / len(found) if found else math.nan
        return self._number(rule, math.sqrt(part), "StandardDeviation")

    def _tally(self, rule: Rule, kept: list[int]) -> Counter[Any]:
        found = (self._value(at, rule.texts[0]) for at in kept)
        return Counter(each for each in found if each is not None)

    def _distinct_values_count(self, rule: Rule, kept: list[int]) -> Outcome:
        return self._number(rule, len(self._tally(rule, kept)), "DistinctValuesCount")

    def _unique_value_ratio(self, rule: Rule, kept: list[int]) -> Outcome:
        tally = self._tally(rule, kept)
        ratio = sum(n == 1 for n in tally.values()) / len(tally) if tally else math.nan
        return self._number(rule, ratio, "UniqueValueRatio")

    # -- rules about each row

    def _each(self, rule: Rule, kept: list[int], good: Callable[[int], bool]) -> Outcome:
        """A rule that each row passes or fails; all have to, or as many as its threshold says."""
        failed = frozenset(at for at in kept if not good(at))
        part = 1 - len(failed) / len(kept) if kept else 1.0
        passed = holds(part, rule.threshold, self.now) if rule.threshold else not failed
        why = "" if passed else f"{len(failed)} of {len(kept)} rows fail"
        metric = {f"Column.{rule.texts[0]}.{rule.name}.Compliance": part}
        return Outcome("", PASS if passed else FAIL, why, metric, failed, rows=True)

    def _share(self, rule: Rule, kept: list[int], good: Callable[[int], bool]) -> Outcome:
        """A rule whose condition is about the share of rows that pass."""
        failed = frozenset(at for at in kept if not good(at))
        part = 1 - len(failed) / len(kept) if kept else 1.0
        passed = rule.condition is not None and holds(part, rule.condition, self.now)
        metric = {f"Column.{rule.texts[0]}.{rule.name}": part}
        why = "" if passed else f"{rule.name} is {part:g}"
        return Outcome("", PASS if passed else FAIL, why, metric, failed, rows=True)

    def _is_complete(self, rule: Rule, kept: list[int]) -> Outcome:
        return self._each(rule, kept, lambda at: self._value(at, rule.texts[0]) is not None)

    def _completeness(self, rule: Rule, kept: list[int]) -> Outcome:
        return self._share(rule, kept, lambda at: self._value(at, rule.texts[0]) is not None)

    def _is_unique(self, rule: Rule, kept: list[int]) -> Outcome:
        tally = self._tally(rule, kept)
        return self._each(rule, kept, lambda at: tally[self._value(at, rule.texts[0])] == 1)

    def _uniqueness(self, rule: Rule, kept: list[int]) -> Outcome:
        tally = self._tally(rule, kept)
        return self._share(rule, kept, lambda at: tally[self._value(at, rule.texts[0])] == 1)

    def _is_primary_key(self, rule: Rule, kept: list[int]) -> Outcome:
        def key(at: int) -> tuple[Any, ...]:
            return tuple(self._value(at, name) for name in rule.texts)

        tally = Counter(key(at) for at in kept)
        return self._each(rule, kept, lambda at: None not in key(at) and tally[key(at)] == 1)

    def _column_values(self, rule: Rule, kept: list[int]) -> Outcome:
        condition = rule.condition
        assert condition is not None  # noqa: S101 - the grammar wants one
        return self._each(
            rule, kept, lambda at: holds(self._value(at, rule.texts[0]), condition, self.now)
        )

    def _column_length(self, rule: Rule, kept: list[int]) -> Outcome:
        condition = rule.condition
        assert condition is not None  # noqa: S101 - the grammar wants one

        def good(at: int) -> bool:
            value = self._value(at, rule.texts[0])
            return value is not None and holds(len(str(value)), condition, self.now)

        return self._each(rule, kept, good)

    def _column_data_type(self, rule: Rule, kept: list[int]) -> Outcome:
        wanted = str(rule.condition.values[0]) if rule.condition else ""
        if rule.condition is None or rule.condition.op != "=" or wanted not in READ:
            raise UnknownError(f"the type {wanted!r}")

        def good(at: int) -> bool:
            value = self._value(at, rule.texts[0])
            return value is not None and READ[wanted](value)

        return self._each(rule, kept, good)

    def _data_freshness(self, rule: Rule, kept: list[int]) -> Outcome:
        condition = rule.condition
        assert condition is not None  # noqa: S101 - the grammar wants one

        def good(at: int) -> bool:
            time = as_time(self._value(at, rule.texts[0]))
            return time is not None and holds(self.now - time, condition, self.now)

        return self._each(rule, kept, good)

    def _referential_integrity(self, rule: Rule, kept: list[int]) -> Outcome:
        name, _, column = rule.texts[1].partition(".")
        if name not in self.others:
            raise UnknownError(f"nothing here is called {name!r}")
        known = {row.get(column.strip("{}").lower()) for row in self.others[name]}
        return self._share(rule, kept, lambda at: self._value(at, rule.texts[0]) in known)


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
