"""What whole answers have, of every call that Moorline makes: the types' own, and the rest."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from reconciler.resources import api as resources
from reconciler.resources.cloudcontrol import events
from reconciler.resources.whole import Whole, members

Wholes = Mapping[tuple[str, str], Whole]
"""By service and client method."""

BESIDE: Wholes = {
    ("sts", "get_caller_identity"): Whole(has=members("Account", "Arn", "UserId")),
    ("cloudcontrol", events.READ): events.READING,
    ("cloudcontrol", events.LIST): events.LISTING,
    ("cloudcontrol", events.CREATE): events.WRITING,
    ("cloudcontrol", events.UPDATE): events.WRITING,
    ("cloudcontrol", events.DELETE): events.WRITING,
    ("cloudcontrol", events.POLL): events.POLLING,
    ("cloudcontrol", events.REQUESTS): events.PENDING,
    ("cloudformation", "describe_type"): Whole(
        has=members("ProvisioningType", "TypeName"), same={"TypeName": ("TypeName",)}
    ),
    ("sts", "assume_role"): Whole(
        has=members(
            "Credentials.AccessKeyId", "Credentials.SecretAccessKey", "Credentials.SessionToken"
        )
    ),
    ("resourcegroupstaggingapi", "get_resources"): Whole(
        items="ResourceTagMappingList", each=members("ResourceARN")
    ),
    ("cloudwatch", "get_metric_data"): Whole(items="MetricDataResults", each=members("Id")),
    ("cloudwatch", "list_metrics"): Whole(items="Metrics", each=members("MetricName", "Namespace")),
    ("cloudtrail", "lookup_events"): Whole(items="Events", each=members("EventId", "EventName")),
    ("kms", "sign"): Whole(has=members("KeyId", "Signature")),
    ("kms", "verify"): Whole(has=members("KeyId", "SignatureValid")),
    ("s3", "get_object"): Whole(has=members("Body", "ETag")),
    ("s3", "put_object"): Whole(has=members("ETag")),
    ("s3", "list_objects_v2"): Whole(
        has=members("IsTruncated", "KeyCount", "MaxKeys", "Name"),
        same={"Bucket": ("Name",)},
        items="Contents",
        each=members("Key"),
        tally="KeyCount",
    ),
    ("s3", "list_object_versions"): Whole(
        has=members("IsTruncated", "MaxKeys", "Name"), same={"Bucket": ("Name",)}
    ),
    ("secretsmanager", "describe_secret"): Whole(
        has=members("ARN", "Name"), same={"SecretId": ("ARN", "Name")}
    ),
    ("secretsmanager", "get_secret_value"): Whole(
        has=members("ARN", "VersionId"),
        same={"SecretId": ("ARN", "Name")},
        one_of=("SecretString", "SecretBinary"),
    ),
    ("sagemaker", "list_model_packages"): Whole(
        items="ModelPackageSummaryList",
        each=members("ModelPackageArn", "ModelPackageStatus", "ModelPackageVersion"),
        each_same={"ModelPackageGroupName": "ModelPackageGroupName"},
    ),
    ("sagemaker", "describe_model_package"): Whole(
        has=members("CreationTime", "ModelPackageArn", "ModelPackageStatus"),
        same={"ModelPackageName": ("ModelPackageArn", "ModelPackageName")},
    ),
    ("sagemaker", "update_model_package"): Whole(
        has=members("ModelPackageArn"), same={"ModelPackageArn": ("ModelPackageArn",)}
    ),
    ("sagemaker", "list_pipeline_execution_steps"): Whole(
        items="PipelineExecutionSteps", each=members("StepName")
    ),
    ("sagemaker", "describe_training_job"): Whole(
        has=members("TrainingJobArn", "TrainingJobName", "TrainingJobStatus"),
        same={"TrainingJobName": ("TrainingJobName",)},
    ),
    ("ecr", "describe_image_scan_findings"): Whole(
        has=members("imageId", "repositoryName"), same={"repositoryName": ("repositoryName",)}
    ),
    ("application-autoscaling", "describe_scalable_targets"): Whole(
        items="ScalableTargets",
        each=members("ResourceId", "ScalableDimension"),
        each_same={"ResourceIds": "ResourceId"},
    ),
}


@cache
def wholes() -> Wholes:
    """Of all calls; a call that serves several types is whole when all their needs are met."""
    found: dict[tuple[str, str], Whole] = dict(BESIDE)
    for resource in resources.load().values():
        own = {(resource.service, method): it for method, it in resource.wholes.items()}
        for key, whole in (*own.items(), *resource.beside.items()):
            found[key] = found[key] | whole if key in found else whole
    return found
