"""What AWS refuses to an account that never used a service it has closed to new accounts.

Off until a test asks for it (`WORLD.newcomer`). Codes, texts and statuses are those that people
reported; where none is known, the shape is the most common one, and says so here. It knows nothing
of the product's own table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer to a call.

    `asks` names members one of which makes a call need the service, `runs` part of the name of an
    image that does so; `part` is the name by which an account says that it uses the service.
    """

    service: str
    operation: str
    code: str
    message: str
    status: int = 400
    asks: frozenset[str] = field(default_factory=frozenset)
    runs: str = ""
    part: str = ""

    def concerns(self, service: str, operation: str) -> bool:
        """Whether it is about calls of an operation."""
        return fnmatchcase(service, self.service) and fnmatchcase(operation, self.operation)


def _sagemaker(operation: str, called: str, *asks: str, runs: str = "") -> Refusal:
    """No refusal of SageMaker's has been published: this is AWS's usual one.

    Nor has it whether a job with an image of a closed service is refused or fails to pull it.
    """
    message = f"{called} is no longer open to new customers."
    plain = called.removeprefix("Amazon ").removeprefix("SageMaker ")
    part = {"Augmented AI": "a2i"}.get(plain, plain.lower().replace(" ", "-"))
    return Refusal(
        "sagemaker", operation, "AccessDeniedException", message, 400, frozenset(asks), runs, part
    )


REFUSALS = (
    Refusal(
        "apprunner",
        "*",
        "SubscriptionRequiredException",
        "The AWS Access Key Id needs a subscription for the service",
        403,
    ),
    *(
        Refusal(
            service,
            "*",
            "AccessDeniedException",
            "Only existing Timestream for LiveAnalytics customers can access the service. Reach"
            " out to AWS support for more information.",
        )
        for service in ("timestream-write", "timestream-query")
    ),
    Refusal(
        "codecommit",
        "CreateRepository",
        "OperationNotAllowedException",
        "CreateRepository request is not allowed because there is no existing repository in this"
        " AWS account or AWS Organization",
    ),
    Refusal(
        "cloudtrail",
        "CreateEventDataStore",
        "InvalidRequestException",
        "Invalid request provided: CloudTrail Lake is no longer accepting new customers",
    ),
    Refusal(
        "bedrock-agent",
        "CreateAgent",
        "AccessDeniedException",
        "Bedrock Agents is in Maintenance Mode. New agent creation is not available for accounts"
        " without prior service usage.",
        403,
    ),
    Refusal(
        "robomaker",
        "*",
        "ForbiddenException",
        "AWS RoboMaker is only available for existing customers.",
    ),
    Refusal(
        "opsworks",
        "*",
        "AccessDeniedException",
        "AWS OpsWorks Stacks is no longer accepting new customers",
    ),
    _sagemaker("CreateMonitoringSchedule", "Amazon SageMaker Model Monitor"),
    _sagemaker("Create*JobDefinition", "Amazon SageMaker Model Monitor"),
    _sagemaker("CreateLabelingJob", "Amazon SageMaker Ground Truth"),
    _sagemaker("CreateWorkteam", "Amazon SageMaker Ground Truth"),
    _sagemaker("CreateWorkforce", "Amazon SageMaker Ground Truth"),
    _sagemaker("CreateFlowDefinition", "Amazon Augmented AI"),
    _sagemaker("CreateHumanTaskUi", "Amazon Augmented AI"),
    _sagemaker("CreateEndpointConfig", "Amazon SageMaker Clarify", "ExplainerConfig"),
    _sagemaker(
        "CreateTrainingJob",
        "Amazon SageMaker Debugger",
        "DebugHookConfig",
        "DebugRuleConfigurations",
        "TensorBoardOutputConfig",
    ),
    _sagemaker(
        "CreateTrainingJob",
        "Amazon SageMaker Profiler",
        "ProfilerConfig",
        "ProfilerRuleConfigurations",
    ),
    _sagemaker(
        "CreateProcessingJob", "Amazon SageMaker Clarify", runs="sagemaker-clarify-processing"
    ),
    _sagemaker(
        "CreateProcessingJob",
        "Amazon SageMaker Model Monitor",
        runs="sagemaker-model-monitor-analyzer",
    ),
    _sagemaker("CreateProcessingJob", "Amazon SageMaker Debugger", runs="sagemaker-debugger-rules"),
    _sagemaker("QualityCheck", "Amazon SageMaker Model Monitor"),
    _sagemaker("ClarifyCheck", "Amazon SageMaker Clarify"),
)


OFF = {"DisableProfiler": True}


def refused(service: str, operation: str, given: Mapping[str, Any]) -> Refusal | None:
    """What a newcomer is told of a call with these parameters; nothing where it may go on."""
    if not WORLD.newcomer:
        return None
    asked = {name for name, value in given.items() if value and value != OFF}
    image = str((given.get("AppSpecification") or {}).get("ImageUri", ""))
    for each in REFUSALS:
        if not each.concerns(service, operation) or each.part in WORLD.uses:
            continue
        if (each.runs and each.runs in image) or (
            not each.runs and (not each.asks or each.asks & asked)
        ):
            return each
    return None
