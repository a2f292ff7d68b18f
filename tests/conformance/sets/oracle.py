"""Does a change of a property update or replace? Compared with Terraform, CloudFormation and AWS.

Four files, any of which may be missing. `tests.conformance.rulings` says what
is expected where their sources disagree.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

from reconciler.facts import change_effect, effect, facts
from reconciler.facts.shape import Shape, children
from reconciler.model.change import Effect
from reconciler.model.value import Json
from tests.conformance.result import Result
from tests.conformance.rulings import Judge, Row, expected, patterns, settled

_WORDS = {
    "update": {Effect.IN_PLACE},
    "replace": {Effect.REPLACE},
    "no change": {Effect.NONE},
    "no_replace": {Effect.NONE, Effect.IN_PLACE},
}


def run(folder: Path) -> Iterator[Result]:
    """All cases of the four files."""
    rulings = list(_rows(folder / "adjudication.csv"))
    judge = Judge(rulings)
    for row in rulings:
        yield from _adjudicated(row)
    for number, row in enumerate(_rows(folder / "attributes.csv"), 2):
        yield _attribute(row, number, judge)
    for number, row in enumerate(_rows(folder / "terraform_tests.csv"), 2):
        yield _terraform(row, number, judge)
    recorded = folder / "cfn_changesets_recorded.json"
    for entry in json.loads(recorded.read_bytes()) if recorded.is_file() else ():
        yield from _change_set(entry)


def _attribute(row: Row, number: int, judge: Judge) -> Result:
    case = f"attributes.csv:{number} {row['cfn_type']} {row['cfn_path']}"
    word, rule = settled(row, judge)
    if not word:
        return Result(case, "skipped", rule)
    return _compared(case, row["cfn_type"], row["cfn_path"], word, rule)


def _terraform(row: Row, number: int, judge: Judge) -> Result:
    case = f"terraform_tests.csv:{number} {row['test']} {row['cfn_type']} {row['cfn_path']}"
    path = row["cfn_path"]
    if not path:
        return Result(case, "skipped", "the Terraform argument has no CloudFormation property")
    if row["evidence"] == "schema_forcenew" and (word := judge.ruling(row["cfn_type"], path)):
        return _transition(case, row, word, "adjudicated")
    return _transition(case, row, row["expected_attr"], row["evidence"])


def _transition(case: str, row: Row, word: str, rule: str) -> Result:
    """Judge what happens to the value: a value may mean the same as its absence."""
    before = None if row["change"] == "added" else _value(row["before"])
    after = None if row["change"] == "removed" else _value(row["after"])
    path = _path(row["cfn_path"])
    verdict = change_effect(row["cfn_type"], path, before, after)
    if word == "update" and verdict.effect is Effect.NONE:
        # Terraform rewrites its state where AWS has nothing to do: judge the property as such.
        verdict = effect(row["cfn_type"], path)
    if row["change"] == "removed" and word == "update" and verdict.effect is Effect.REPLACE:
        word = row["expected_attr"]  # what can be switched on cannot always be switched off
    return _judged(case, verdict.effect, word, f"{rule}; {verdict.why}")


def _adjudicated(row: Row) -> Iterator[Result]:
    word = expected(row)
    for pattern in patterns(row["path"]):
        case = f"adjudication.csv {row['cfn_type']} {row['path']} [{pattern}]"
        paths = _matching(row["cfn_type"], pattern)
        if not paths:
            yield Result(case, "failed", "the type has no such property")
        for path in paths:
            yield _ruled(f"{case} {path}", row, path, word)


def _ruled(case: str, row: Row, path: str, word: str) -> Result:
    name = row["cfn_type"]
    if "absent ->" in row["path"]:
        given = row["path"].partition("->")[2].strip(" )")
        members = facts(name).shape_at(_path(path))
        value = {member: given for member in (members.names if members else ()) if "Type" in member}
        return _judged(case, change_effect(name, _path(path), None, value).effect, word, "absent")
    if "remove" in row["path"] and effect(name, _path(path)).effect is Effect.APPEND_ONLY:
        below = facts(name).shape_at((*_path(path), "*"))
        found = {effect(name, (*_path(path), it)).effect for it in (below.names if below else ())}
        return _judged(case, found.pop() if len(found) == 1 else Effect.UNSUPPORTED, word, "items")
    return _compared(case, name, path, word, "adjudicated")


def _change_set(entry: Json) -> Iterator[Result]:
    for number, detail in enumerate(entry["details"]):
        target = detail["Target"]
        case = (
            f"cfn_changesets_recorded.json {entry['test']} {entry['at']} {entry['type']} {number}"
        )
        if target["Attribute"] != "Properties" or not target.get("Name"):
            yield Result(case, "skipped", "the change is not one of a property")
            continue
        word = {"Never": "update", "Always": "replace"}.get(target["RequiresRecreation"], "")
        if not word:
            yield Result(case, "skipped", "CloudFormation decides when it runs")
            continue
        path = target.get("Path", f"/Properties/{target['Name']}").removeprefix("/Properties/")
        yield _compared(f"{case} {path}", entry["type"], path, word, "recorded")


def _compared(case: str, type_name: str, path: str, word: str, rule: str) -> Result:
    verdict = effect(type_name, _path(path))
    return _judged(case, verdict.effect, word, f"{rule}; {verdict.why}")


def _judged(case: str, found: Effect, word: str, why: str) -> Result:
    if word not in _WORDS:
        return Result(case, "skipped", f"the source says '{word}', which depends on the value")
    if found in _WORDS[word]:
        return Result(case, "passed")
    return Result(case, "failed", f"expected {word}, found {found} ({why})")


def _matching(type_name: str, pattern: str) -> list[str]:
    """The property paths of a type that a pattern with `*` names, or the pattern as it is."""
    if facts(type_name).knows(_path(pattern)) and "*" not in pattern:
        return [pattern]
    about = facts(type_name)
    known = _all_paths(type_name, Shape((), (about.schema,)), 6)
    return [path for path in known if fnmatchcase(path, pattern) or path.endswith(f"/{pattern}")]


def _all_paths(type_name: str, shape: Shape, depth: int) -> Iterator[str]:
    for child in children(facts(type_name).schema, shape):
        yield "/".join(child.path)
        if depth:
            yield from _all_paths(type_name, child, depth - 1)


def _value(text: str) -> Json:
    try:
        return json.loads(text)
    except ValueError:
        return text or None


def _path(text: str) -> tuple[str, ...]:
    return tuple(text.split("/"))


def _rows(file: Path) -> Iterator[Row]:
    if file.is_file():
        with file.open(encoding="utf-8", newline="") as lines:
            yield from csv.DictReader(lines)
