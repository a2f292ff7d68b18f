"""An inference experiment edits its endpoint while it runs, so nothing else may have that one.

Source: SageMaker API reference, CreateInferenceExperiment, ShadowModelVariantConfig; developer
guide, "Shadow tests".
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.address import Address
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, Path, Ref
from reconciler.policy.api import Rule, register

TYPE, ENDPOINT = "AWS::SageMaker::InferenceExperiment", "AWS::SageMaker::Endpoint"
CODE = Code(
    "GRAPH061",
    "experiment that cannot run",
    "An inference experiment puts its shadow into the configuration of its endpoint, and takes it"
    " out again. A rollout has that configuration too, so each would undo the other; and SageMaker"
    " takes a shadow beside exactly one production variant, with a whole share of 1 to 100 %.",
    "Use `strategy: {shadow: …}` in the Rollout of the endpoint; end a test or a canary before.",
)
_ALL = 100


def check(graph: Graph) -> Iterator[Diagnostic]:
    """One finding for each thing that is in the way of an experiment."""
    for node in graph:
        if node.address.type == TYPE:
            for path, said in (*_endpoint(node, graph), *_shares(node)):
                line = node.origin.line_of(path) if node.origin else None
                yield Diagnostic(CODE.code, said, line, CODE.fix, address=node.address)


def _endpoint(node: Node, graph: Graph) -> Iterator[tuple[Path, str]]:
    said = node.props.get("EndpointName")
    at = said.target if isinstance(said, Ref) else Address(ENDPOINT, str(said))
    endpoint = graph.nodes.get(at)
    if endpoint is None:
        return
    owner = endpoint.origin.spec if endpoint.origin else ""
    if owner.startswith("Rollout/"):
        text = f"endpoint {at.name!r} belongs to {owner}, which would undo what the experiment does"
        yield ("EndpointName",), text
    config = endpoint.props.get("EndpointConfigName")
    found = graph.nodes.get(config.target) if isinstance(config, Ref) else None
    variants = found.props.get("ProductionVariants") or () if found is not None else ()
    if len(variants) > 1:
        names = ", ".join(str(each.get("VariantName")) for each in variants)
        yield ("EndpointName",), f"endpoint {at.name!r} has the production variants {names}"


def _shares(node: Node) -> Iterator[tuple[Path, str]]:
    config = node.props.get("ShadowModeConfig")
    shadows: Json = config.get("ShadowModelVariants") if isinstance(config, dict) else ()
    for index, each in enumerate(shadows or ()):
        share = each.get("SamplingPercentage")
        if not isinstance(share, int) or isinstance(share, bool) or not 0 < share <= _ALL:
            path = ("ShadowModeConfig", "ShadowModelVariants", str(index), "SamplingPercentage")
            yield path, f"a shadow gets a whole share of 1 to 100 %, here {share}"


register(Rule(CODE, check))
