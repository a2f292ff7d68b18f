"""AWS::SageMaker::Pipeline, the same as the rest of the sandbox has."""

from __future__ import annotations

from reconciler.sandbox.services.cloudcontrol.mirror import Props, pick, text
from reconciler.sandbox.services.cloudcontrol.native import Aws
from reconciler.sandbox.services.cloudcontrol.plain import Plain

DEFINITION, BODY = "PipelineDefinition", "PipelineDefinitionBody"
GIVEN = (
    DEFINITION,
    "ParallelismConfiguration",
    "PipelineDescription",
    "PipelineDisplayName",
    "RoleArn",
)
_PIPELINE = Plain("Pipeline", "pipeline", GIVEN, by_arn=False, summaries="PipelineSummaries")
delete, listed = _PIPELINE.delete, _PIPELINE.listed


def _given(props: Props) -> Props:
    """The definition is a text of its own in the API."""
    said = props.get(DEFINITION) or {}
    if "PipelineDefinitionS3Location" in said:
        return {**props, DEFINITION: None, "PipelineDefinitionS3Location": said}
    return {**props, DEFINITION: text(said.get(BODY, said))}


def create(aws: Aws, props: Props) -> tuple[str, ...]:
    """CreatePipeline."""
    return _PIPELINE.create(aws, _given(props))


def read(aws: Aws, parts: tuple[str, ...]) -> Props | None:
    """DescribePipeline."""
    shown = _PIPELINE.read(aws, parts)
    if shown is None:
        return None
    return shown | {DEFINITION: {BODY: shown[DEFINITION]}}


def update(aws: Aws, parts: tuple[str, ...], before: Props, after: Props) -> None:
    """UpdatePipeline with what differs, and tags."""
    old, new = pick(_given(before), GIVEN), pick(_given(after), GIVEN)
    differs = {key: value for key, value in new.items() if old.get(key) != value}
    if differs:
        aws("sagemaker", "UpdatePipeline", **_PIPELINE.named(parts), **differs)
    _PIPELINE.retag(aws, parts, before, after)
