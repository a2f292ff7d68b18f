"""Roles that are handed to SageMaker: it takes them at once, so they must be there and let it.

CreateModel's answer is what people report of it; CreateFeatureGroup's is Terraform's (it waits for
"The execution role ARN is invalid."). Of CreatePipeline no refusal is known, so it is taken to
answer as CreateModel does, which is the harder case. An administrator's calls are not looked at.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING

from reconciler.access.workloads import works
from reconciler.access.workloads.pipelines import begun
from reconciler.access.workloads.site import DEPUTY, takes
from reconciler.sandbox.found import declared
from reconciler.sandbox.iam import principals, working
from reconciler.sandbox.iam.working import Site, Thing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.access.request import Call
    from reconciler.access.workloads import Work

Refusal = tuple[str, str, int]
JOBS = {
    "AWS::SageMaker::ProcessingJob": "processing-job",
    "AWS::SageMaker::TrainingJob": "training-job",
}


@cache
def _roles() -> dict[str, tuple[str, str, str]]:
    """By operation: what it makes, and the parameters with its name and its role."""
    return {name: told for each in declared("ROLES") for name, told in each.items()}


def _taking(site: Site, role: str, at: str) -> Iterator[Work]:
    """A job takes its role for itself."""
    yield takes(site, role, DEPUTY, site.arn("sagemaker", at))


def refusal(call: Call) -> Refusal | None:
    """Why SageMaker cannot take the role of a call: code, message, status; nothing if it can."""
    if call.service != "sagemaker" or call.operation not in _roles():
        return None
    type_, name, role = _roles()[call.operation]
    arn = str(call.params.get(role) or "")
    if not arn:
        return None
    if principals.held(arn) is not None:
        thing = Thing(type_, str(call.params.get(name, "")), call.params)
        site = Site(call.region, call.account, call.partition, (thing,))
        told = partial(begun, pipeline=thing) if type_.endswith("Pipeline") else works
        if type_.endswith("Job"):
            told = partial(_taking, role=arn, at=f"{JOBS[type_]}/{thing.name}")
        if not working.refusal(site, [arn], vital=working.TAKEN, told=told):
            return None
    if call.operation == "CreateFeatureGroup":
        return "ValidationException", f"The execution role ARN is invalid. ({arn})", 400
    said = f"Could not assume role {arn}. Please ensure that the role exists and allows principal"
    return "ValidationException", f"{said} 'sagemaker.amazonaws.com' to assume the role.", 400
