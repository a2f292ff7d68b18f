"""The configuration: JSON whose members are checked as they are taken, none of them twice.

A member that nobody takes is a fault: a misspelt threshold must not leave its default in force.
"""

from __future__ import annotations

import json
import math
from difflib import get_close_matches
from typing import Any, Iterable, Iterator, Mapping

from .faults import ConfigError

_WORDS: dict[type, str] = {str: "a text", bool: "true or false", dict: "a mapping", list: "a list"}


class Settings:
    """A mapping of the configuration, with the path that leads to it."""

    def __init__(self, data: Any, path: str = "") -> None:
        if not isinstance(data, dict):
            raise ConfigError(path, "has to be a mapping")
        self.data: Mapping[str, Any] = data
        self.path = path
        self._known: list[str] = []

    def at(self, name: str) -> str:
        """The path of a member."""
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        """Whether a member is given; null is not."""
        self._known.append(name)
        return self.data.get(name) is not None

    def _take(self, name: str, kind: type, default: Any) -> Any:
        if not self.has(name):
            if default is ...:
                raise ConfigError(self.at(name), "is missing")
            return default
        value = self.data[name]
        if not isinstance(value, kind):
            raise ConfigError(self.at(name), f"has to be {_WORDS[kind]}, not {value!r}")
        return value

    def text(self, name: str, default: Any = ...) -> str:
        """A text that is not empty."""
        value: str = self._take(name, str, default)
        if value == "" and default != "":
            raise ConfigError(self.at(name), "is empty")
        return value

    def truth(self, name: str, *, default: bool) -> bool:
        """True or false."""
        value: bool = self._take(name, bool, default)
        return value

    def word(self, name: str, words: Iterable[str], default: Any = ...) -> str:
        """One of some words."""
        value = self.text(name, default)
        known = [*words]
        if value not in known:
            raise ConfigError(self.at(name), f"{value!r} is none of {_listed(known, value)}")
        return value

    def number(
        self,
        name: str,
        default: Any = ...,
        low: float = -math.inf,
        high: float = math.inf,
    ) -> float:
        """A finite number within bounds, which belong to it."""
        if not self.has(name):
            if default is ...:
                raise ConfigError(self.at(name), "is missing")
            return default  # type: ignore[no-any-return]
        value = self.data[name]
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise ConfigError(self.at(name), f"has to be a number, not {value!r}")
        if not (math.isfinite(value) and low <= value <= high):
            raise ConfigError(self.at(name), f"{value!r} is not between {low} and {high}")
        return float(value)

    def count(self, name: str, default: Any = ..., low: int = 0, high: int = 10**9) -> int:
        """A whole number within bounds."""
        value = self.number(name, default, low, high)
        if value != int(value):
            raise ConfigError(self.at(name), f"{value!r} is no whole number")
        return int(value)

    def texts(self, name: str, default: Any = ...) -> list[str]:
        """A list of texts; a single one may stand for itself."""
        if self.has(name) and isinstance(self.data[name], str):
            return [self.data[name]]
        found: list[Any] = [*self._take(name, list, default)]
        for index, each in enumerate(found):
            if not isinstance(each, str):
                raise ConfigError(f"{self.at(name)}[{index}]", "has to be a text")
        return found

    def values(self, name: str, default: Any = ...) -> list[str]:
        """Values of a column, as texts: numbers and truths are written as data has them."""
        given = self.data.get(name)
        if given is not None and not isinstance(given, (list, dict)):
            self._known.append(name)
            return [written(given)]
        return [written(each) for each in self._take(name, list, default)]

    def inner(self, name: str, default: Any = ...) -> Settings:
        """A mapping."""
        return Settings(self._take(name, dict, default), self.at(name))

    def inners(self, name: str) -> list[tuple[str, Settings]]:
        """Mappings by name; none where there is no such member."""
        found = self._take(name, dict, {})
        return [(key, Settings(each, f"{self.at(name)}.{key}")) for key, each in found.items()]

    def sections(self, name: str) -> list[Settings]:
        """A list of mappings."""
        found = self._take(name, list, ...)
        return [Settings(each, f"{self.at(name)}[{i}]") for i, each in enumerate(found)]

    def finish(self) -> None:
        """Refuse members that nobody has taken."""
        for name in self.data:
            if name not in self._known:
                known = _listed(sorted({*self._known}), name)
                raise ConfigError(self.at(name), f"is not known; known are {known}")


def _listed(known: list[str], given: str) -> str:
    close = get_close_matches(given, known, 1, 0.6)
    hint = f" (did you mean {close[0]!r}?)" if close else ""
    return ", ".join(known) + hint


def written(value: str | float | bool | None) -> str:
    """A value as the readers of data write it: a number that is whole has no point."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and math.isfinite(value) and value == int(value):
        return str(int(value))
    return "" if value is None else str(value)


def parse(text: str) -> Settings:
    """The configuration in a text.

    Raises:
        ConfigError: it is no JSON, or no mapping.
    """
    try:
        return Settings(json.loads(text, object_pairs_hook=_once))
    except ValueError as error:
        raise ConfigError("", f"the configuration is no JSON: {error}") from error


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _ in pairs]
    twice = next(_repeated(names), None)
    if twice is not None:
        raise ConfigError(twice, "is given twice")
    return dict(pairs)


def _repeated(names: list[str]) -> Iterator[str]:
    seen = set()
    for each in names:
        if each in seen:
            yield each
        seen.add(each)


def limits(settings: Settings, name: str, known: Iterable[str]) -> dict[str, Limit]:
    """Bounds by the name of what they bound: ``{"auc": {"atLeast": 0.9}}``."""
    found: dict[str, Limit] = {}
    words = [*known]
    for key, each in settings.inners(name):
        if key not in words:
            raise ConfigError(each.path, f"is none of {_listed(words, key)}")
        low: float | None = each.number("atLeast", None)
        high: float | None = each.number("atMost", None)
        each.finish()
        if low is None and high is None:
            raise ConfigError(each.path, "needs 'atLeast' or 'atMost'")
        if low is not None and high is not None and low > high:
            raise ConfigError(each.path, "no value is that large and that small")
        found[key] = Limit(low, high)
    return found


class Limit:
    """What a value may be; bounds belong to it."""

    def __init__(self, low: float | None, high: float | None) -> None:
        self.low, self.high = low, high

    def broken(self, low: float, high: float) -> bool:
        """Whether all of an interval lies outside; for a value by itself, give it twice."""
        return (self.low is not None and high < self.low) or (
            self.high is not None and low > self.high
        )

    def said(self) -> dict[str, float]:
        """As it is in a configuration."""
        found = {"atLeast": self.low, "atMost": self.high}
        return {name: value for name, value in found.items() if value is not None}
