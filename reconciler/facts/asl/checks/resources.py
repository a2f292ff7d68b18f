"""Resources of Tasks: integrations that there are, and tokens that somebody gets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.facts.asl import Unknown
from reconciler.facts.asl.checks import Fault
from reconciler.facts.asl.integrations import TOKEN, direct, integration
from reconciler.facts.asl.template import queries
from reconciler.facts.asl.tree import language, states

ORDER = 40
GIVEN = "$$.Task.Token"


def find(definition: Mapping[str, Any]) -> Iterator[Fault]:
    """Faults of what Tasks name."""
    for at, state in states(definition):
        resource = state.get("Resource")
        if state.get("Type") != "Task" or not isinstance(resource, str):
            continue
        if isinstance(resource, Unknown) or resource.startswith("${") or direct(resource):
            continue
        try:
            what = integration(resource)
        except ValueError as mistake:
            yield Fault((*at, "Resource"), str(mistake))
            continue
        if what.pattern == TOKEN and language(definition, at) != "JSONata":
            told = [text for _, text in queries(state.get("Parameters")) if GIVEN in str(text)]
            if not told:
                text = f"nobody gets the token: no parameter has {GIVEN}, so it waits for ever"
                yield Fault((*at, "Parameters"), text, refused=False)
