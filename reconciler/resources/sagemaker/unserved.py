"""Whether a failed endpoint has ever served.

SageMaker says `Failed` of an endpoint that could not be created, updated or re-scaled
(botocore, EndpointStatus; AWS_FACTS 1.5), and nowhere that such a one has stopped to answer.
So it counts as one that serves, unless its description and its tags prove the opposite.
"""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.model.change import Observed
from reconciler.model.value import Json
from reconciler.resources.sagemaker import attempt

WITHOUT_INSTANCES = (
    "CurrentServerlessConfig",
    "DesiredServerlessConfig",
    "InstancePools",
    "ManagedInstanceScaling",
)
"""Members of a variant that can serve, or be about to, with a count of 0."""


def proven(observed: Observed) -> bool:
    """Whether no variant has an instance, none ever needed one to serve, and no update was sent.

    A serverless variant in service has a count of 0 (a recorded answer of DescribeEndpoint),
    one that scales to zero as well, and an asynchronous one keeps requests meanwhile. An answer
    without variants or without a count proves nothing. Moorline notes each update in tags, and
    sends one only to what was made.
    """
    variants = observed.outputs.get("ProductionVariants")
    shown = isinstance(variants, list | tuple) and bool(variants) and all(map(_idle, variants))
    later = observed.tags is None or attempt.CONFIG in observed.tags
    return shown and not later and not observed.outputs.get("AsyncInferenceConfig")


def _idle(variant: Json) -> bool:
    if not isinstance(variant, Mapping) or any(variant.get(each) for each in WITHOUT_INSTANCES):
        return False
    count = variant.get("CurrentInstanceCount")
    return isinstance(count, int) and count == 0
