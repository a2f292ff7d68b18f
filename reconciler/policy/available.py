"""What serves in an environment with `availability: high`: two instances, two zones, an alarm.

SageMaker puts the instances of a variant into several zones once there are two of them, and with a
VPC only into those of its subnets. A variant that gets no traffic by its configuration is one that
a rollout tries: it has the instances of its step. Source: SageMaker developer guide, "Best
practices for deploying models on SageMaker AI hosting services".
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json, Path
from reconciler.policy.alarms import ALARM, ENDPOINT
from reconciler.policy.api import Grounds, Ruled, register
from reconciler.policy.unheard import addressed, deaf

CONFIG, MODEL, TARGET = (
    "AWS::SageMaker::EndpointConfig",
    "AWS::SageMaker::Model",
    "AWS::ApplicationAutoScaling::ScalableTarget",
)
LEAST = 2
FEW = Code(
    "AVAIL001",
    "one instance where two are needed",
    "The environment has `availability: high`, and something of an endpoint may run on fewer than"
    " two instances: while that one is replaced, nothing answers.",
    "Raise `instances`, or the least that an autoscaler leaves; or run it in an environment without"
    " `availability: high`.",
)
ZONE = Code(
    "AVAIL002",
    "one zone where two are needed",
    "The environment has `availability: high`, and the subnets of an endpoint are in one"
    " availability zone: while that zone fails, nothing answers.",
    "Name subnets in two availability zones or more.",
)
UNHEARD = Code(
    "AVAIL003",
    "endpoint that nobody is told of",
    "The environment has `availability: high`, and no alarm on an endpoint tells anybody. Alarms"
    " that roll a deployment back watch new fleets only, and send no messages.",
    "Add a Monitor of the rollout with `subscribers` and an alarm, such as"
    " `{metric: Invocation5XXErrors, above: 1%}`.",
)


def few(graph: Graph, grounds: Grounds) -> Iterator[Diagnostic]:
    """Variants and autoscalers that may come down to one instance, or none."""
    for node in graph if grounds.policy.available else ():
        if node.address.type == TARGET and node.props.get("ServiceNamespace") == "sagemaker":
            for path, least in _floors(node):
                if isinstance(least, int) and least < LEAST:
                    text = f"{node.address.name!r} lets the autoscaler go down to {least}"
                    yield _finding(FEW, text, node, path)
        if node.address.type != CONFIG:
            continue
        for index, variant in enumerate(node.props.get("ProductionVariants") or ()):
            if variant.get("ServerlessConfig") or variant.get("InitialVariantWeight") == 0:
                continue
            least, path = _least(variant, ("ProductionVariants", str(index)))
            if least is not None and least < LEAST:
                text = f"variant {variant.get('VariantName')!r} may run on {least} instance"
                yield _finding(FEW, f"{text}{'s' * (least != 1)}", node, path)


def _floors(target: Node) -> Iterator[tuple[Path, Json]]:
    """The least that an autoscaler leaves, and the one that each schedule sets for it."""
    yield ("MinCapacity",), target.props.get("MinCapacity")
    for index, each in enumerate(target.props.get("ScheduledActions") or ()):
        floor = (each.get("ScalableTargetAction") or {}).get("MinCapacity")
        yield ("ScheduledActions", str(index)), floor


def _least(variant: Mapping[str, Json], path: Path) -> tuple[int | None, Path]:
    managed = variant.get("ManagedInstanceScaling") or {}
    if managed.get("Status") == "ENABLED" and isinstance(managed.get("MinInstanceCount"), int):
        return managed["MinInstanceCount"], (*path, "ManagedInstanceScaling")
    count = variant.get("InitialInstanceCount")
    return count if isinstance(count, int) else None, (*path, "InitialInstanceCount")


def zone(graph: Graph, grounds: Grounds) -> Iterator[Diagnostic]:
    """Models in a VPC with one subnet, which is in one zone."""
    for node in graph if grounds.policy.available else ():
        network = node.props.get("VpcConfig") if node.address.type == MODEL else None
        if network and len(set(network.get("Subnets") or ())) < LEAST:
            yield _finding(ZONE, "it runs in one subnet, so in one zone", node, ("VpcConfig",))


def unheard(graph: Graph, grounds: Grounds) -> Iterator[Diagnostic]:
    """Endpoints without an alarm that somebody is told of, whichever fleet it is."""
    if not grounds.policy.available:
        return
    told: set[str] = set()
    silent = deaf(graph)
    for node in graph:
        actions = (node.props.get("AlarmActions") or ()) if node.address.type == ALARM else ()
        if any(addressed(each) not in silent for each in actions):
            found = {each["Name"]: each["Value"] for each in node.props.get("Dimensions") or ()}
            if "EndpointConfigName" not in found:
                told.add(str(found.get("EndpointName")))
    for node in graph:
        if node.address.type == ENDPOINT and node.address.name not in told:
            yield _finding(UNHEARD, f"no alarm on {node.address.name!r} tells anybody", node, ())


def _finding(code: Code, text: str, node: Node, path: Path) -> Diagnostic:
    at = node.origin.line_of(path) if node.origin else None
    said = f"this environment has to stay available: {text}"
    return Diagnostic(code.code, said, at, code.fix, address=node.address)


register(Ruled(FEW, few))
register(Ruled(ZONE, zone))
register(Ruled(UNHEARD, unheard))
