"""The language of Glue's data quality rules, as far as Moorline writes and the sandbox runs it.

A grammar of our own for the subset in `RULES`; AWS's own parser has the last word. Source: AWS Glue
developer guide, "Data Quality Definition Language (DQDL) reference".

    ruleset   = "Rules" "=" "[" rule { "," rule } "]"
    rule      = simple | "(" rule ")" { ("and" | "or") "(" rule ")" }
    simple    = name { text } [ condition ] [ "where" text ] [ "with" "threshold" condition ]
    condition = [ "not" ] ( "between" value "and" value | "in" "[" value { "," value } "]"
              | "matches" text ) | ( "=" | "!=" | ">" | ">=" | "<" | "<=" ) value
    value     = text | number [ unit ] | "NULL" | "EMPTY" | "WHITESPACES_ONLY"
              | "(" "now()" "-" number unit ")"
"""

from __future__ import annotations

import re

from reconciler.facts.dqdl.language import (
    FURTHER,
    MOST,
    RULES,
    AnyRule,
    Condition,
    DqdlError,
    Rule,
    Several,
    Span,
    Value,
    Word,
    beyond,
    plain,
)
from reconciler.facts.dqdl.reader import Reader

__all__ = [
    "FURTHER",
    "MOST",
    "RULES",
    "AnyRule",
    "Condition",
    "DqdlError",
    "Rule",
    "Several",
    "Span",
    "Value",
    "Word",
    "beyond",
    "folded",
    "plain",
    "quoted",
    "rule",
    "ruleset",
    "written",
]


def quoted(text: str) -> str:
    """A text as the language writes it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def folded(text: str) -> str:
    """A ruleset with its spaces outside of texts folded: both forms mean the same."""
    parts = re.split(r'("(?:[^"\\]|\\.)*")', text)
    return "".join(
        part if at % 2 else re.sub(r"\s+", " ", part) for at, part in enumerate(parts)
    ).strip()


def written(rules: list[str]) -> str:
    """A ruleset of rules."""
    return "Rules = [\n" + ",\n".join(f"    {each}" for each in rules) + "\n]"


def ruleset(text: str) -> list[AnyRule]:
    """The rules of a ruleset.

    Raises:
        DqdlError: it is none, or one of more than this subset.
    """
    if len(text) > MOST:
        raise DqdlError(f"a ruleset has at most {MOST:,} characters, this one {len(text):,}", MOST)
    reader = Reader(text)
    reader.take("Rules")
    reader.take("=")
    reader.take("[")
    found = [reader.rule()]
    while reader.next == ",":
        reader.take(",")
        found.append(reader.rule())
    reader.take("]")
    reader.end()
    return found


def rule(text: str) -> AnyRule:
    """One rule.

    Raises:
        DqdlError: as `ruleset`.
    """
    reader = Reader(text)
    found = reader.rule()
    reader.end()
    return found
