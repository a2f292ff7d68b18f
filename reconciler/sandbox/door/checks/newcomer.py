"""What AWS refuses to an account that never used a service it has closed to new accounts.

Off until a test asks for it (`WORLD.newcomer`). Codes, texts and statuses are those that people
reported; where none is known, the shape is the most common one, and says so here. It knows nothing
of the product's own table.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.protocol.given import given
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reconciler.sandbox.door.asked import Asked
    from reconciler.sandbox.protocol import wire
    from reconciler.sandbox.protocol.requests import Sent

ORDER = 40


@dataclass(frozen=True, slots=True)
class Refusal:
    """An answer to a call. `asks` names members one of which makes a call need the service."""

    service: str
    operation: str
    code: str
    message: str
    status: int = 400
    asks: frozenset[str] = field(default_factory=frozenset)


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


def answer(asked: Asked, onward: Callable[[], wire.Answer]) -> wire.Answer:
    """What an account that is not let in is answered."""
    shut = asked.sent and refusal(asked.service, asked.operation, asked.sent)
    return asked.refused(*shut) if shut else onward()


def refusal(service: str, operation: str, sent: Sent) -> tuple[str, str, int] | None:
    """Code, message and status for a call that is refused to a newcomer; else nothing."""
    if not WORLD.newcomer or not any(_of(each, service, operation) for each in REFUSALS):
        return None
    found = refused(service, operation, _given(service, operation, sent))
    return (found.code, found.message, found.status) if found else None


def refused(service: str, operation: str, given: Mapping[str, Any]) -> Refusal | None:
    """What a newcomer is told of a call with these parameters; nothing where it may go on."""
    if not WORLD.newcomer:
        return None
    asked = {name for name, value in given.items() if value}
    fitting = (each for each in REFUSALS if _of(each, service, operation))
    return next((each for each in fitting if not each.asks or each.asks & asked), None)


def _of(each: Refusal, service: str, operation: str) -> bool:
    return fnmatchcase(service, each.service) and fnmatchcase(operation, each.operation)


def _given(service: str, operation: str, sent: Sent) -> Mapping[str, Any]:
    """The parameters of a call."""
    try:
        return given(service, operation, sent)
    except ValueError:
        return {}  # no request of this operation: the service says so itself
