"""How a deployment ends whose role may not do what it must: as AWS ends it, with the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reconciler.sandbox.iam.working import Site, Thing, refusal
from reconciler.sandbox.services.sagemaker import model, pipeline
from reconciler.sandbox.state.outcomes import OK, Outcome
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.services.sagemaker.store import Call, Record

ENDPOINT, GROUP = "AWS::SageMaker::Endpoint", "AWS::SageMaker::FeatureGroup"
UNSEEN = (
    ("sagemaker.[CU]*", "iam", "ValidationException",
     ("Could not assume role. Please ensure that the role exists and allows principal"
      " 'sagemaker.amazonaws.com' to assume the role.")),
    ("sagemaker.[CU]*", "kms", "ValidationException",
     "Invalid KMS key: NotFoundException: the key does not exist."),
)  # fmt: skip


def endpoint(call: Call, name: str, config: Record, scripted: Outcome, *, new: bool) -> Outcome:
    """The scripted ending, or that of an endpoint whose role is refused."""
    if scripted is not OK:
        return scripted
    known = call.records(model.KIND)
    models = [known[each] for each in _models(config) if each in known]
    deployed = {
        "EndpointName": name,
        "EndpointConfigName": config.name,
        "DeploymentConfig": call.get("DeploymentConfig"),
    }
    things = [
        *(Thing("AWS::SageMaker::Model", each.name, each.data) for each in models),
        *(_pipeline(each) for each in call.records(pipeline.KIND).values()),
        Thing("AWS::SageMaker::EndpointConfig", config.name, config.data),
        Thing(ENDPOINT, name, deployed),
    ]
    roles = [each.data.get("ExecutionRoleArn", "") for each in models]
    why = refusal(_site(call, things), roles, later=WORLD.durations.endpoint)
    return Outcome("failed" if new else "rollback", why) if why else OK


def feature_group(call: Call, data: dict[str, Any], scripted: Outcome) -> Outcome:
    """The scripted ending, or that of a feature group whose role is refused."""
    if scripted is not OK or not data.get("OfflineStoreConfig"):
        return scripted
    thing = Thing(GROUP, data["FeatureGroupName"], data)
    later = WORLD.durations.feature_group
    why = refusal(_site(call, [thing]), [data.get("RoleArn", "")], later=later)
    return Outcome("failed", why) if why else OK


def _models(config: Record) -> list[str]:
    found = config.data.get("ProductionVariants") or []
    return [each["ModelName"] for each in found if "ModelName" in each]


def _pipeline(record: Record) -> Thing:
    """A pipeline: what runs, and registers the versions that a model may be of."""
    body = {"PipelineDefinitionBody": record.data.get("PipelineDefinition", "{}")}
    props = {"RoleArn": record.data.get("RoleArn", ""), "PipelineDefinition": body}
    return Thing("AWS::SageMaker::Pipeline", record.name, props)


def _site(call: Call, things: list[Thing]) -> Site:
    where = call.backend
    return Site(where.region_name, where.account_id, where.partition, tuple(things))
