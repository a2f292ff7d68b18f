"""AWS::SQS::Queue. What is older than its retention is gone (SetQueueAttributes)."""

from reconciler.resources.cloudcontrol import declare
from reconciler.resources.narrow import Narrowing, fewer

OLDER = fewer("seconds", 4 * 86400)
"""Where nobody says, SQS keeps messages for four days."""
declare(
    "AWS::SQS::Queue",
    holds="records",
    tells=("QueueName",),
    narrows=(
        Narrowing(
            path="MessageRetentionPeriod", destroys="records", lost=fewer("seconds", 345_600)
        ),
    ),
    refers=("AWS::KMS::Key",),
)
