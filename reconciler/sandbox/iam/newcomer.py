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
    """An answer to a call. `asks` names members one of which makes a call need the service."""

    service: str
    operation: str
    code: str
    message: str
    status: int = 400
    asks: frozenset[str] = field(default_factory=frozenset)

    def concerns(self, service: str, operation: str) -> bool:
        """Whether it is about calls of an operation."""
        return fnmatchcase(service, self.service) and fnmatchcase(operation, self.operation)


def _sagemaker(operation: str, part: str, *asks: str) -> Refusal:
    """No refusal of SageMaker's has been published: this is AWS's usual one."""
    message = f"{part} is no longer open to new customers."
    return Refusal("sagemaker", operation, "AccessDeniedException", message, 400, frozenset(asks))


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
        "ProfilerRuleConfigurations",
    ),
    _sagemaker("QualityCheck", "Amazon SageMaker Model Monitor"),
    _sagemaker("ClarifyCheck", "Amazon SageMaker Clarify"),
)


def refused(service: str, operation: str, given: Mapping[str, Any]) -> Refusal | None:
    """What a newcomer is told of a call with these parameters; nothing where it may go on."""
    if not WORLD.newcomer:
        return None
    asked = {name for name, value in given.items() if value}
    fitting = (each for each in REFUSALS if each.concerns(service, operation))
    return next((each for each in fitting if not each.asks or each.asks & asked), None)
