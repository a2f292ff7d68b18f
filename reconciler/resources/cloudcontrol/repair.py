"""What AWS reads and would not take back: found before a patch is sent, and removed by it. Pure.

Empty lists, objects and texts that nobody declared; both halves of an either-or of which one was
declared. What cannot be mended names the place that is in the way.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from reconciler.facts import Facts, facts
from reconciler.model.secret import Secret
from reconciler.model.value import Hidden, Join, Json, JsonText, Mark, Path, Props, Ref
from reconciler.resources.cloudcontrol.paths import covered, value, without
from reconciler.resources.whole import empty

TWINS: tuple[tuple[str, str], ...] = (("SearchString", "SearchStringBase64"),)
"""Members of one object of which AWS answers both and takes one, beyond what schemas say. Source:
AWS WAF API reference, ByteMatchStatement; seen on WebACL and RuleGroup."""
ROUNDS = 50


class Remove(NamedTuple):
    """One place to be removed; inside a declared list, the list to be sent `instead`."""

    path: Path
    instead: Path = ()


class Unrepairable(Exception):
    """What AWS reads does not fit its own schema at a place, and nothing can be removed there."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(
            f"AWS's own reading of {'.'.join(path) or 'the resource'} does not fit: {why}"
        )
        self.path = path


def repaired(
    operations: Iterable[Mapping[str, Json]], want: Props, model: Props, about: Facts
) -> list[Remove]:
    """What must go for AWS to take what it reads, with the operations applied to it.

    Raises:
        Unrepairable: something is wrong in it that was not declared, and cannot be removed.
    """
    whole = applied(operations, _plain(without(model, about.read_only)))
    removes: list[Remove] = []
    for _ in range(ROUNDS):
        found = next(_wrong(whole, want, about), None)
        if found is None:
            return removes
        path, why = found
        if not path:
            raise Unrepairable((), why)
        remove = _removal(path, whole, want)
        if remove in removes:
            raise Unrepairable(path, why)
        removes.append(remove)
        whole = _set(whole, remove.instead, want) if remove.instead else _gone(whole, remove.path)
    raise Unrepairable((), "too much of it")


def applied(operations: Iterable[Mapping[str, Json]], model: Json) -> Json:
    """A document with the operations carried out; marks stand for values that are not known."""
    whole = copy.deepcopy(model)
    for each in operations:
        names = [p.replace("~1", "/").replace("~0", "~") for p in each["path"].split("/")[1:]]
        here: Any = whole
        for name in names[:-1]:
            here = here[int(name)] if isinstance(here, list) else here.setdefault(name, {})
        if each["op"] == "add":
            here[names[-1]] = _plain(each["value"])
        elif isinstance(here, dict):
            here.pop(names[-1], None)
    return whole


def _removal(path: Path, whole: Json, want: Props) -> Remove:
    """A list is never changed by number: AWS may have another order when it reads."""
    for n in range(1, len(path)):
        if isinstance(_reach(whole, path[:n]), list):
            return Remove(path, path[:n]) if value(want, path[:n]) is not None else Remove(path[:n])
    return Remove(path)


def _wrong(whole: Json, want: Props, about: Facts) -> Iterator[tuple[Path, str]]:
    """Places that AWS put there and that its schema, or the service, does not take back."""
    yield from _twins(whole, want, ())
    for error in _validator(about.type).iter_errors(whole):
        yield from _culprits(error, whole, want, about)


def _culprits(error: Any, whole: Json, want: Props, about: Facts) -> Iterator[tuple[Path, str]]:  # noqa: ANN401 - jsonschema's
    """What to remove because of one fault. Another one may come of a schema newer than ours."""
    path = tuple(str(part) for part in error.absolute_path)
    why = f"{error.validator} of its schema"
    here = _reach(whole, path)
    if empty(here) and path and not _declared(path, want):
        yield path, why
    elif error.validator == "required":
        _needs(error, path, want, about)
    elif error.validator in _EITHER and isinstance(here, Mapping):
        alone = _validator(about.type).evolve(schema={error.validator: error.validator_value})
        own = [name for name in sorted(here) if not _declared((*path, name), want)]
        for name in own:
            if alone.is_valid({key: item for key, item in here.items() if key != name}):
                yield (*path, name), why
                return
        if own and error.validator == "oneOf":
            raise Unrepairable(path, why)


def _needs(error: Any, path: Path, want: Props, about: Facts) -> None:  # noqa: ANN401 - jsonschema's
    """A property that AWS needs in every update, and cannot read.

    Raises:
        Unrepairable: no spec has it either, or it cannot be sent in an update.
    """
    for name in error.validator_value:
        at = (*path, name)
        if name in (error.instance or {}) or not _hidden(at, about):
            continue
        why = "AWS needs it in every update, cannot read it, and no spec has it"
        if _declared(at, want):
            why = "AWS needs it in every update, cannot read it, and takes it only when it is made"
        raise Unrepairable(at, why)


_EITHER = frozenset({"anyOf", "not", "oneOf"})


def _hidden(path: Path, about: Facts) -> bool:
    bare = tuple(part for part in path if not part.isdecimal())
    return covered(bare, about.write_only) or any(
        each[: len(bare)] == bare for each in about.write_only
    )


def _twins(tree: Json, want: Json, at: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(tree, Mapping):
        for pair in TWINS:
            if set(pair) <= set(tree):
                declared = [name for name in pair if isinstance(want, Mapping) and name in want]
                if len(declared) < len(pair):
                    other = pair[1] if pair[0] in declared or not declared else pair[0]
                    yield (*at, other), "AWS takes one of two and answers both"
        for key, item in tree.items():
            inner = want.get(key) if isinstance(want, Mapping) else None
            yield from _twins(item, inner, (*at, key))
    elif isinstance(tree, list):
        for index, item in enumerate(tree):
            inner = want[index] if isinstance(want, list | tuple) and index < len(want) else None
            yield from _twins(item, inner, (*at, str(index)))


def _declared(path: Path, want: Props) -> bool:
    return _reach(want, path) is not None


def _reach(tree: Json, path: Path) -> Json:
    for part in path:
        if isinstance(tree, Mapping):
            tree = tree.get(part)
        elif isinstance(tree, list | tuple) and part.isdecimal() and int(part) < len(tree):
            tree = tree[int(part)]
        else:
            return None
    return tree


def _gone(tree: Json, path: Path) -> Json:
    whole = copy.deepcopy(tree)
    here = _reach(whole, path[:-1])
    if isinstance(here, dict):
        here.pop(path[-1], None)
    return whole


def _set(tree: Json, path: Path, want: Props) -> Json:
    whole = copy.deepcopy(tree)
    _reach(whole, path[:-1])[path[-1]] = _plain(value(want, path))
    return whole


UNKNOWN_TEXT = "\0"
"""Stands for a value that is known later: it breaks no rule but those of its own text."""


_MARKS = (Ref, Join, JsonText, Mark, Hidden, Secret)


def _plain(tree: Json) -> Json:
    """A document as JSON; a mark becomes a text of which nothing is judged."""
    if isinstance(tree, Mapping):
        return {key: _plain(item) for key, item in tree.items()}
    if isinstance(tree, list | tuple):
        return [_plain(item) for item in tree]
    return UNKNOWN_TEXT if isinstance(tree, _MARKS) else tree


@cache
def _validator(type_: str) -> Any:  # noqa: ANN401 - jsonschema's
    from jsonschema import Draft7Validator  # noqa: PLC0415 - only for what is updated

    return Draft7Validator(_usable(facts(type_).schema))


def _usable(schema: Json) -> Json:
    """A schema without the patterns that Python cannot read, which count as absent."""
    if isinstance(schema, Mapping):
        return {
            key: _usable(item)
            for key, item in schema.items()
            if key not in {"pattern", "patternProperties"} or _compiles(item)
        }
    if isinstance(schema, list | tuple):
        return [_usable(item) for item in schema]
    return schema


def _compiles(patterns: Json) -> bool:
    try:
        for each in [patterns] if isinstance(patterns, str) else list(patterns):
            re.compile(each)
    except (re.error, TypeError):
        return False
    return True
