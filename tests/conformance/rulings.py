"""Which answer is expected of a case of the set `oracle`, where its sources disagree.

In this order:

1. all sources agree: their answer;
2. the case is adjudicated: the recommendation;
3. the `api` column: an operation that takes the property means `update`, its
   absence means `replace`; a property by which the update operation finds the
   resource is `replace` whatever operation is named;
4. the documentation and Terraform agree with each other: their answer;
5. otherwise nobody knows.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TypeAlias

from reconciler.facts import facts, known_types

Row: TypeAlias = dict[str, str]
_NO_UPDATE = {"no_update_op", "not_in_update", "identifier"}


class Judge:
    """The recommendations, by type and path."""

    def __init__(self, rulings: list[Row]) -> None:
        """`rulings` are the rows of `adjudication.csv`."""
        self._rulings = [
            (row["cfn_type"], pattern, expected(row))
            for row in rulings
            for pattern in patterns(row["path"])
            if "(" not in row["path"] or "block" in row["path"]
        ]

    def ruling(self, type_name: str, path: str) -> str:
        """The recommended word for a path, or nothing."""
        for ruled_type, pattern, word in self._rulings:
            if ruled_type == type_name and _covers(pattern, path):
                return word
        return ""


def settled(row: Row, judge: Judge) -> tuple[str, str]:
    """The expected word and the rule that settled it; or no word, and why."""
    if row["agree"] == "True":
        return row["tf"], "all sources agree"
    path = row["cfn_path"]
    if word := judge.ruling(row["cfn_type"], path):
        return word, "adjudicated"
    if row["api"] in _NO_UPDATE:
        return "replace", f"api: {row['api']}"
    if row["api"]:
        found = re.search(r"\bUpdate(\w+)", row["api"])
        named = path.rpartition("/")[2] in _names_resource(row["cfn_type"], found)
        return ("replace" if named else "update"), f"api: {row['api']}"
    if row["docs_2025"] == row["tf"]:
        return row["tf"], "documentation and Terraform agree"
    return "", "sources disagree and none names an API operation"


def _names_resource(type_name: str, operation: re.Match[str] | None) -> set[str]:
    """Names of properties by which an Update operation finds its resource.

    The registry's identity, plus the name of the resource or of its parent
    (`TableInput/Name` of a table, `DeviceFleetName` of a device).
    """
    noun = operation[1] if operation else ""
    names = (
        {path[-1] for path in facts(type_name).identity} if type_name in known_types() else set()
    )
    return names | {f"{noun}Name", f"{noun.rstrip('s')}FleetName"}


def expected(row: Row) -> str:
    """The word that a recommendation begins with; `enable: update; disable: refuse` is `update`."""
    found = re.search(r"no change|update|replace", row["recommended"])
    return found[0] if found else row["recommended"]


def patterns(text: str) -> list[str]:
    """`A/B or C (remark)` as `A/B` and `A/C`; `D/E, F` as `D/E` and `F`."""
    bare = re.sub(r"\s*\(.*?\)", "", text)
    parts = [part.strip() for part in re.split(r",|\band\b|\bor\b", bare) if part.strip()]
    parent = parts[0].rpartition("/")[0] if " or " in bare else ""
    return [parts[0], *(f"{parent}/{part}" if parent else part for part in parts[1:])]


def _covers(pattern: str, path: str) -> bool:
    """Whether a pattern names the path, something around it, or a part of its end."""
    anywhere = pattern if pattern.startswith("*") else f"*/{pattern}"
    return path == pattern or fnmatchcase(path, anywhere) or fnmatchcase(f"{path}/", f"{pattern}/*")
