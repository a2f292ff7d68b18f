"""AWS::Events::Rule, by AWS's own handlers."""

from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::Events::Rule",
    keyed={"Targets": "Id"},
    refers=(
        "AWS::IAM::Role",
        "AWS::Lambda::Function",
        "AWS::S3::Bucket",
        "AWS::SNS::Topic",
        "AWS::SQS::Queue",
        "AWS::StepFunctions::StateMachine",
    ),
)
