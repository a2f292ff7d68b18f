"""What SageMaker measures of an endpoint: where, with which dimensions, and what values there are.

Source: SageMaker developer guide, Metrics for monitoring with CloudWatch (endpoint invocation
metrics, endpoint instance metrics, and their dimensions) and Auto-rollback configuration and
monitoring (`EndpointConfigName`), Autoscale an asynchronous endpoint (metrics of its queue have
`EndpointName` alone), Inference components; SageMaker Runtime API, InvokeEndpoint (60 seconds).
"""

from __future__ import annotations

from typing import NamedTuple

from reconciler.facts.instances import cores

INVOCATIONS, INSTANCES = "AWS/SageMaker", "/aws/sagemaker/Endpoints"
_FLEET = ("EndpointName", "VariantName")
DIMENSIONS = {
    INVOCATIONS: (frozenset(_FLEET), frozenset((*_FLEET, "EndpointConfigName"))),
    INSTANCES: (frozenset(_FLEET),),
}
"""The sets of dimensions with which each namespace's metrics are published."""
_QUEUE, _COMPONENT = (frozenset({"EndpointName"}),), (frozenset({"InferenceComponentName"}),)
OTHERS = {
    "ApproximateBacklogSize": _QUEUE,
    "ApproximateBacklogSizePerInstance": _QUEUE,
    "HasBacklogWithoutCapacity": _QUEUE,
    "ConcurrentRequestsPerCopy": _COMPONENT,
    "InvocationsPerCopy": _COMPONENT,
    "NoCapacityInvocationFailures": _COMPONENT,
}
"""Metrics of no variant, with the sets of dimensions of each: of a queue, and of a component."""
GPU = frozenset({"GPUUtilization", "GPUMemoryUtilization"})
"""Published for instances with GPUs only."""
REQUESTS = frozenset({"Invocations", "InvocationsPerInstance"})
"""Published when there are requests only: a quiet minute has no value, not zero."""
_NO_END = float("inf")
_MOST_GPUS = 16
_TIMEOUT = 60e6


class Span(NamedTuple):
    """The lowest and the highest value that a single measurement may have."""

    low: float
    high: float
    certain: bool = True
    """Whether the metric's definition says so; else what is known of the instance or a limit."""


_VALUES = {
    "Invocations": Span(1, 1),
    "InvocationsPerInstance": Span(0, 1),
    "Invocation4XXErrors": Span(0, 1),
    "Invocation5XXErrors": Span(0, 1),
    "InvocationModelErrors": Span(0, 1),
    "ModelLatency": Span(0, _TIMEOUT, certain=False),  # microseconds; streams may take longer
    "OverheadLatency": Span(0, _NO_END),
    "MemoryUtilization": Span(0, 100),
    "DiskUtilization": Span(0, 100),
    "GPUUtilization": Span(0, 100 * _MOST_GPUS),
    "GPUMemoryUtilization": Span(0, 100 * _MOST_GPUS),
}


def values(metric: str, statistic: str, instance_type: str | None) -> Span | None:
    """What a statistic of a metric may be, over minutes that have data; nothing when unknown.

    Args:
        metric: The name of the metric.
        statistic: ``Average``, ``Sum``, a percentile, in CloudWatch's words.
        instance_type: Of the instances, where it is known.
    """
    if statistic == "SampleCount":
        return Span(1, _NO_END)
    one = _VALUES.get(metric)
    if metric == "CPUUtilization":  # the sum over the cores, each up to 100
        count = cores(instance_type) if instance_type else None
        one = Span(0, 100 * count if count else _NO_END, certain=False)
    if one is None:
        return None
    return one._replace(high=_NO_END) if statistic == "Sum" else one
