"""What a change of a property does, with all that is known: registry, corrections, adapter.

`reconciler.facts` answers for AWS from data. Here the type's adapter adds what
it knows better: properties that only it has, and what it does not support.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import orjson

from reconciler.facts.explain import explain_property
from reconciler.model.change import Effect
from reconciler.model.value import Json
from reconciler.resources.api import Resource, lookup

UNSUPPORTED = str(Effect.UNSUPPORTED)


def explain(text: str) -> dict[str, Json]:
    """``property``, ``effect`` and ``why`` for ``AWS::TYPE.Path.To.Property``; never raises."""
    text = text.strip()
    answer = explain_property(text)
    type_, _, path = text.partition(".")
    resource = lookup(type_)
    if resource is None or not path:
        return answer
    return _with_adapter(answer, resource, path.split(".")[0].split("[")[0])


def explain_lines(lines: Iterable[str]) -> Iterator[str]:
    """One JSON object for each line, in the order of the lines."""
    for line in lines:
        yield _encoded(line.strip())


@lru_cache(maxsize=1 << 12)
def _encoded(text: str) -> str:
    try:
        return orjson.dumps(explain(text)).decode()
    except orjson.JSONEncodeError:  # a lone surrogate, which no JSON text can hold
        return _encoded(text.encode("utf-8", "replace").decode())


def _with_adapter(answer: dict[str, Json], resource: Resource, prop: str) -> dict[str, Json]:
    if answer["effect"] == UNSUPPORTED:
        ours = {companion.prop: companion.type for companion in resource.companions}
        if prop in ours:
            why = f"adapter: kept with the resource; CloudFormation has it as {ours[prop]}"
            return {**answer, "effect": str(Effect.IN_PLACE), "why": why}
        return answer
    if resource.effects.get(prop) is Effect.UNSUPPORTED:
        return {**answer, "why": f"{answer['why']}; Moorline's adapter cannot set it yet"}
    return answer
