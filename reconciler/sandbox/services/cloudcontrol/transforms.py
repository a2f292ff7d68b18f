"""Values as AWS rewrites them: the plain forms of a schema's `propertyTransform`.

A transform is JSONata with alternatives. What this does not read is left as it was given; AWS
shows one of the alternatives, and here it is the first.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from reconciler.sandbox.services.cloudcontrol import paths
from reconciler.sandbox.services.cloudcontrol.paths import Json
from reconciler.sandbox.services.cloudcontrol.schema import Kind

_CALL = re.compile(r"\s*\$(?P<name>lowercase|uppercase|string|number|trim)\((?P<of>[\w.]+)\)\s*")
_JOIN = re.compile(
    r"\s*\$join\(\s*\[?\s*(?P<of>[\w.]+)\s*,\s*[\"'](?P<tail>[^\"']*)[\"']\s*\]?\s*\)\s*"
)
_TAIL = re.compile(r"\s*(?P<of>[\w.]+)\s*&\s*[\"'](?P<tail>[^\"']*)[\"']\s*")


def apply(kind: Kind, found: dict[str, Json]) -> None:
    """Rewrite what a reading has, where the type has transforms."""
    for path, expression in kind.facts.transforms.items():
        rewrite = _read(str(expression).split("$OR")[0], path[-1])
        if rewrite is None:
            continue
        for holder in paths.holders(found, path):
            value = holder.get(path[-1])
            if isinstance(value, str):
                holder[path[-1]] = rewrite(value)


def _read(expression: str, own: str) -> Callable[[str], Json] | None:
    """What an expression does to the property that it is for; none where it is not read."""
    if (found := _CALL.fullmatch(expression)) and _is(found["of"], own):
        return _CALLS[found["name"]]
    for form in (_JOIN, _TAIL):
        if (found := form.fullmatch(expression)) and _is(found["of"], own):
            tail = found["tail"]
            return lambda text: text if text.endswith(tail) else text + tail
    return None


def _is(reference: str, own: str) -> bool:
    return reference.rpartition(".")[2] == own


def _number(text: str) -> Json:
    try:
        return int(text)
    except ValueError:
        return text


_CALLS: dict[str, Callable[[str], Json]] = {
    "lowercase": str.lower,
    "uppercase": str.upper,
    "string": str,
    "trim": str.strip,
    "number": _number,
}
