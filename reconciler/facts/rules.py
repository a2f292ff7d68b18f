"""The corrections of the registry, as verdicts: which one covers a path, and what it says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, TypeAlias

from reconciler.facts.files import corrections
from reconciler.facts.store import Facts
from reconciler.model.change import Effect
from reconciler.model.value import Path

Rule: TypeAlias = Mapping[str, Any]
Source: TypeAlias = Literal["registry", "correction", "adapter", "schema"]


@dataclass(frozen=True, slots=True)
class Verdict:
    """The effect of changing a property. `source` says who decided."""

    effect: Effect
    why: str
    source: Source


def general(rule: str, owner: Path, source: Source = "registry") -> Verdict:
    """The verdict of a rule that holds for every type; `owner` is the property it speaks of."""
    found = corrections()["general"][rule]
    return Verdict(Effect(found["effect"]), found["why"].format(owner=dotted(owner)), source)


def ruled(rule: Rule, key: str = "effect") -> Verdict:
    """The verdict of a correction."""
    return Verdict(Effect(rule[key]), rule["why"], "correction")


def rule_for(type_name: str, path: Path) -> Rule | None:
    """The correction that covers a path: the one that names most of it."""
    return _longest(_rules(type_name), path)


def fixed_below(about: Facts, path: Path) -> list[Path]:
    """The properties inside the block at `path` that are fixed at creation, sorted."""
    rules = _rules(about.type)
    fixed = {it for it in about.create_only if not _excused(rules, it)}
    fixed |= {
        it for it, rule in rules.items() if rule["effect"] == Effect.REPLACE and "*" not in it
    }
    return sorted(it for it in fixed if it[: len(path)] == path and it != path)


def dotted(path: Path) -> str:
    """A path for people."""
    return ".".join(path)


@cache
def _rules(type_name: str) -> dict[Path, Rule]:
    rules = corrections()["types"].get(type_name, ())
    return {tuple(rule["path"].split("/")) if rule["path"] else (): rule for rule in rules}


def _longest(rules: Mapping[Path, Rule], path: Path) -> Rule | None:
    found = [pattern for pattern in rules if _covers(pattern, path)]
    return rules[max(found, key=len)] if found else None


def _covers(pattern: Path, path: Path) -> bool:
    return len(pattern) <= len(path) and all(
        want in ("*", name) for want, name in zip(pattern, path, strict=False)
    )


def _excused(rules: Mapping[Path, Rule], path: Path) -> bool:
    rule = _longest(rules, path)
    return rule is not None and rule["effect"] != Effect.REPLACE
