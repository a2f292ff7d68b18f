"""The intrinsic functions ``States.*``.

Source: developer guide, "Intrinsic functions for JSONPath states in Step Functions".
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import random
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from reconciler.facts.asl import QueryError, path

FAILED = "States.IntrinsicFailure"
NESTED = 10
"""How deep calls may be nested."""
TEXT = 10_000
"""The longest text, in characters, that hashes and Base64 take."""
_CALL = re.compile(r"\s*(States\.[A-Za-z0-9]+)\s*\(")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?")
_ALGORITHMS = {"MD5": "md5", "SHA-1": "sha1", "SHA-256": "sha256", "SHA-384": "sha384",
               "SHA-512": "sha512"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Called:
    """A call: its name, and values, paths (`path.Query` texts in `At`) or further calls."""

    name: str
    given: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class At:
    """A path as an argument."""

    text: str


def is_call(text: str) -> bool:
    """Whether a text is meant as an intrinsic."""
    return text.startswith("States.")


@lru_cache(maxsize=4096)
def parse(text: str) -> Called:
    """The call in a text.

    Raises:
        ValueError: it is none, or of a function that there is not, or nested too deep.
    """
    found, end = _call(text, 0, 1)
    if text[end:].strip():
        raise ValueError(f"{text!r} has {text[end:]!r} after its last bracket")
    return found


def _call(text: str, at: int, depth: int) -> tuple[Called, int]:
    begun = _CALL.match(text, at)
    if begun is None:
        raise ValueError(f"{text!r} is no intrinsic function")
    name = begun[1]
    if name not in FUNCTIONS:
        raise ValueError(f"there is no intrinsic function {name}")
    if depth > NESTED:
        raise ValueError(f"{text!r} is nested more than {NESTED} deep")
    at, given = begun.end(), []
    while True:
        at = _space(text, at)
        if text.startswith(")", at):
            break
        value, at = _argument(text, at, depth)
        given.append(value)
        at = _space(text, at)
        if text.startswith(",", at):
            at += 1
        elif not text.startswith(")", at):
            raise ValueError(f"{text!r}: a comma or a bracket is missing at {at}")
    least, most = COUNTS[name]
    if not least <= len(given) <= most:
        raise ValueError(f"{name} does not take {len(given)} arguments")
    return Called(name, tuple(given)), at + 1


def _space(text: str, at: int) -> int:
    while text[at : at + 1].isspace():
        at += 1
    return at


def _argument(text: str, at: int, depth: int) -> tuple[Any, int]:
    if text.startswith("'", at):
        end = at + 1
        while end < len(text) and text[end] != "'":
            end += 2 if text[end] == "\\" else 1
        if end >= len(text):
            raise ValueError(f"{text!r}: a quote is not closed")
        return ("text", text[at + 1 : end]), end + 1
    if text.startswith("$", at):
        end, brackets, quote = at, 0, ""
        while end < len(text):
            char = text[end]
            if quote:
                quote = "" if char == quote else quote
            elif char in "'\"":
                quote = char
            elif char in "[(":
                brackets += 1
            elif char in "])" and brackets:
                brackets -= 1
            elif char in ",)" and not brackets:
                break
            end += 1
        found = text[at:end].strip()
        path.parse(found)
        return At(found), end
    for word, value in (("null", None), ("true", True), ("false", False)):
        if text.startswith(word, at):
            return ("value", value), at + len(word)
    if number := _NUMBER.match(text, at):
        return ("value", json.loads(number.group())), number.end()
    return _call(text, at, depth + 1)


def evaluate(
    text: str,
    data: Any,
    context: Any = None,
    variables: Mapping[str, Any] | None = None,
) -> Any:  # noqa: ANN401
    """What an intrinsic gives.

    Raises:
        QueryError: it cannot be computed.
    """
    try:
        call = parse(text)
    except ValueError as mistake:
        raise QueryError("States.Runtime", str(mistake)) from None
    return _value(call, data, context, variables)


def _value(call: Called, data: Any, context: Any, variables: Any) -> Any:  # noqa: ANN401
    given = []
    for each in call.given:
        if isinstance(each, At):
            given.append(path.find(each.text, data, context, variables))
        elif isinstance(each, Called):
            given.append(_value(each, data, context, variables))
        else:
            kind, value = each
            raw = call.name == "States.Format" and each is call.given[0]
            given.append(value if kind == "value" or raw else re.sub(r"\\(.)", r"\1", value))
    try:
        return FUNCTIONS[call.name](*given)
    except (TypeError, ValueError, KeyError, IndexError, AttributeError) as mistake:
        raise QueryError(FAILED, f"{call.name}: {mistake}") from None


def _format(template: str, *given: Any) -> str:  # noqa: ANN401
    parts = re.split(r"(\\.|\{\})", template)
    if parts.count("{}") != len(given):
        raise ValueError(f"{parts.count('{}')} places for {len(given)} values")
    rest = iter(given)
    return "".join(
        _shown(next(rest)) if part == "{}" else part[1:] if part[:1] == "\\" else part
        for part in parts
    )


def _shown(value: Any) -> str:  # noqa: ANN401
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def _text(value: Any) -> str:  # noqa: ANN401
    if not isinstance(value, str):
        raise TypeError(f"{value!r} is no text")
    if len(value) > TEXT:
        raise ValueError(f"a text of {len(value)} characters is longer than {TEXT}")
    return value


def _list(value: Any) -> list[Any]:  # noqa: ANN401
    if not isinstance(value, list):
        raise TypeError(f"{value!r} is no array")
    return value


def _whole(value: Any) -> int:  # noqa: ANN401
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return round(value)


def _partition(value: Any, size: Any) -> list[list[Any]]:  # noqa: ANN401
    number = _whole(size)
    if number < 1:
        raise ValueError(f"a chunk cannot have {number} members")
    items = _list(value)
    return [items[at : at + number] for at in range(0, len(items), number)]


def _range(first: Any, last: Any, step: Any) -> list[int]:  # noqa: ANN401
    start, end, by = _whole(first), _whole(last), _whole(step)
    if by == 0:
        raise ValueError("the step is zero")
    found = [*range(start, end + (1 if by > 0 else -1), by)]
    if len(found) > 1000:  # noqa: PLR2004  (the most that the guide allows)
        raise ValueError(f"a range of {len(found)} members is longer than 1000")
    return found


def _unique(value: Any) -> list[Any]:  # noqa: ANN401
    seen = {json.dumps(each, sort_keys=True): each for each in reversed(_list(value))}
    return [seen[key] for key in dict.fromkeys(json.dumps(it, sort_keys=True) for it in value)]


def _decoded(value: Any) -> str:  # noqa: ANN401
    try:
        return base64.b64decode(_text(value), validate=True).decode()
    except (binascii.Error, UnicodeDecodeError) as mistake:
        raise ValueError(str(mistake)) from None


def _hash(value: Any, algorithm: str) -> str:  # noqa: ANN401
    return hashlib.new(_ALGORITHMS[algorithm], _text(_shown(value)).encode()).hexdigest()


def _merged(one: Any, two: Any, deep: Any) -> dict[str, Any]:  # noqa: ANN401
    if deep is not False:
        raise ValueError("only a shallow merge (false) is supported")
    if not isinstance(one, dict) or not isinstance(two, dict):
        raise TypeError("both must be objects")
    return {**one, **two}


def _random(first: Any, last: Any, seed: Any = None) -> int:  # noqa: ANN401
    chosen = random.Random(seed) if seed is not None else random.Random()  # noqa: S311
    return chosen.randrange(_whole(first), _whole(last))


def _split(value: Any, sign: Any) -> list[str]:  # noqa: ANN401
    return [each for each in re.split(f"[{re.escape(_text(sign))}]", _text(value)) if each]


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "States.Format": _format,
    "States.StringToJson": lambda value: json.loads(value),
    "States.JsonToString": lambda value: json.dumps(value, separators=(",", ":")),
    "States.Array": lambda *given: [*given],
    "States.ArrayPartition": _partition,
    "States.ArrayContains": lambda items, value: value in _list(items),
    "States.ArrayRange": _range,
    "States.ArrayGetItem": lambda items, at: _list(items)[_whole(at)],
    "States.ArrayLength": lambda items: len(_list(items)),
    "States.ArrayUnique": _unique,
    "States.Base64Encode": lambda value: base64.b64encode(_text(value).encode()).decode(),
    "States.Base64Decode": _decoded,
    "States.Hash": _hash,
    "States.JsonMerge": _merged,
    "States.MathRandom": _random,
    "States.MathAdd": lambda one, two: _whole(one) + _whole(two),
    "States.StringSplit": _split,
    "States.UUID": lambda: str(uuid.uuid4()),
}
ANY = 1 << 30
COUNTS = {
    "States.Format": (1, ANY), "States.StringToJson": (1, 1), "States.JsonToString": (1, 1),
    "States.Array": (0, ANY), "States.ArrayPartition": (2, 2), "States.ArrayContains": (2, 2),
    "States.ArrayRange": (3, 3), "States.ArrayGetItem": (2, 2), "States.ArrayLength": (1, 1),
    "States.ArrayUnique": (1, 1), "States.Base64Encode": (1, 1), "States.Base64Decode": (1, 1),
    "States.Hash": (2, 2), "States.JsonMerge": (3, 3), "States.MathRandom": (2, 3),
    "States.MathAdd": (2, 2), "States.StringSplit": (2, 2), "States.UUID": (0, 0),
}  # fmt: skip
"""The least and the most arguments of each."""
