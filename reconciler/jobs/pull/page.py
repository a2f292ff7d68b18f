"""An answer as a page: whether it is one, and as declared.

What a machine asks of a page by its states, in the same order; see the kind's `pull/look.py`.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from .call import Answer, fault

Json = Any
MISSING = object()
PLACE = 16_384
"""Characters of what leads to the next page."""
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\['([^']+)'\]|\[([0-9]+)\]")
_TYPES: Mapping[str, tuple[type, ...]] = {
    **dict.fromkeys(("string", "char", "varchar"), (str,)),
    **dict.fromkeys(("tinyint", "smallint", "int", "integer", "bigint"), (int, float)),
    **dict.fromkeys(("float", "double", "decimal"), (int, float)),
    "boolean": (bool,),
}


def at(value: Json, path: str) -> Json:
    """What is at a place in an answer, or `MISSING`."""
    for name, quoted, index in _STEP.findall(path):
        if index:
            there = isinstance(value, list) and int(index) < len(value)
            value = value[int(index)] if there else MISSING
        else:
            value = value.get(name or quoted, MISSING) if isinstance(value, dict) else MISSING
    return value


def read(answer: Answer) -> Json:
    """The JSON of an answer, or `MISSING` where it is none."""
    if "json" not in answer.type.lower():
        return MISSING
    try:
        return json.loads(answer.body.decode(), parse_constant=_no_number)
    except (ValueError, RecursionError):
        return MISSING


def _no_number(text: str) -> Json:
    raise ValueError(text)


def complain(page: Json, partial: str) -> None:
    """See to errors of GraphQL, which come with status 200.

    Raises:
        FaultError: there are some, and no data that would be landed with them.
    """
    errors = at(page, "$.errors")
    if not partial or not isinstance(errors, list) or not errors:
        return
    if partial == "land" and at(page, "$.data") not in (None, MISSING):
        return
    text = at(errors[0], "$.message")
    said = text if isinstance(text, str) else "the answer has errors and no message"
    raise fault("Moorline.GraphQLErrors", said)


def wrong(page: Json, event: Mapping[str, Json]) -> Iterator[str]:
    """What is not as declared in a page."""
    items = at(page, event["items"])
    if not isinstance(items, list):
        yield f"a list at {event['items']}"
        return
    for name, type_ in event["columns"]:
        first = items[0].get(name) if items and isinstance(items[0], dict) else None
        types = _TYPES.get(type_.partition("(")[0].strip().lower(), ())
        fits = isinstance(first, types) and (bool in types or not isinstance(first, bool))
        if not all(isinstance(each, dict) and name in each for each in items):
            yield f"{name} in each record"
        elif types and first is not None and not fits:
            yield f"{name} as {type_}"
    for name, path in event["wants"].items():
        found = at(page, path)
        number = isinstance(found, int | float) and not isinstance(found, bool)
        if isinstance(found, dict | list) or len(str(found)) > PLACE:
            yield f"one value at {path}"
        elif name in event["must"] and not number:
            yield f"a number at {path}"
