"""AWS::SageMaker::InferenceExperiment, by AWS's own handlers: a shadow test that begins and ends.

Its type is always ShadowMode, of one variant and at most one shadow. Without a `Schedule` it starts
at once and ends after 7 days. It runs once: what has ended does not start again, so another one has
another name. It edits its endpoint while it runs, and deleting it deletes its record alone.
Source: SageMaker API reference, CreateInferenceExperiment, DeleteInferenceExperiment.
"""

from collections.abc import Iterator

from reconciler.model.value import Props
from reconciler.resources.aside import Aside
from reconciler.resources.calendar import Day
from reconciler.resources.cloudcontrol import declare

WEEK = 7


def ends(props: Props) -> Iterator[Day]:
    """When AWS ends it by itself, where nothing else is said."""
    if not props.get("Schedule"):
        yield Day("what the shadow gets", WEEK, since="it was made")


declare(
    "AWS::SageMaker::InferenceExperiment",
    holds="history",
    calendar=ends,
    refers=(
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::S3::Bucket",
        "AWS::SageMaker::Endpoint",
        "AWS::SageMaker::Model",
    ),
    aside=Aside(hands=("sagemaker.amazonaws.com",)),
)
