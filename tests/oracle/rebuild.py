"""A pipeline's definition on the standard input, built anew with the SDK's classes, on the output.

It runs where `sagemaker` can be imported and nothing of ours is. Each step becomes the object that
a person would write for it: an Estimator, a HyperparameterTuner, a Processor, a Model that is
registered, conditions. What the SDK makes of these is what is printed. A member that no object of
the SDK has a word for is left out, and so is a difference.
"""

from __future__ import annotations

import json
import os
import re
import sys
from typing import Any

os.environ.setdefault("SAGEMAKER_SUPPRESS_V2_WARNING", "1")
os.environ.setdefault("AWS_DEFAULT_REGION", "eu-west-1")
TOLD, sys.stdout = sys.stdout, sys.stderr  # the SDK says much

import boto3  # noqa: E402
from sagemaker.dataset_definition.inputs import (  # noqa: E402
    AthenaDatasetDefinition,
    DatasetDefinition,
)
from sagemaker.drift_check_baselines import DriftCheckBaselines  # noqa: E402
from sagemaker.estimator import Estimator  # noqa: E402
from sagemaker.inputs import TrainingInput  # noqa: E402
from sagemaker.metadata_properties import MetadataProperties  # noqa: E402
from sagemaker.model import Model  # noqa: E402
from sagemaker.model_metrics import MetricsSource, ModelMetrics  # noqa: E402
from sagemaker.network import NetworkConfig  # noqa: E402
from sagemaker.parameter import (  # noqa: E402
    CategoricalParameter,
    ContinuousParameter,
    IntegerParameter,
)
from sagemaker.processing import ProcessingInput, ProcessingOutput, Processor  # noqa: E402
from sagemaker.transformer import Transformer  # noqa: E402
from sagemaker.tuner import HyperparameterTuner  # noqa: E402
from sagemaker.workflow import conditions as sdk_conditions  # noqa: E402
from sagemaker.workflow.condition_step import ConditionStep  # noqa: E402
from sagemaker.workflow.execution_variables import ExecutionVariable  # noqa: E402
from sagemaker.workflow.fail_step import FailStep  # noqa: E402
from sagemaker.workflow.functions import Join, JsonGet  # noqa: E402
from sagemaker.workflow.model_step import ModelStep  # noqa: E402
from sagemaker.workflow.parameters import (  # noqa: E402
    ParameterBoolean,
    ParameterFloat,
    ParameterInteger,
    ParameterString,
)
from sagemaker.workflow.pipeline import Pipeline  # noqa: E402
from sagemaker.workflow.pipeline_context import PipelineSession  # noqa: E402
from sagemaker.workflow.pipeline_experiment_config import PipelineExperimentConfig  # noqa: E402
from sagemaker.workflow.properties import PropertyFile  # noqa: E402
from sagemaker.workflow.retry import (  # noqa: E402
    SageMakerJobExceptionTypeEnum,
    SageMakerJobStepRetryPolicy,
    StepExceptionTypeEnum,
    StepRetryPolicy,
)
from sagemaker.workflow.steps import (  # noqa: E402
    CacheConfig,
    CreateModelStep,
    ProcessingStep,
    TrainingStep,
    TransformStep,
    TuningStep,
)

Json = Any
PARAMETERS = {
    "String": ParameterString,
    "Integer": ParameterInteger,
    "Float": ParameterFloat,
    "Boolean": ParameterBoolean,
}
COMPARED = {
    "Equals": sdk_conditions.ConditionEquals,
    "GreaterThan": sdk_conditions.ConditionGreaterThan,
    "GreaterThanOrEqualTo": sdk_conditions.ConditionGreaterThanOrEqualTo,
    "LessThan": sdk_conditions.ConditionLessThan,
    "LessThanOrEqualTo": sdk_conditions.ConditionLessThanOrEqualTo,
}
QUIET = {"SchemaVersion": "1.0", "SageMaker": {"PythonSDK": {"Modules": {"TelemetryOptOut": True}}}}
"""It is to tell nobody that it is used."""
PART = re.compile(r"\.([A-Za-z0-9_]+)|\['([^']*)'\]|\[(\d+)\]")


class Nobody:
    """A client of a service that is asked nothing."""

    def __getattr__(self, name: str) -> Any:
        """Fail: nothing has to be asked.

        Raises:
            AttributeError: the SDK asks AWS something.
        """
        raise AttributeError(name)


class Rebuilt:
    """One definition, and what of it has been built so far."""

    def __init__(self, definition: Json) -> None:
        """With a session that knows a region and asks nobody."""
        self.definition = definition
        session = boto3.Session(
            region_name="eu-west-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        self.session = PipelineSession(
            boto_session=session, sagemaker_client=Nobody(), default_bucket="default"
        )
        self.session.sagemaker_config = QUIET
        self.steps: dict[str, Any] = {}
        self.parameters = {each["Name"]: self._parameter(each) for each in definition["Parameters"]}

    @staticmethod
    def _parameter(each: Json) -> Any:
        more = {"enum_values": each["EnumValues"]} if "EnumValues" in each else {}
        return PARAMETERS[each["Type"]](
            each["Name"], default_value=each.get("DefaultValue"), **more
        )

    def definition_of(self) -> Json:
        """What the SDK writes."""
        config = self.definition.get("PipelineExperimentConfig")
        experiment = config and PipelineExperimentConfig(
            self.value(config["ExperimentName"]), self.value(config["TrialName"])
        )
        pipeline = Pipeline(
            name="pipeline",
            parameters=[*self.parameters.values()],
            pipeline_experiment_config=experiment,
            steps=[self.step(each) for each in self.definition["Steps"]],
            sagemaker_session=self.session,
        )
        return json.loads(pipeline.definition())

    # -- values

    def value(self, value: Json) -> Any:
        """A value with the SDK's objects in the place of references."""
        if not isinstance(value, dict):
            return [self.value(each) for each in value] if isinstance(value, list) else value
        if set(value) == {"Get"}:
            return self._got(value["Get"])
        if set(value) == {"Std:Join"}:
            join = value["Std:Join"]
            return Join(on=join["On"], values=[self.value(each) for each in join["Values"]])
        if set(value) == {"Std:JsonGet"}:
            get = value["Std:JsonGet"]
            step, file = get["PropertyFile"]["Get"].split(".PropertyFiles.")
            name = step.removeprefix("Steps.")
            return JsonGet(step_name=name, property_file=file, json_path=get["Path"])
        return {key: self.value(each) for key, each in value.items()}

    def _got(self, path: str) -> Any:
        kind, _, rest = path.partition(".")
        if kind == "Parameters":
            return self.parameters[rest]
        if kind == "Execution":
            return ExecutionVariable(rest)
        name = re.match(r"[A-Za-z0-9_-]+", rest)[0]
        found = self.steps[name].properties
        for each in PART.finditer(rest[len(name) :]):
            if each[1] is not None:
                found = getattr(found, each[1])
            else:
                found = found[each[2] if each[2] is not None else int(each[3])]
        return found

    # -- steps

    def step(self, each: Json) -> Any:
        """The SDK's step for one of ours."""
        make = {
            "Condition": self._condition,
            "Fail": self._fail,
            "Model": self._model,
            "Processing": self._processing,
            "RegisterModel": self._register,
            "Training": self._training,
            "Transform": self._transform,
            "Tuning": self._tuning,
        }[each["Type"]]
        more: dict[str, Any] = {}
        if "DependsOn" in each:
            more["depends_on"] = each["DependsOn"]
        if "CacheConfig" in each:
            cache = each["CacheConfig"]
            more["cache_config"] = CacheConfig(cache["Enabled"], cache.get("ExpireAfter"))
        if "RetryPolicies" in each:
            more["retry_policies"] = [_retry(policy) for policy in each["RetryPolicies"]]
        for ours, theirs in (("DisplayName", "display_name"), ("Description", "description")):
            if ours in each:
                more[theirs] = each[ours]
        self.steps[each["Name"]] = found = make(each, more)
        return found

    def _estimator(self, job: Json, fixed: Json) -> Estimator:
        algorithm, place, most = (
            job["AlgorithmSpecification"],
            job["ResourceConfig"],
            job["StoppingCondition"],
        )
        checkpoints, network = job.get("CheckpointConfig") or {}, job.get("VpcConfig") or {}
        return Estimator(
            image_uri=algorithm["TrainingImage"],
            role=job["RoleArn"],
            instance_count=self.value(place["InstanceCount"]),
            instance_type=self.value(place["InstanceType"]),
            volume_size=self.value(place["VolumeSizeInGB"]),
            volume_kms_key=place.get("VolumeKmsKeyId"),
            keep_alive_period_in_seconds=place.get("KeepAlivePeriodInSeconds"),
            max_run=most["MaxRuntimeInSeconds"],
            max_wait=most.get("MaxWaitTimeInSeconds"),
            use_spot_instances=job.get("EnableManagedSpotTraining", False),
            input_mode=algorithm["TrainingInputMode"],
            metric_definitions=algorithm.get("MetricDefinitions"),
            output_path=self.value(job["OutputDataConfig"]["S3OutputPath"]),
            output_kms_key=job["OutputDataConfig"].get("KmsKeyId"),
            checkpoint_s3_uri=self.value(checkpoints.get("S3Uri")),
            checkpoint_local_path=checkpoints.get("LocalPath"),
            subnets=network.get("Subnets"),
            security_group_ids=network.get("SecurityGroupIds"),
            enable_network_isolation=job.get("EnableNetworkIsolation", False),
            encrypt_inter_container_traffic=job.get("EnableInterContainerTrafficEncryption", False),
            environment=self.value(job.get("Environment")),
            hyperparameters=self.value(fixed) or None,
            max_retry_attempts=(job.get("RetryStrategy") or {}).get("MaximumRetryAttempts"),
            tags=job.get("Tags"),
            disable_profiler=True,
            debugger_hook_config=False,
            sagemaker_session=self.session,
        )

    def _channels(self, job: Json) -> dict[str, TrainingInput]:
        found = {}
        for each in job.get("InputDataConfig") or ():
            source = each["DataSource"]["S3DataSource"]
            found[each["ChannelName"]] = TrainingInput(
                s3_data=self.value(source["S3Uri"]),
                distribution=source.get("S3DataDistributionType"),
                s3_data_type=source["S3DataType"],
                content_type=each.get("ContentType"),
                input_mode=each.get("InputMode"),
                compression=each.get("CompressionType"),
            )
        return found

    def _training(self, each: Json, more: Json) -> TrainingStep:
        job = each["Arguments"]
        fitted = self._estimator(job, job.get("HyperParameters")).fit(self._channels(job))
        return TrainingStep(name=each["Name"], step_args=fitted, **more)

    def _tuning(self, each: Json, more: Json) -> TuningStep:
        config, job = (
            each["Arguments"]["HyperParameterTuningJobConfig"],
            each["Arguments"]["TrainingJobDefinition"],
        )
        goal, limits = config["HyperParameterTuningJobObjective"], config["ResourceLimits"]
        tuner = HyperparameterTuner(
            estimator=self._estimator(job, job.get("StaticHyperParameters")),
            objective_metric_name=goal["MetricName"],
            objective_type=goal["Type"],
            hyperparameter_ranges=_ranges(config["ParameterRanges"]),
            metric_definitions=job["AlgorithmSpecification"].get("MetricDefinitions"),
            strategy=config["Strategy"],
            max_jobs=limits.get("MaxNumberOfTrainingJobs"),
            max_parallel_jobs=limits["MaxParallelTrainingJobs"],
            max_runtime_in_seconds=limits.get("MaxRuntimeInSeconds"),
            early_stopping_type=config["TrainingJobEarlyStoppingType"],
            random_seed=config.get("RandomSeed"),
        )
        fitted = tuner.fit(self._channels(job), include_cls_metadata=False)
        return TuningStep(name=each["Name"], step_args=fitted, **more)

    def _processing(self, each: Json, more: Json) -> ProcessingStep:
        job = each["Arguments"]
        cluster, app = job["ProcessingResources"]["ClusterConfig"], job["AppSpecification"]
        network = job.get("NetworkConfig")
        outputs = (job.get("ProcessingOutputConfig") or {}).get("Outputs") or ()
        processor = Processor(
            role=job["RoleArn"],
            image_uri=app["ImageUri"],
            instance_count=cluster["InstanceCount"],
            instance_type=self.value(cluster["InstanceType"]),
            entrypoint=self.value(app.get("ContainerEntrypoint")),
            volume_size_in_gb=cluster["VolumeSizeInGB"],
            volume_kms_key=cluster.get("VolumeKmsKeyId"),
            output_kms_key=(job.get("ProcessingOutputConfig") or {}).get("KmsKeyId"),
            max_runtime_in_seconds=(job.get("StoppingCondition") or {}).get("MaxRuntimeInSeconds"),
            env=self.value(job.get("Environment")),
            network_config=network and _network(network),
            tags=job.get("Tags"),
            sagemaker_session=self.session,
        )
        run = processor.run(
            inputs=[self._taken(it) for it in job.get("ProcessingInputs") or ()],
            outputs=[self._left(it) for it in outputs],
            arguments=self.value(app.get("ContainerArguments")),
        )
        files = [
            PropertyFile(it["PropertyFileName"], it["OutputName"], it["FilePath"])
            for it in each.get("PropertyFiles") or ()
        ]
        return ProcessingStep(
            name=each["Name"], step_args=run, property_files=files or None, **more
        )

    def _taken(self, each: Json) -> ProcessingInput:
        if "DatasetDefinition" in each:
            held = each["DatasetDefinition"]
            query = held["AthenaDatasetDefinition"]
            athena = AthenaDatasetDefinition(
                catalog=query["Catalog"],
                database=query["Database"],
                query_string=self.value(query["QueryString"]),
                output_s3_uri=self.value(query["OutputS3Uri"]),
                work_group=query.get("WorkGroup"),
                kms_key_id=query.get("KmsKeyId"),
                output_format=query["OutputFormat"],
                output_compression=query.get("OutputCompression"),
            )
            definition = DatasetDefinition(
                data_distribution_type=held.get("DataDistributionType"),
                input_mode=held.get("InputMode"),
                local_path=held.get("LocalPath"),
                athena_dataset_definition=athena,
            )
            return ProcessingInput(
                input_name=each["InputName"],
                dataset_definition=definition,
                app_managed=each.get("AppManaged", False),
            )
        held = each["S3Input"]
        return ProcessingInput(
            source=self.value(held["S3Uri"]),
            destination=held["LocalPath"],
            input_name=each["InputName"],
            s3_data_type=held["S3DataType"],
            s3_input_mode=held.get("S3InputMode"),
            s3_data_distribution_type=held.get("S3DataDistributionType"),
            s3_compression_type=held.get("S3CompressionType"),
            app_managed=each.get("AppManaged", False),
        )

    def _left(self, each: Json) -> ProcessingOutput:
        held = each["S3Output"]
        return ProcessingOutput(
            source=held["LocalPath"],
            destination=self.value(held["S3Uri"]),
            output_name=each["OutputName"],
            s3_upload_mode=held["S3UploadMode"],
            app_managed=each.get("AppManaged", False),
        )

    def _register(self, each: Json, more: Json) -> ModelStep:
        given = each["Arguments"]
        held = given["InferenceSpecification"]
        (container,) = held["Containers"]
        model = Model(
            image_uri=container["Image"],
            model_data=self.value(container["ModelDataUrl"]),
            env=self.value(container.get("Environment")),
            role="arn:aws:iam::123456789012:role/x",
            sagemaker_session=self.session,
        )
        facts = given.get("MetadataProperties")
        registered = model.register(
            content_types=held["SupportedContentTypes"],
            response_types=held["SupportedResponseMIMETypes"],
            inference_instances=held.get("SupportedRealtimeInferenceInstanceTypes"),
            transform_instances=held.get("SupportedTransformInstanceTypes"),
            model_package_group_name=self.value(given["ModelPackageGroupName"]),
            approval_status=self.value(given["ModelApprovalStatus"]),
            description=given.get("ModelPackageDescription"),
            customer_metadata_properties=self.value(given.get("CustomerMetadataProperties")),
            metadata_properties=facts
            and MetadataProperties(
                commit_id=self.value(facts.get("CommitId")),
                repository=self.value(facts.get("Repository")),
                generated_by=self.value(facts.get("GeneratedBy")),
                project_id=self.value(facts.get("ProjectId")),
            ),
            model_metrics=given.get("ModelMetrics") and self._metrics(given["ModelMetrics"]),
            drift_check_baselines=given.get("DriftCheckBaselines")
            and self._baselines(given["DriftCheckBaselines"]),
        )
        more.pop("cache_config", None)
        return ModelStep(name=each["Name"], step_args=registered, **more)

    def _model(self, each: Json, more: Json) -> CreateModelStep:
        given = each["Arguments"]
        container, network = given["PrimaryContainer"], given.get("VpcConfig")
        model = Model(
            image_uri=container["Image"],
            model_data=self.value(container["ModelDataUrl"]),
            env=self.value(container.get("Environment")),
            role=given["ExecutionRoleArn"],
            vpc_config=network,
            enable_network_isolation=given.get("EnableNetworkIsolation", False),
            sagemaker_session=self.session,
        )
        return CreateModelStep(name=each["Name"], model=model, **more)

    def _transform(self, each: Json, more: Json) -> TransformStep:
        job = each["Arguments"]
        taken, left, place = (
            job["TransformInput"],
            job["TransformOutput"],
            job["TransformResources"],
        )
        held, kept = taken["DataSource"]["S3DataSource"], job.get("DataProcessing") or {}
        transformer = Transformer(
            model_name=self.value(job["ModelName"]),
            instance_count=self.value(place["InstanceCount"]),
            instance_type=self.value(place["InstanceType"]),
            volume_kms_key=place.get("VolumeKmsKeyId"),
            strategy=job.get("BatchStrategy"),
            max_concurrent_transforms=job.get("MaxConcurrentTransforms"),
            max_payload=job.get("MaxPayloadInMB"),
            assemble_with=left.get("AssembleWith"),
            accept=left.get("Accept"),
            output_path=self.value(left["S3OutputPath"]),
            output_kms_key=left.get("KmsKeyId"),
            env=self.value(job.get("Environment")),
            tags=job.get("Tags"),
            sagemaker_session=self.session,
        )
        run = transformer.transform(
            data=self.value(held["S3Uri"]),
            data_type=held["S3DataType"],
            content_type=taken.get("ContentType"),
            compression_type=taken.get("CompressionType"),
            split_type=taken.get("SplitType"),
            input_filter=kept.get("InputFilter"),
            output_filter=kept.get("OutputFilter"),
            join_source=kept.get("JoinSource"),
            model_client_config=job.get("ModelClientConfig"),
        )
        return TransformStep(name=each["Name"], step_args=run, **more)

    def _source(self, held: Json, *path: str) -> MetricsSource | None:
        for key in path:
            held = (held or {}).get(key)
        if not held:
            return None
        return MetricsSource(
            content_type=held.get("ContentType"),
            s3_uri=self.value(held["S3Uri"]),
            content_digest=held.get("ContentDigest"),
        )

    def _metrics(self, held: Json) -> ModelMetrics:
        return ModelMetrics(
            model_statistics=self._source(held, "ModelQuality", "Statistics"),
            model_constraints=self._source(held, "ModelQuality", "Constraints"),
            model_data_statistics=self._source(held, "ModelDataQuality", "Statistics"),
            model_data_constraints=self._source(held, "ModelDataQuality", "Constraints"),
            bias=self._source(held, "Bias", "Report"),
            bias_pre_training=self._source(held, "Bias", "PreTrainingReport"),
            bias_post_training=self._source(held, "Bias", "PostTrainingReport"),
            explainability=self._source(held, "Explainability", "Report"),
        )

    def _baselines(self, held: Json) -> DriftCheckBaselines:
        return DriftCheckBaselines(
            model_statistics=self._source(held, "ModelQuality", "Statistics"),
            model_constraints=self._source(held, "ModelQuality", "Constraints"),
            model_data_statistics=self._source(held, "ModelDataQuality", "Statistics"),
            model_data_constraints=self._source(held, "ModelDataQuality", "Constraints"),
            bias_pre_training_constraints=self._source(held, "Bias", "PreTrainingConstraints"),
            bias_post_training_constraints=self._source(held, "Bias", "PostTrainingConstraints"),
            explainability_constraints=self._source(held, "Explainability", "Constraints"),
        )

    def _condition(self, each: Json, more: Json) -> ConditionStep:
        given = each["Arguments"]
        return ConditionStep(
            name=each["Name"],
            conditions=[self._one(it) for it in given["Conditions"]],
            if_steps=[self.step(it) for it in given["IfSteps"]],
            else_steps=[self.step(it) for it in given["ElseSteps"]],
            **more,
        )

    def _one(self, each: Json) -> Any:
        kind = each["Type"]
        if kind == "Not":
            return sdk_conditions.ConditionNot(self._one(each["Condition"]))
        if kind == "Or":
            return sdk_conditions.ConditionOr([self._one(it) for it in each["Conditions"]])
        if kind == "In":
            values = [self.value(it) for it in each["Values"]]
            return sdk_conditions.ConditionIn(self.value(each["QueryValue"]), values)
        return COMPARED[kind](self.value(each["LeftValue"]), self.value(each["RightValue"]))

    def _fail(self, each: Json, more: Json) -> FailStep:
        more = {key: it for key, it in more.items() if key != "cache_config"}
        message = self.value(each["Arguments"]["ErrorMessage"])
        return FailStep(name=each["Name"], error_message=message, **more)


def _retry(policy: Json) -> Any:
    kinds = policy["ExceptionType"]
    more = {
        "backoff_rate": policy.get("BackoffRate", 2.0),
        "interval_seconds": policy.get("IntervalSeconds", 1),
        "max_attempts": policy.get("MaxAttempts"),
        "expire_after_mins": policy.get("ExpireAfterMin"),
    }
    if all(kind.startswith("Step.") for kind in kinds):
        return StepRetryPolicy(_members(StepExceptionTypeEnum, kinds), **more)
    types = _members(SageMakerJobExceptionTypeEnum, kinds)
    return SageMakerJobStepRetryPolicy(exception_types=types, **more)


def _members(of: Any, values: list[str]) -> list[Any]:
    """Members of an enumeration of the SDK's, which answers the first to any call."""
    known = {each.value: each for each in of}
    return [known[value] for value in values]


def _ranges(held: Json) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for each in held.get("IntegerParameterRanges") or ():
        found[each["Name"]] = IntegerParameter(
            int(each["MinValue"]), int(each["MaxValue"]), each.get("ScalingType", "Auto")
        )
    for each in held.get("ContinuousParameterRanges") or ():
        found[each["Name"]] = ContinuousParameter(
            float(each["MinValue"]), float(each["MaxValue"]), each.get("ScalingType", "Auto")
        )
    for each in held.get("CategoricalParameterRanges") or ():
        found[each["Name"]] = CategoricalParameter(each["Values"])
    return found


def _network(held: Json) -> NetworkConfig:
    place = held.get("VpcConfig") or {}
    return NetworkConfig(
        enable_network_isolation=held.get("EnableNetworkIsolation", False),
        security_group_ids=place.get("SecurityGroupIds"),
        subnets=place.get("Subnets"),
        encrypt_inter_container_traffic=held.get("EnableInterContainerTrafficEncryption"),
    )


if __name__ == "__main__":
    answer = [Rebuilt(each).definition_of() for each in json.load(sys.stdin)]
    json.dump(answer, TOLD)
