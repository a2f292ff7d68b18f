"""Specs and an environment in, findings and a graph out, as `moorline validate` has them."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.compile import check, compiler
from reconciler.kinds.api import Lookup
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph
from reconciler.model.value import Json
from reconciler.specs import overlay
from reconciler.specs.source import parse

DATA = ("DataSource", "data", "{s3: {}}")
Spec = tuple[str, str, str]


def document(kind: str, name: str, spec: str, owner: str = "ml", tags: str = "{}") -> str:
    return (
        f"apiVersion: moorline/v1\nkind: {kind}\n"
        f"metadata: {{name: {name}, owner: {owner}, description: A spec.,"
        f" tags: {tags}}}\nspec: {spec}\n"
    )


def compiled(
    *specs: Spec,
    region: str = "eu-west-1",
    owner: str = "ml",
    tags: str = "{}",
    more: str = "",
    facts: Mapping[Lookup, Json] | None = None,
) -> tuple[Graph, list[Diagnostic]]:
    """The graph of a platform, and all that is found in it; `more` goes into the environment."""
    place = f'{{platform: shop, account: "123456789012", region: {region}{more}}}'
    texts = [document("Environment", "dev", place)]
    texts += [document(*each, owner, tags) for each in specs]
    documents = parse("---\n".join(texts), "specs.yaml").documents
    view, found = overlay.resolve(documents, "dev")
    assert view is not None, found
    read, more_found = compiler.read(documents, view)
    graph, problems = compiler.build(read, view, facts)
    return graph, [*found, *more_found, *problems, *check.problems(graph)]


def codes(found: list[Diagnostic]) -> list[str]:
    return [each.code for each in found]
