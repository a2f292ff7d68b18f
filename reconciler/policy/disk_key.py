"""A key for the disks of instances that have disks of their own.

Their hardware encrypts those disks with keys of its own. A training, tuning, processing or
transform job that asks for a key on them is refused; an endpoint is not, but its key does not
encrypt what is on them. Source: SageMaker API, `VolumeKmsKeyId` of ResourceConfig,
HyperParameterTuningResourceConfig, ProcessingClusterConfig and TransformResources, and `KmsKeyId`
of CreateEndpointConfig. Which types have such disks: `reconciler.facts.instances`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from reconciler.facts.instances import local_storage
from reconciler.model.codes import Code
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.model.graph import Graph, Node
from reconciler.model.value import Json
from reconciler.policy import tree
from reconciler.policy.api import Shared, register
from reconciler.policy.tree import Inside, definition, objects

CONFIG = "AWS::SageMaker::EndpointConfig"
KEY = "VolumeKmsKeyId"
CODE = Code(
    "GRAPH030",
    "key for disks that take none",
    "Some instance types have disks of their own (NVMe), which their hardware encrypts. SageMaker"
    " refuses a training, tuning, processing or transform job that asks for a key on such a type."
    " An endpoint is not refused, and its key does not encrypt these disks.",
    "Remove the key, or use an instance type without disks of its own. Where an execution may"
    " choose the type, list those that it may choose.",
)


class Types(NamedTuple):
    """The instance types that a job may have."""

    known: tuple[str, ...]
    open: bool = False
    """Whether others may be chosen when it starts."""


def check(_graph: Graph, insides: Sequence[Inside]) -> Iterator[Diagnostic]:
    """One finding for each key, at its line."""
    for node, parts in insides:
        if node.address.type == CONFIG:
            yield from _endpoint(node)
            continue
        parameters = {each["Name"]: each for each in definition(node).get("Parameters") or ()}
        for path, part in parts:
            if part.get(KEY):
                at = node.origin.line_of((*path, KEY)) if node.origin else None
                if found := _job(_types(part, parameters)):
                    text, severity, help_ = found
                    yield Diagnostic(CODE.code, text, at, help_, severity, node.address)


register(Shared(CODE, tree.insides, check))


def _endpoint(node: Node) -> Iterator[Diagnostic]:
    if not node.props.get("KmsKeyId"):
        return
    variants = (
        *(node.props.get("ProductionVariants") or ()),
        *(node.props.get("ShadowProductionVariants") or ()),
    )
    named = [part.get("InstanceType") for variant in variants for _, part in objects(variant)]
    own = [each for each in dict.fromkeys(named) if isinstance(each, str) and local_storage(each)]
    if own:
        text = f"the disks that {' and '.join(own)} has of its own are not encrypted with this key"
        at = node.origin.line_of(("KmsKeyId",)) if node.origin else None
        help_ = "their hardware encrypts them; remove the key, or use a type without such disks"
        yield Diagnostic(CODE.code, text, at, help_, Severity.WARNING, node.address)


def _job(types: Types) -> tuple[str, Severity, str] | None:
    """What is wrong, how bad it is, and what to do; nothing when all is well."""
    own = [each for each in types.known if local_storage(each)]
    if own:
        text = f"{' and '.join(own)} has disks of its own, which take no key: AWS refuses the job"
        return text, Severity.ERROR, "remove the key: the hardware encrypts these disks"
    if types.open:
        text = "an execution may choose an instance type whose disks take no key, and be refused"
        return text, Severity.WARNING, "list what it may choose in 'compute.otherInstanceTypes'"
    return None


def _types(part: Mapping[str, Any], parameters: Mapping[str, Any]) -> Types:
    """The types of one cluster: its own, and those of its groups."""
    groups = (*(part.get("InstanceGroups") or ()), *(part.get("InstanceConfigs") or ()))
    found = [_values(each.get("InstanceType"), parameters) for each in (part, *groups)]
    return Types(tuple(name for each in found for name in each.known), any(it.open for it in found))


def _values(value: Json, parameters: Mapping[str, Any]) -> Types:
    """What a value may be: itself, or the default and the choices of a pipeline's parameter."""
    if isinstance(value, str):
        return Types((value,))
    get = value.get("Get") if isinstance(value, Mapping) else None
    if not isinstance(get, str) or not get.startswith("Parameters."):
        return Types((), open=value is not None)
    parameter = parameters.get(get.removeprefix("Parameters."), {})
    allowed = parameter.get("EnumValues") or ()
    named = dict.fromkeys((parameter.get("DefaultValue"), *allowed))
    return Types(tuple(each for each in named if isinstance(each, str)), open=not allowed)
