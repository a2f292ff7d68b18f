"""AWS::SageMaker::Model.

Nothing but tags can change in place: SageMaker has no UpdateModel. The name
carries the digest of the content, so a new content is a new model.
"""

from reconciler.resources.api import Listing, Op, Reach, Resource, Whole, absent, members, register
from reconciler.resources.aside import Aside
from reconciler.resources.sagemaker.service import ADD_TAGS, PASS_ROLE, SPREADING, arn, tagging

NAME = {"ModelName": "{name}"}
CONTAINERS = ("PrimaryContainer", "Containers")
ASSUMED = {
    "ImageConfig.RepositoryAccessMode": "Platform",
    "Mode": "SingleModel",
    "MultiModelConfig.ModelCacheSetting": "Enabled",
}
"""What a container means that does not say. Sources: ContainerDefinition; AWS_FACTS 7.2."""

register(
    Resource(
        type="AWS::SageMaker::Model",
        service="sagemaker",
        aside=Aside(
            needs={"create_model": (ADD_TAGS, PASS_ROLE)}, looks=("sagemaker:ListModelPackages",)
        ),
        reach=Reach.REGIONAL,
        name="ModelName",
        key=NAME,
        read=Op("describe_model", NAME),
        whole=Whole(
            has=members("CreationTime", "ModelArn"),
            one_of=("PrimaryContainer", "Containers"),
            same={"ModelName": ("ModelName",)},
        ),
        create=Op("create_model", NAME),
        delete=Op("delete_model", NAME),
        absent=(absent("ValidationException", r"^Could not find model\b"),),
        transient=SPREADING,
        outputs={"ModelArn": ("ModelArn",)},
        created={"ModelArn": ("ModelArn",)},
        predict={"ModelArn": arn("model")},
        arn=arn("model"),
        listings=(
            Listing(
                method="list_models",
                at="Models",
                name="ModelName",
                params={"NameContains": "{prefix}", "MaxResults": 100},
            ),
        ),
        tags=tagging("model"),
        content_named=True,
        replace_first=True,
        sets=frozenset({"VpcConfig.Subnets", "VpcConfig.SecurityGroupIds"}),
        told_by={"Containers": "ContainerHostname"},
        defaults={
            "EnableNetworkIsolation": False,
            **{f"{where}.{path}": value for where in CONTAINERS for path, value in ASSUMED.items()},
        },
        refers=(
            "AWS::EC2::SecurityGroup",
            "AWS::EC2::Subnet",
            "AWS::ECR::Repository",
            "AWS::IAM::Role",
            "AWS::S3::Bucket",
            "AWS::SageMaker::ModelPackageGroup",
        ),
    )
)
