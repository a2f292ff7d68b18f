"""AWS::StepFunctions::StateMachine."""

from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::StepFunctions::StateMachine",
    holds="history",
    refers=("AWS::IAM::Role", "AWS::Logs::LogGroup", "AWS::KMS::Key"),
)
