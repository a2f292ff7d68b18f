"""What scales in each mode, and by which metrics: data.

Source: Application Auto Scaling API reference, ScalableDimension and PredefinedMetricType;
SageMaker developer guide, "Automatic scaling", "Autoscale an asynchronous endpoint" (metrics of the
queue have the endpoint alone as a dimension), "Monitor SageMaker with CloudWatch" (hosts).
"""

from __future__ import annotations

from typing import NamedTuple

from reconciler.kinds.terms.alarm import HOST

SAGEMAKER, HOSTS = "AWS/SageMaker", "/aws/sagemaker/Endpoints"
BACKLOG = "ApproximateBacklogSizePerInstance"
COUNT = "sagemaker:variant:DesiredInstanceCount"
WARM = "sagemaker:variant:DesiredProvisionedConcurrency"
COPIES = "sagemaker:inference-component:DesiredCopyCount"
VARIANT, ENDPOINT, COMPONENT = "variant", "endpoint", "component"


class Figure(NamedTuple):
    """A metric: how the autoscaler calls it, or where CloudWatch has it."""

    predefined: str = ""
    namespace: str = SAGEMAKER
    of: str = VARIANT
    """Whose it is: that decides its dimensions."""
    share: bool = False
    """Whether its target is a share: of 1 for warm containers, of 100 for hosts."""


_VARIANTS = {
    "InvocationsPerInstance": Figure("SageMakerVariantInvocationsPerInstance"),
    "ConcurrentRequestsPerModel": Figure(
        "SageMakerVariantConcurrentRequestsPerModelHighResolution"
    ),
    **{name: Figure(namespace=HOSTS, share=True) for name in sorted(HOST)},
}
_QUEUE = {
    BACKLOG: Figure(of=ENDPOINT),
    "ApproximateBacklogSize": Figure(of=ENDPOINT),
    **{name: Figure(namespace=HOSTS, share=True) for name in sorted(HOST)},
}
FIGURES = {
    "realtime": _VARIANTS,
    "multiModel": _VARIANTS,
    "async": _QUEUE,
    "serverless": {
        "ProvisionedConcurrencyUtilization": Figure(
            "SageMakerVariantProvisionedConcurrencyUtilization", share=True
        ),
    },
    "components": {
        "InvocationsPerCopy": Figure("SageMakerInferenceComponentInvocationsPerCopy", of=COMPONENT),
        "ConcurrentRequestsPerCopy": Figure(
            "SageMakerInferenceComponentConcurrentRequestsPerCopyHighResolution", of=COMPONENT
        ),
    },
}
"""By mode, the metrics by their names in CloudWatch."""
DIMENSIONS = {
    "realtime": COUNT,
    "multiModel": COUNT,
    "async": COUNT,
    "serverless": WARM,
    "components": COPIES,
}
WAKES = {
    "async": Figure(of=ENDPOINT),
    "components": Figure(of=COMPONENT),
}
WAITING = {"async": "HasBacklogWithoutCapacity", "components": "NoCapacityInvocationFailures"}
"""The metrics that say that somebody asks and there is none. Source: developer guide, "Autoscale an
asynchronous endpoint", "Scale an endpoint to zero instances" (of components)."""
ZERO = frozenset(WAITING)
"""Modes that may go to zero; SageMaker's guide asks all others for one instance (AWS_FACTS 1.4)."""
