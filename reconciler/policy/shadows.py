"""A shadow variant stands beside exactly one production variant, where SageMaker has shadows.

Source: SageMaker API reference, CreateEndpointConfig, `ShadowProductionVariants`; developer guide,
"Shadow variants", exclusions (AWS_FACTS 1.2, 1.6).
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, Path, Ref
from reconciler.policy.api import Rule, register

TYPE = "AWS::SageMaker::EndpointConfig"
SHADOWS, VARIANTS = "ShadowProductionVariants", "ProductionVariants"
CODE = Code(
    "GRAPH060",
    "shadow that cannot be",
    "Where an endpoint has a shadow, SageMaker takes exactly one production and one shadow variant,"
    " of a model with one container, on instances that are always on, and not on Inf1.",
    "Keep one variant and one shadow; a test or a canary ends before a shadow starts.",
)


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each thing that is in the way of a shadow."""
    for node in graph:
        if node.address.type == TYPE and node.props.get(SHADOWS):
            for path, said in _wrong(node, graph):
                line = node.origin.line_of(path) if node.origin else None
                yield Diagnostic(CODE.code, said, line, CODE.fix, address=node.address)


def _wrong(node: Node, graph: Graph) -> Iterator[tuple[Path, str]]:
    shadows, variants = _listed(node, SHADOWS), _listed(node, VARIANTS)
    for key, each, what in ((SHADOWS, shadows, "shadow"), (VARIANTS, variants, "production")):
        if len(each) != 1:
            names = ", ".join(str(it.get("VariantName")) for it in each)
            text = f"exactly one {what} variant goes with a shadow, here are {len(each)}: {names}"
            yield (key,), text
    if node.props.get("AsyncInferenceConfig"):
        yield ("AsyncInferenceConfig",), "an asynchronous endpoint has no shadow variants"
    for key, found in ((SHADOWS, shadows), (VARIANTS, variants)):
        for index, variant in enumerate(found):
            for name, said in _variant(variant, graph):
                told = f"variant {variant.get('VariantName')!r} {said}"
                yield (key, str(index), name), told


def _variant(variant: Json, graph: Graph) -> Iterator[tuple[str, str]]:
    if variant.get("ServerlessConfig"):
        yield "ServerlessConfig", "is serverless, and has no shadow"
    if str(variant.get("InstanceType", "")).startswith("ml.inf1."):
        yield "InstanceType", "is on Inf1, where SageMaker has no shadows"
    reference = variant.get("ModelName")
    model = graph.nodes.get(reference.target) if isinstance(reference, Ref) else None
    if model is None:
        return
    containers = [*(model.props.get("Containers") or ())]
    if len(containers) > 1:
        yield "ModelName", f"serves {len(containers)} containers, and a shadow is of one"
    parts = [*containers, model.props.get("PrimaryContainer") or {}]
    if any(each.get("Mode") == "MultiModel" for each in parts):
        yield "ModelName", "serves many models, and has no shadow"


def _listed(node: Node, key: str) -> list[Json]:
    found = node.props.get(key)
    return [*found] if isinstance(found, list | tuple) else []


register(Rule(CODE, check))
