"""AWS::Logs::LogGroup. Without retention AWS keeps events for ever (PutRetentionPolicy)."""

from reconciler.resources.cloudcontrol import declare
from reconciler.resources.narrow import Narrowing, fewer

declare(
    "AWS::Logs::LogGroup",
    holds="history",
    narrows=(Narrowing(path="RetentionInDays", destroys="history", lost=fewer("days")),),
    refers=("AWS::KMS::Key",),
)
