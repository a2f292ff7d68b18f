"""Values in the notations that AWS is known to use for one and the same. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

import orjson

from reconciler.model.value import Json, JsonText, Path, canonical
from reconciler.resources import policy


def equal(want: Json, have: Json) -> bool:
    """Whether two scalars are one; a number or boolean may be written as a text."""
    if isinstance(want, bool) or isinstance(have, bool):
        return want is have or _plain(want) == _plain(have)
    numbers = isinstance(want, int | float) and isinstance(have, int | float)
    if numbers:
        return math.isclose(want, have, rel_tol=1e-9)
    return bool(want == have) or (type(want) is not type(have) and _plain(want) == _plain(have))


def _plain(value: Json) -> Json:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value) if isinstance(value, int | float | str) else value


_TOKEN = re.compile(r"[\w.:/@*+=-]{1,2048}")
_RATE = re.compile(r"rate\((\d+) (minute|hour|day)s?\)")
_MINUTES = {"minute": 1, "hour": 60, "day": 1440}


def rewritten(want: Json, have: Json) -> bool:
    """Whether two texts may be one in two notations that AWS is known to use.

    Case, a dot or slash at the end, space at the ends, the long and the short form of an ARN, a
    version and one of its releases, and a rate in another unit.
    """
    if not (isinstance(want, str) and isinstance(have, str)):
        return False
    if want.strip() == have.strip():
        return True
    if (one := _RATE.fullmatch(want)) and (two := _RATE.fullmatch(have)):
        return int(one[1]) * _MINUTES[one[2]] == int(two[1]) * _MINUTES[two[2]]
    if not (_TOKEN.fullmatch(want) and _TOKEN.fullmatch(have)):
        return False
    if want.rstrip("./").casefold() == have.rstrip("./").casefold():
        return True
    if re.fullmatch(r"\d+(\.\d+)*", want) and have.startswith(f"{want}."):
        return True
    long, short = (want, have) if want.startswith("arn:") else (have, want)
    arn = long.startswith("arn:") and not short.startswith("arn:")
    return arn and long.endswith((f"/{short}", f":{short}"))


def document(value: Json) -> Json:
    """The object or list that a text is, or that a mark stands for; nothing where it is neither."""
    if isinstance(value, JsonText):
        return value.document
    if isinstance(value, Mapping | list | tuple):
        return value
    if not isinstance(value, str) or value.lstrip()[:1] not in {"{", "["}:
        return None
    try:
        found = orjson.loads(value)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, Mapping | list) else None


def is_policy(value: Json) -> bool:
    """Whether a document is a policy: a rule of a firewall has a `Statement` too."""
    said = value.get("Statement") if isinstance(value, Mapping) else None
    items = said if isinstance(said, list | tuple) else [said]
    return any(isinstance(each, Mapping) and "Effect" in each for each in items)


def contained(want: Json, have: Json) -> bool:
    """Whether a document has all that another one says. A policy says all that it allows."""
    if isinstance(want, Mapping) and isinstance(have, Mapping):
        if is_policy(want):
            return canonical(policy.normal(want)) == canonical(policy.normal(have))
        return all(key in have and contained(item, have[key]) for key, item in want.items())
    if isinstance(want, list | tuple) and isinstance(have, list | tuple):
        return len(want) == len(have) and all(map(contained, want, have))
    return equal(want, have)


def ends(tree: Json, at: Path = ()) -> Iterator[Path]:
    """Every place of a document in which a value stands, lists passed through."""
    if isinstance(tree, Mapping) and tree:
        for key, item in tree.items():
            yield from ends(item, (*at, key))
    elif isinstance(tree, list | tuple) and tree:
        for item in tree:
            yield from ends(item, at)
    else:
        yield at
