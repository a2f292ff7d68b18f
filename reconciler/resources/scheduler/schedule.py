"""AWS::Scheduler::Schedule."""

from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::Scheduler::Schedule",
    refers=(
        "AWS::IAM::Role",
        "AWS::KMS::Key",
        "AWS::SQS::Queue",
        "AWS::Scheduler::ScheduleGroup",
        "AWS::StepFunctions::StateMachine",
    ),
)
