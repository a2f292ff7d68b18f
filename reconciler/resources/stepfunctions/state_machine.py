"""AWS::StepFunctions::StateMachine, by AWS's own handlers.

A standard machine is deleted only when its last run has ended, and its name is taken until then
(DeleteStateMachine). A run goes on with the definition that it began with (UpdateStateMachine).
A role that is new is refused for a while, in two wordings: of the role, and of the log group that
it may not write to.
"""

from reconciler.facts.partitions import partition_of
from reconciler.model.change import Change
from reconciler.model.graph import Graph
from reconciler.model.step import Step
from reconciler.model.value import Json
from reconciler.resources.answers import absent
from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare
from reconciler.resources.inflight import InFlight, identifier
from reconciler.resources.review import Look

ARN = "arn:{partition}:states:{region}:{account}:stateMachine:{name}"


def _look(arn: Json) -> Look:
    params = {"stateMachineArn": arn, "statusFilter": "RUNNING", "maxResults": 1000}
    gone = (absent("StateMachineDoesNotExist"),)
    return Look("stepfunctions", "list_executions", params, "executions", gone)


def _live(change: Change) -> Look:
    return _look(identifier(change, "Arn"))


def _last(step: Step, graph: Graph) -> Look:
    place = {"region": graph.region, "account": graph.account, "name": step.address.name}
    return _look(ARN.format(partition=partition_of(graph.region).name, **place))


RUNS = InFlight(
    live=_live,
    last=_last,
    going=lambda _: True,
    changed="they go on with the definition that they began with",
    deleted="it is deleted when the last of them has ended, and its name is taken until then",
    props=frozenset({"DefinitionString", "RoleArn"}),
)
SPREADS = (
    r"(?i)neither the global service principal|is not authorized to (assume|access the log)"
    r"|not authorized to create managed.rule"
)
"""What a role answers that Step Functions cannot see yet. Source: AWS's own words, as people report
them of CreateStateMachine with a role of the same deployment."""
declare(
    "AWS::StepFunctions::StateMachine",
    holds="history",
    tells=("StateMachineName",),
    predict={"Arn": ARN, "Name": "{name}", "PrimaryIdentifier": ARN},
    aside=Aside(hands=("states.amazonaws.com",), looks=("states:ListExecutions",)),
    transient=tuple(
        absent(code, SPREADS)
        for code in ("AccessDenied", "GeneralServiceException", "InvalidRequest")
    ),
    pending=RUNS.pending,
    refers=(
        "AWS::Athena::WorkGroup",
        "AWS::EMRServerless::Application",
        "AWS::Events::Connection",
        "AWS::Glue::Job",
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::Lambda::Function",
        "AWS::Logs::LogGroup",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SageMaker::FeatureGroup",
    ),
)
