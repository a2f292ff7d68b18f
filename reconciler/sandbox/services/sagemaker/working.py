"""How a deployment ends whose role may not do what it must: as AWS ends it, with the reason."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from reconciler.access.workloads.pipelines import steps, training_of
from reconciler.sandbox.iam.working import Failing, Site, Thing, failing, refusal
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


def run(call: Call, record: Record, given: list[dict[str, Any]]) -> Failing | None:
    """The step at which a run of a pipeline fails whose roles are refused; nothing if none is."""
    thing = _pipeline(record)
    definition = thing.props["PipelineDefinition"]
    try:
        definition["PipelineDefinitionBody"] = _filled(definition["PipelineDefinitionBody"], given)
        jobs = [training_of(step) for step in steps(thing)]
    except (AttributeError, KeyError, LookupError, TypeError, ValueError):
        jobs = []  # of another form than ours: nothing is known of its steps
    roles = [
        record.data.get("RoleArn", ""),
        *(str(each["RoleArn"]) for each in jobs if each and "RoleArn" in each),
    ]
    return failing(_site(call, [thing]), thing, roles, WORLD.durations.pipeline_execution)


def _filled(body: str, given: list[dict[str, Any]]) -> str:
    """A definition whose parameters are those of a run."""
    found = json.loads(body)
    values = {each["Name"]: each["Value"] for each in given}
    for each in found.get("Parameters") or ():
        if each["Name"] in values:
            each["DefaultValue"] = values[each["Name"]]
    return json.dumps(found)


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
