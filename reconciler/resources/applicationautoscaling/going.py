"""What a scalable target takes with it when it goes, and what it leaves.

Deregistering deletes all of its policies, whoever put them, and leaves the number where it is,
which may be none. Source: Application Auto Scaling API reference, DeregisterScalableTarget.
"""

from __future__ import annotations

from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.graph import Graph
from reconciler.model.step import Step
from reconciler.resources.answers import absent
from reconciler.resources.applicationautoscaling.service import GONE, POLICY, SERVICE
from reconciler.resources.review import Foreseeing, Look, Objection

ENDPOINT, INSTANCES = "AWS::SageMaker::Endpoint", "sagemaker:variant:DesiredInstanceCount"
_NO_ENDPOINT = (absent("ValidationException", r"(?i)could not find|does not exist"),)


def foresee(step: Step, graph: Graph) -> Foreseeing:
    """The policies that nobody here has planned to delete, and that nothing would answer."""
    if step.action is not Action.DELETE:
        return ()
    resource, _, dimension = step.address.name.rpartition("/")
    key = {"ServiceNamespace": dimension.partition(":")[0], "ResourceId": resource}
    asked = {**key, "ScalableDimension": dimension}
    found = yield Look(SERVICE, "describe_scaling_policies", asked, "ScalingPolicies", absent=GONE)
    said = [_taken(step, str(each["PolicyName"])) for each in found or ()]
    if step.address not in graph and dimension == INSTANCES:
        said += yield from _silent(resource, graph)
    return tuple(said)


def _taken(step: Step, policy: str) -> Objection:
    text = f"{policy!r} scales by {step.address.name!r} too, and would be deleted with it"
    help_ = "no spec has made it: ask its team to delete it first, and plan again"
    return Objection(
        "MODE011", text, help_, around=Address(POLICY, f"{step.address.name}/{policy}")
    )


def _silent(resource: str, graph: Graph) -> Foreseeing:
    """That an endpoint which stays is at none, and has nobody who adds the first one."""
    _, endpoint, _, variant = resource.split("/")
    if Address(ENDPOINT, endpoint) not in graph:
        return ()
    key = {"EndpointName": endpoint}
    live = yield Look("sagemaker", "describe_endpoint", key, absent=_NO_ENDPOINT)
    for each in (live or {}).get("ProductionVariants") or ():
        if each.get("VariantName") == variant and each.get("DesiredInstanceCount") == 0:
            text = f"variant {variant!r} of {endpoint!r} has 0 instances, and would keep them"
            help_ = "raise 'atLeast' to 1 and apply that, then take 'autoscale' away"
            return (Objection("MODE012", text, help_),)
    return ()
