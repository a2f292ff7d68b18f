"""What a change of a property does, with all that is known: registry, corrections, adapter.

`reconciler.facts` answers for AWS from data. Here the type's adapter adds what
it knows better: properties that only it has, and what it does not support.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import orjson

from reconciler.facts import facts
from reconciler.facts.availability import table
from reconciler.facts.explain import explain_property
from reconciler.model.availability import Status
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
    if not path:
        return {**answer, **_service(type_, resource)} if "identity" in answer else answer
    if resource is None:
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


def _service(type_: str, resource: Resource | None) -> dict[str, Json]:
    """Who makes, reads and deletes a type, what that cannot do, and what is lost with it."""
    if resource is None:
        lacks = sorted({"create", "read", "delete"} - facts(type_).handlers.keys())
        said = f"nothing: AWS's handlers cannot {' or '.join(lacks)} it"
        return {"servedBy": said, "limits": [*_closed(type_)], "holds": "", "outputs": []}
    own = resource.generic is None
    said = "an adapter of Moorline" if own else "AWS's handlers, through Cloud Control"
    declared = resource.generic is None or resource.generic.declared
    held = resource.holds or ("" if declared else "records, where its spec does not say otherwise")
    limits = [*_closed(type_), *(resource.generic.says if resource.generic else ())]
    named = (resource.outputs, resource.created, resource.predict, resource.named)
    outputs = sorted({name for each in named for name in each})
    return {"servedBy": said, "limits": limits, "holds": held, "outputs": outputs}


_STANDS = {
    Status.MAINTENANCE: "takes nobody new since {since}",
    Status.SUNSET: "takes nobody new since {since}, and ends after {until}",
    Status.SHUTDOWN: "has ended on {since}",
}


def _closed(type_: str) -> Iterator[str]:
    """What AWS has closed that a type is all of, with the day of the table."""
    known = table()
    for row in known.rows.values():
        if row.owns(type_) and row.status in _STANDS:
            stands = _STANDS[row.status].format(since=row.since, until=row.until)
            yield f"{row.title} {stands} (table of {known.as_of}): use {row.replacement}"


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
