"""One spec of an environment while it is compiled by itself, with few facts. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from reconciler.compile.compiler import Builder
from reconciler.compile.spec import Spec
from reconciler.kinds.api import Lookup, Scope
from reconciler.model.value import Json
from reconciler.specs.overlay import EnvironmentView


def scope_of(
    specs: Iterable[Spec], view: EnvironmentView, id_: str, facts: Mapping[Lookup, Json]
) -> Scope:
    """What one of these specs sees. What others export is as without AWS.

    Raises:
        KeyError: it lacks something that it refers to.
    """
    builder = Builder(specs, view, None)
    scope = builder.scope(builder.specs[id_])
    scope.facts = facts
    return scope
