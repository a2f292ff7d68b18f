"""AWS::SageMaker::Pipeline.

Everything but the name changes in place; a new definition is a new version.
The definition is written as a document (`PipelineDefinitionBody`) and compared
as one. A definition kept in S3 is not supported: SageMaker never says where it
came from. Deletion is refused while an execution runs.
"""

from __future__ import annotations

from collections.abc import Iterator

from reconciler.model.change import Change
from reconciler.resources.api import (
    Lifecycle,
    Listing,
    Op,
    Reach,
    Request,
    Resource,
    Whole,
    absent,
    codes,
    members,
    register,
)
from reconciler.resources.aside import Aside
from reconciler.resources.codecs import Codec, each, text
from reconciler.resources.sagemaker.service import ADD_TAGS, PASS_ROLE, SPREADING, arn, tagging

NAME = {"PipelineName": "{name}"}
BODY = "PipelineDefinitionBody"
ROOT = each(
    PipelineDefinition=text().then(Codec(lambda body: {BODY: body}, lambda value: value[BODY]))
)
TAKEN = (
    "ParallelismConfiguration",
    "PipelineDefinition",
    "PipelineDescription",
    "PipelineDisplayName",
    "RoleArn",
)


def update(change: Change) -> Iterator[Request]:
    """The whole of what is desired, so that a crash in between leaves no mixture."""
    if change.touches(*TAKEN):
        yield Request("update_pipeline", ROOT.encode(change.wanted(*TAKEN)))


register(
    Resource(
        type="AWS::SageMaker::Pipeline",
        service="sagemaker",
        aside=Aside(
            needs={"create_pipeline": (ADD_TAGS, PASS_ROLE), "update_pipeline": (PASS_ROLE,)},
            looks=("ecr:BatchGetImage",),
        ),
        reach=Reach.REGIONAL,
        name="PipelineName",
        key=NAME,
        read=Op("describe_pipeline", NAME),
        whole=Whole(
            has=members(
                "CreationTime", "PipelineArn", "PipelineDefinition", "PipelineStatus", "RoleArn"
            ),
            same={"PipelineName": ("PipelineName",)},
        ),
        create=Op("create_pipeline", NAME),
        delete=Op("delete_pipeline", NAME),
        absent=(
            absent("ResourceNotFound"),
            absent("ValidationException", r"No pipeline|does not exist"),
        ),
        transient=SPREADING,
        outputs={"PipelineArn": ("PipelineArn",)},
        created={"PipelineArn": ("PipelineArn",)},
        predict={"PipelineArn": arn("pipeline")},
        arn=arn("pipeline"),
        limit=256,
        root=ROOT,
        listings=(
            Listing(
                method="list_pipelines",
                at="PipelineSummaries",
                name="PipelineName",
                # A prefix has to be a valid name, so it must not end in a hyphen.
                params={"PipelineNamePrefix": "{platform}-{environment}", "MaxResults": 100},
            ),
        ),
        lifecycle=Lifecycle(field="PipelineStatus", ready=codes("Active"), busy=codes("Deleting")),
        vanishes=True,
        tags=tagging("pipeline"),
        documents=frozenset({"PipelineDefinition.PipelineDefinitionBody"}),
        holds="history",
        refers=(
            "AWS::IAM::Role",
            "AWS::KMS::Key",
            "AWS::S3::Bucket",
            "AWS::SageMaker::FeatureGroup",
            "AWS::SageMaker::ModelPackageGroup",
        ),
        update=update,
    )
)
