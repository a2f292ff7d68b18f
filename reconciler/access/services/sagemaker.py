"""SageMaker's control plane.

What is created with a role needs `iam:PassRole` on it, what is created with tags needs
`sagemaker:AddTags` on the ARN that it will have, and what refers to an endpoint's config is
checked against both. Source: Service Authorization Reference; AWS_FACTS 8.2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from reconciler.access.request import Call, Derive, Want, World, arn, passed, plain, tags

SERVICE = "sagemaker.amazonaws.com"
Keys = Callable[[Call], Mapping[str, Any]]
PLAIN = {
    "": "ListEndpointConfigs ListEndpoints ListFeatureGroups ListInferenceComponents "
    "ListModelPackageGroups ListModels ListPipelines ListTrainingJobs ListProcessingJobs "
    "ListTransformJobs ListModelPackages Search",
    "endpoint EndpointName": "DescribeEndpoint DeleteEndpoint UpdateEndpointWeightsAndCapacities",
    "endpoint-config EndpointConfigName": "DescribeEndpointConfig DeleteEndpointConfig",
    "inference-component InferenceComponentName": "DescribeInferenceComponent "
    "DeleteInferenceComponent UpdateInferenceComponent UpdateInferenceComponentRuntimeConfig",
    "feature-group FeatureGroupName": "DescribeFeatureGroup DeleteFeatureGroup UpdateFeatureGroup "
    "DescribeFeatureMetadata UpdateFeatureMetadata",
    "hyper-parameter-tuning-job HyperParameterTuningJobName": "DescribeHyperParameterTuningJob "
    "StopHyperParameterTuningJob ListTrainingJobsForHyperParameterTuningJob",
    "experiment ExperimentName": "CreateExperiment DescribeExperiment",
    "experiment-trial TrialName": "DescribeTrial",
    "experiment-trial-component TrialComponentName": "CreateTrialComponent "
    "DescribeTrialComponent UpdateTrialComponent",
    "model ModelName": "DescribeModel DeleteModel",
    "model-package-group ModelPackageGroupName": "DescribeModelPackageGroup "
    "DeleteModelPackageGroup GetModelPackageGroupPolicy PutModelPackageGroupPolicy "
    "DeleteModelPackageGroupPolicy",
    "pipeline PipelineName": "DescribePipeline DeletePipeline StartPipelineExecution "
    "ListPipelineExecutions",
    "pipeline-execution PipelineExecutionArn": "DescribePipelineExecution RetryPipelineExecution "
    "StopPipelineExecution "
    "ListPipelineExecutionSteps",
    "processing-job ProcessingJobName": "DescribeProcessingJob StopProcessingJob",
    "training-job TrainingJobName": "DescribeTrainingJob StopTrainingJob",
    "transform-job TransformJobName": "DescribeTransformJob StopTransformJob",
}


def create(kind: str, name: str, role: str = "", keys: Keys | None = None) -> Derive:
    """A creation: the resource, its tags, and the role that it will take."""

    def derive(call: Call, _world: World) -> Iterable[Want]:
        at = arn(call, "sagemaker", kind, str(call.need(name)))
        given = tags(call.get("Tags"))
        own = keys(call) if keys else {}
        yield Want(f"sagemaker:{call.operation}", at, own, given)
        if given:
            yield Want("sagemaker:AddTags", at, {"sagemaker:TaggingAction": call.operation}, given)
        yield from passed(call, call.get(role) if role else None, SERVICE)

    return derive


def endpoint(call: Call, _world: World) -> Iterable[Want]:
    """Creating or moving an endpoint is checked against its config too."""
    given = tags(call.get("Tags"))
    at = arn(call, "sagemaker", "endpoint", str(call.need("EndpointName")))
    config = arn(call, "sagemaker", "endpoint-config", str(call.need("EndpointConfigName")))
    action = f"sagemaker:{call.operation}"
    yield Want(action, at, tags=given)
    yield Want(action, config, tags=given)
    if given:
        yield Want("sagemaker:AddTags", at, {"sagemaker:TaggingAction": call.operation}, given)


def component(call: Call, _world: World) -> Iterable[Want]:
    """Making a component is checked against its endpoint too."""
    given = tags(call.get("Tags"))
    at = arn(call, "sagemaker", "inference-component", str(call.need("InferenceComponentName")))
    model = call.get("Specification.ModelName")
    keys = {"sagemaker:ModelArn": arn(call, "sagemaker", "model", str(model))} if model else {}
    yield Want("sagemaker:CreateInferenceComponent", at, keys, given)
    host = arn(call, "sagemaker", "endpoint", str(call.need("EndpointName")))
    yield Want("sagemaker:CreateInferenceComponent", host, keys, given)
    if given:
        yield Want("sagemaker:AddTags", at, {"sagemaker:TaggingAction": call.operation}, given)


def update_pipeline(call: Call, _world: World) -> Iterable[Want]:
    """A role that is named again is passed again."""
    yield Want(
        "sagemaker:UpdatePipeline",
        arn(call, "sagemaker", "pipeline", str(call.need("PipelineName"))),
    )
    yield from passed(call, call.get("RoleArn"), SERVICE)


def tagging(call: Call, _world: World) -> Iterable[Want]:
    """AddTags, DeleteTags and ListTags name their resource by its ARN."""
    untag = tuple(call.get("TagKeys") or ())
    at = str(call.need("ResourceArn"))
    yield Want(f"sagemaker:{call.operation}", at, {}, tags(call.get("Tags")), untag)


def package(call: Call, _world: World) -> Iterable[Want]:
    """A version of a group has an ARN that ends in a number which AWS counts up."""
    group = call.get("ModelPackageGroupName")
    name = f"{str(group).rsplit('/', 1)[-1]}/1" if group else str(call.need("ModelPackageName"))
    at = arn(call, "sagemaker", "model-package", name)
    given = tags(call.get("Tags"))
    yield Want("sagemaker:CreateModelPackage", at, _decided(call), given)
    if given:
        yield Want("sagemaker:AddTags", at, {"sagemaker:TaggingAction": call.operation}, given)


def update_package(call: Call, world: World) -> Iterable[Want]:
    """What is decided on a version, and what it is before that."""
    at = str(call.need("ModelPackageArn"))
    removed = call.get("CustomerMetadataPropertiesToRemove")
    own = {**_decided(call), "sagemaker:CustomerMetadataPropertiesToRemove": removed}
    yield Want("sagemaker:UpdateModelPackage", at, {**own, **_current(at, world)})


def standing_package(call: Call, world: World) -> Iterable[Want]:
    """A version is described and deleted by what it is."""
    at = arn(call, "sagemaker", "model-package", str(call.need("ModelPackageName")))
    yield Want(f"sagemaker:{call.operation}", at, _current(at, world))


def _current(at: str, world: World) -> dict[str, Any]:
    """Stage and metadata of a version that is there; one that never had a stage has no key."""
    found = world.version(at)
    cycle = found.get("ModelLifeCycle") or {}
    stem = "sagemaker:CurrentCustomerMetadataProperties"
    metadata = found.get("CustomerMetadataProperties") or {}
    return {
        "sagemaker:CurrentModelLifeCycleStage": cycle.get("Stage"),
        "sagemaker:CurrentModelLifeCycleStageStatus": cycle.get("StageStatus"),
        **{f"{stem}/{key}": value for key, value in metadata.items()},
    }


def _decided(call: Call) -> dict[str, Any]:
    """Approval, stage and metadata. Source: Service Authorization Reference, SageMaker."""
    metadata = call.get("CustomerMetadataProperties") or {}
    stem = "sagemaker:CustomerMetadataProperties"
    return {
        "sagemaker:ModelApprovalStatus": call.get("ModelApprovalStatus"),
        "sagemaker:ModelLifeCycle:Stage": call.get("ModelLifeCycle.Stage"),
        "sagemaker:ModelLifeCycle:StageStatus": call.get("ModelLifeCycle.StageStatus"),
        **{f"{stem}/{key}": value for key, value in metadata.items()},
    }


def trial(call: Call, _world: World) -> Iterable[Want]:
    """A trial and the experiment that it is in."""
    action = f"sagemaker:{call.operation}"
    yield Want(action, arn(call, "sagemaker", "experiment-trial", str(call.need("TrialName"))))
    yield Want(action, arn(call, "sagemaker", "experiment", str(call.need("ExperimentName"))))


def associate(call: Call, _world: World) -> Iterable[Want]:
    """A trial and what becomes a part of it."""
    action, part = f"sagemaker:{call.operation}", "experiment-trial-component"
    yield Want(action, arn(call, "sagemaker", "experiment-trial", str(call.need("TrialName"))))
    yield Want(action, arn(call, "sagemaker", part, str(call.need("TrialComponentName"))))


def tune(call: Call, world: World) -> Iterable[Want]:
    """A tuning job, its tags, and the role that each of its training jobs takes."""
    name = "HyperParameterTuningJobName"
    yield from create("hyper-parameter-tuning-job", name)(call, world)
    for one in ("TrainingJobDefinition", "TrainingJobDefinitions"):
        roles = call.get(f"{one}.RoleArn") or ()
        for role in (roles,) if isinstance(roles, str) else roles:
            yield from passed(call, role, SERVICE)


def _stores(call: Call) -> Mapping[str, Any]:
    """Names with and without `Arn`: the two references of AWS differ here."""
    online = call.get("OnlineStoreConfig.SecurityConfig.KmsKeyId")
    offline = call.get("OfflineStoreConfig.S3StorageConfig.KmsKeyId")
    stem = "sagemaker:FeatureGroup"
    return {
        f"{stem}EnableOnlineStore": call.get("OnlineStoreConfig.EnableOnlineStore"),
        f"{stem}OnlineStoreKmsKey": online,
        f"{stem}OnlineStoreKmsKeyArn": online,
        f"{stem}OfflineStoreConfig": True if call.get("OfflineStoreConfig") else None,
        f"{stem}OfflineStoreKmsKey": offline,
        f"{stem}OfflineStoreKmsKeyArn": offline,
        f"{stem}OfflineStoreS3Uri": call.get("OfflineStoreConfig.S3StorageConfig.S3Uri"),
        f"{stem}DisableGlueTableCreation": call.get("OfflineStoreConfig.DisableGlueTableCreation"),
    }


def _network(call: Call, at: str = "") -> dict[str, Any]:
    return {
        "sagemaker:VpcSubnets": call.get(f"{at}VpcConfig.Subnets"),
        "sagemaker:VpcSecurityGroupIds": call.get(f"{at}VpcConfig.SecurityGroupIds"),
        "sagemaker:NetworkIsolation": call.get(f"{at}EnableNetworkIsolation"),
    }


def _key(what: str, key: Any) -> dict[str, Any]:  # noqa: ANN401 - text or nothing
    return {f"sagemaker:{what}KmsKey": key, f"sagemaker:{what}KmsKeyArn": key}


def _config(call: Call) -> Mapping[str, Any]:
    def all_of(path: str) -> list[str]:
        both = [*(call.get(f"ProductionVariants.{path}") or ())]
        both += call.get(f"ShadowProductionVariants.{path}") or ()
        return list(dict.fromkeys(str(each) for each in both))

    return {
        **_network(call),
        **_key("Volume", call.get("KmsKeyId")),
        "sagemaker:AcceleratorTypes": all_of("AcceleratorType"),
        "sagemaker:InstanceTypes": all_of("InstanceType"),
        "sagemaker:ModelArn": [arn(call, "sagemaker", "model", it) for it in all_of("ModelName")],
        "sagemaker:ServerlessMaxConcurrency": all_of("ServerlessConfig.MaxConcurrency"),
        "sagemaker:ServerlessMemorySize": all_of("ServerlessConfig.MemorySizeInMB"),
    }


def _training(call: Call) -> Mapping[str, Any]:
    return {
        **_network(call),
        **_key("Volume", call.get("ResourceConfig.VolumeKmsKeyId")),
        **_key("Output", call.get("OutputDataConfig.KmsKeyId")),
        "sagemaker:InstanceTypes": call.get("ResourceConfig.InstanceType"),
        "sagemaker:InterContainerTrafficEncryption": call.get(
            "EnableInterContainerTrafficEncryption"
        ),
        "sagemaker:KeepAlivePeriod": call.get("ResourceConfig.KeepAlivePeriodInSeconds"),
        "sagemaker:MaxRuntimeInSeconds": call.get("StoppingCondition.MaxRuntimeInSeconds"),
    }


def _processing(call: Call) -> Mapping[str, Any]:
    cluster = "ProcessingResources.ClusterConfig."
    return {
        **_network(call, "NetworkConfig."),
        **_key("Volume", call.get(f"{cluster}VolumeKmsKeyId")),
        **_key("Output", call.get("ProcessingOutputConfig.KmsKeyId")),
        "sagemaker:InstanceTypes": call.get(f"{cluster}InstanceType"),
        "sagemaker:InterContainerTrafficEncryption": call.get(
            "NetworkConfig.EnableInterContainerTrafficEncryption"
        ),
        "sagemaker:MaxRuntimeInSeconds": call.get("StoppingCondition.MaxRuntimeInSeconds"),
    }


def _transform(call: Call) -> Mapping[str, Any]:
    return {
        **_key("Volume", call.get("TransformResources.VolumeKmsKeyId")),
        **_key("Output", call.get("TransformOutput.KmsKeyId")),
        "sagemaker:InstanceTypes": call.get("TransformResources.InstanceType"),
        "sagemaker:ModelArn": arn(call, "sagemaker", "model", str(call.need("ModelName"))),
    }


OPERATIONS: dict[str, dict[str, Derive]] = {
    "sagemaker": {
        **plain("sagemaker", PLAIN),
        **dict.fromkeys(("AddTags", "DeleteTags", "ListTags"), tagging),
        **dict.fromkeys(("CreateEndpoint", "UpdateEndpoint"), endpoint),
        "CreateInferenceComponent": component,
        "CreateEndpointConfig": create(
            "endpoint-config", "EndpointConfigName", "ExecutionRoleArn", _config
        ),
        "AssociateTrialComponent": associate,
        "CreateTrial": trial,
        "CreateHyperParameterTuningJob": tune,
        "CreateFeatureGroup": create("feature-group", "FeatureGroupName", "RoleArn", _stores),
        "CreateModel": create("model", "ModelName", "ExecutionRoleArn", _network),
        "CreateModelPackage": package,
        "CreateModelPackageGroup": create("model-package-group", "ModelPackageGroupName"),
        "CreatePipeline": create("pipeline", "PipelineName", "RoleArn"),
        "CreateProcessingJob": create(
            "processing-job", "ProcessingJobName", "RoleArn", _processing
        ),
        "CreateTrainingJob": create("training-job", "TrainingJobName", "RoleArn", _training),
        "CreateTransformJob": create("transform-job", "TransformJobName", "", _transform),
        "DeleteModelPackage": standing_package,
        "DescribeModelPackage": standing_package,
        "UpdateModelPackage": update_package,
        "UpdatePipeline": update_pipeline,
    }
}
