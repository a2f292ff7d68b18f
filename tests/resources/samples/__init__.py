"""One sample for each registered type: a new type needs a sample and no new test."""

from __future__ import annotations

from .identity import role
from .sagemaker import (
    DEFINITION,
    FEATURES,
    endpoint,
    endpoint_config,
    feature_group,
    model,
    model_package_group,
    pipeline,
)
from .sample import PLACE, Props, Sample
from .storage import bucket, key
from .watching import alarm, budget, topic

__all__ = ["DEFINITION", "FEATURES", "PLACE", "SAMPLES", "Props", "Sample", "role"]

SAMPLES = {
    sample.type: sample
    for sample in (
        bucket,
        key,
        role,
        topic,
        alarm,
        budget,
        feature_group,
        model_package_group,
        model,
        endpoint_config,
        endpoint,
        pipeline,
    )
}
