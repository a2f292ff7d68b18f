"""AWS::SageMaker::EndpointConfig.

Nothing but tags can change in place: SageMaker has no UpdateEndpointConfig.
The name carries the digest of the content. A config must outlive every
endpoint that uses it or is being moved away from it.
"""

from reconciler.resources.api import Listing, Op, Reach, Resource, Whole, absent, members, register
from reconciler.resources.aside import Aside
from reconciler.resources.sagemaker.service import ADD_TAGS, PASS_ROLE, SPREADING, arn, tagging

NAME = {"EndpointConfigName": "{name}"}

register(
    Resource(
        type="AWS::SageMaker::EndpointConfig",
        service="sagemaker",
        aside=Aside(needs={"create_endpoint_config": (ADD_TAGS, PASS_ROLE)}),
        reach=Reach.REGIONAL,
        name="EndpointConfigName",
        key=NAME,
        read=Op("describe_endpoint_config", NAME),
        whole=Whole(
            has=members("CreationTime", "EndpointConfigArn", "ProductionVariants"),
            same={"EndpointConfigName": ("EndpointConfigName",)},
        ),
        create=Op("create_endpoint_config", NAME),
        delete=Op("delete_endpoint_config", NAME),
        absent=(absent("ValidationException", r"^Could not find endpoint configuration\b"),),
        transient=(*SPREADING, absent("ValidationException", r"^Could not find model\b")),
        outputs={"EndpointConfigArn": ("EndpointConfigArn",)},
        created={"EndpointConfigArn": ("EndpointConfigArn",)},
        predict={"EndpointConfigArn": arn("endpoint-config")},
        arn=arn("endpoint-config"),
        listings=(
            Listing(
                method="list_endpoint_configs",
                at="EndpointConfigs",
                name="EndpointConfigName",
                params={"NameContains": "{prefix}", "MaxResults": 100},
            ),
        ),
        tags=tagging("endpoint-config"),
        content_named=True,
        replace_first=True,
        keyed={"ProductionVariants": "VariantName", "ShadowProductionVariants": "VariantName"},
        sets=frozenset(
            {
                "DataCaptureConfig.CaptureOptions",
                "VpcConfig.SecurityGroupIds",
                "VpcConfig.Subnets",
            }
        ),
        defaults={
            "DataCaptureConfig.EnableCapture": True,
            "EnableNetworkIsolation": False,
            "ProductionVariants.EnableSSMAccess": False,
            "ProductionVariants.InitialVariantWeight": 1.0,
            "ShadowProductionVariants.EnableSSMAccess": False,
            "ShadowProductionVariants.InitialVariantWeight": 1.0,
        },
        refers=(
            "AWS::EC2::SecurityGroup",
            "AWS::EC2::Subnet",
            "AWS::IAM::Role",
            "AWS::KMS::Key",
            "AWS::S3::Bucket",
            "AWS::SNS::Topic",
            "AWS::SageMaker::Model",
        ),
    )
)
