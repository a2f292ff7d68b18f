"""AWS::Events::Rule, by AWS's own handlers."""

from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::Events::Rule",
    aside=Aside(hands=("events.amazonaws.com",)),
    keyed={"Targets": "Id"},
    refers=(
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::SageMaker::Pipeline",
        "AWS::StepFunctions::StateMachine",
    ),
)
