"""Names that specs state and the delivered roles do not know."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from reconciler.delivery.names import ROLES
from reconciler.disk import read
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.specs.encoding import MAX_BYTES

if TYPE_CHECKING:
    from reconciler.model.graph import Graph
    from reconciler.model.value import Json
    from reconciler.specs.overlay import EnvironmentView

CODE = "DELIVERY009"


def unknown(graph: Graph, view: EnvironmentView) -> Iterator[Diagnostic]:
    """What the template of roles in this folder, if there is one, lacks for an environment."""
    if view.spec.sandbox or not Path(ROLES).is_file():
        return
    from reconciler.delivery import stated  # noqa: PLC0415 - most projects have no such name

    names = stated.stated(graph, f"{view.platform}-{view.name}-")
    lacks = stated.lacking(_template(), view.name, view.platform, graph, names) if names else ()
    for each in lacks:
        text = f"the apply role in {ROLES} may not change {str(each.address)!r}"
        help_ = f"write {ROLES} anew with `moorline ci init` and deploy it, or leave the name out"
        yield Diagnostic(CODE, text, each.at, help_, Severity.WARNING, address=each.address)


def _template() -> Json:
    """What the template holds; nothing where it is no YAML, or has words that we do not write."""
    import yaml  # noqa: PLC0415

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        text = read.whole(Path(ROLES), within=Path(), most=MAX_BYTES)
        return yaml.load(text, Loader=loader)  # noqa: S506 - a safe one, in C where there is one
    except (OSError, yaml.YAMLError, UnicodeDecodeError):
        return None
