"""RFC 6902 as it stands: six operations, none forgiving. RFC 6901 for the pointers."""

from __future__ import annotations

import json
import re
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from reconciler.sandbox.services.cloudcontrol.failures import Failure, invalid

Json = Any
VALUED = {"add", "replace", "test"}
MOVED = {"move", "copy"}
OPS = {"remove", *VALUED, *MOVED}
_INDEX = re.compile(r"0|[1-9][0-9]*")


@dataclass(slots=True)
class Touched:
    """A path that an operation writes: by schema names, what it was, and what it becomes."""

    names: tuple[str, ...]
    before: Json
    after: Json
    indexed: bool = False
    """Whether it goes through an item of a list."""


@dataclass(slots=True)
class Patched:
    """The document after a patch, and what the patch touched."""

    document: Json
    touched: list[Touched] = field(default_factory=list)


ABSENT = object()


def parsed(text: str) -> list[dict[str, Json]]:
    """The operations of a patch.

    Raises:
        Failure: it is not one.
    """
    try:
        found = json.loads(text)
    except ValueError:
        raise _malformed("it is no JSON") from None
    if not isinstance(found, list):
        raise _malformed("it is no array of operations")
    for each in found:
        if not isinstance(each, dict) or each.get("op") not in OPS:
            raise _malformed(f"an operation is one of {', '.join(sorted(OPS))}")
        if not isinstance(each.get("path"), str):
            raise _malformed("an operation has a path")
        if each["op"] in VALUED and "value" not in each:
            raise _malformed(f"{each['op']} has a value")
        if each["op"] in MOVED and not isinstance(each.get("from"), str):
            raise _malformed(f"{each['op']} has a from")
    return found


def apply(document: Json, operations: list[dict[str, Json]]) -> Patched:
    """The patched document, all of it or nothing.

    Raises:
        Failure: an operation does not fit the document.
    """
    done = Patched(deepcopy(document))
    for each in operations:
        _one(done, each)
    return done


def _one(done: Patched, each: dict[str, Json]) -> None:
    op, path = each["op"], _pointer(each["path"])
    if op == "test":
        if not same(_get(done.document, path, each), each["value"]):
            raise invalid(f"[TEST Operation] value differs from expectation at {each['path']}")
        return
    if op in MOVED:
        start = _pointer(each["from"])
        if op == "move" and path[: len(start)] == start and path != start:
            raise invalid(f"[MOVE Operation] {each['from']} cannot be moved into itself")
        value = deepcopy(_get(done.document, start, {**each, "path": each["from"]}))
        if op == "move":
            _write(done, start, ABSENT, each)
    else:
        value = ABSENT if op == "remove" else deepcopy(each["value"])
    _write(done, path, value, each)


def _write(done: Patched, path: list[str], value: Json, each: dict[str, Json]) -> None:
    """Put a value at a path, or take away what is there, as the operation demands."""
    op = each["op"]
    before = _find(done.document, path)
    if before is ABSENT and (value is ABSENT or op == "replace"):
        raise _no_such(each)
    done.touched.append(_touched(done.document, path, before, value))
    if not path:
        if value is ABSENT:
            raise invalid(f"[{op.upper()} Operation] the whole document cannot be removed")
        done.document = value
        return
    parent, last = _get(done.document, path[:-1], each), path[-1]
    if isinstance(parent, dict):
        if value is ABSENT:
            del parent[last]
        else:
            parent[last] = value
    elif isinstance(parent, list):
        _write_item(parent, last, value, each)
    else:
        raise _no_such(each)


def _write_item(parent: list[Json], last: str, value: Json, each: dict[str, Json]) -> None:
    if value is ABSENT:
        del parent[int(last)]
        return
    if last == "-" and each["op"] != "replace":
        parent.append(value)
        return
    if not _INDEX.fullmatch(last) or int(last) > len(parent):
        raise invalid(f"[{each['op'].upper()} Operation] no such index in target array")
    if each["op"] == "replace":
        parent[int(last)] = value
    else:
        parent.insert(int(last), value)


def _touched(document: Json, path: list[str], before: Json, after: Json) -> Touched:
    """An operation's path by names: an index into a list says nothing to a schema."""
    names, indexed, here = [], False, document
    for step in path:
        if isinstance(here, list):
            indexed = True
            here = _item(here, step)
        else:
            names.append(step)
            here = here.get(step, ABSENT) if isinstance(here, dict) else ABSENT
    blank = (before is ABSENT, after is ABSENT)
    return Touched(tuple(names), None if blank[0] else before, None if blank[1] else after, indexed)


def _pointer(text: str) -> list[str]:
    if text and not text.startswith("/"):
        raise _malformed(f"{text!r} is no JSON pointer")
    return [step.replace("~1", "/").replace("~0", "~") for step in text.split("/")[1:]]


def _item(here: list[Json], step: str) -> Json:
    fits = _INDEX.fullmatch(step) and int(step) < len(here)
    return here[int(step)] if fits else ABSENT


def _find(document: Json, path: list[str]) -> Json:
    here = document
    for step in path:
        if isinstance(here, list):
            here = _item(here, step)
        else:
            here = here.get(step, ABSENT) if isinstance(here, dict) else ABSENT
        if here is ABSENT:
            return ABSENT
    return here


def _get(document: Json, path: list[str], each: dict[str, Json]) -> Json:
    found = _find(document, path)
    if found is ABSENT:
        raise _no_such(each)
    return found


def same(one: Json, other: Json) -> bool:
    """Equal as JSON: truth is no number, and the members of an object have no order."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        pairs = zip(one, other, strict=False)
        return len(one) == len(other) and all(same(a, b) for a, b in pairs)
    return bool(one == other)


def _no_such(each: dict[str, Json]) -> Failure:
    """AWS's words, as people report them; the second slash is AWS's too."""
    return invalid(
        f"[{each['op'].upper()} Operation] noSuchPath in source, path provided : /{each['path']}"
    )


def _malformed(why: str) -> Failure:
    return invalid(f"Invalid patch document: {why}")
