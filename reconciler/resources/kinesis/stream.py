"""AWS::Kinesis::Stream. On demand, AWS sets the number of shards (Kinesis guide, "Modes")."""

from reconciler.resources.calendar import after
from reconciler.resources.cloudcontrol import declare
from reconciler.resources.narrow import Narrowing, fewer
from reconciler.resources.owner import scaled

declare(
    "AWS::Kinesis::Stream",
    holds="records",
    calendar=after("RetentionPeriodHours", "records", per_day=24),
    narrows=(Narrowing(path="RetentionPeriodHours", destroys="records", lost=fewer("hours", 24)),),
    owners=(scaled("ShardCount", "StreamModeDetails.StreamMode", "ON_DEMAND"),),
    refers=("AWS::KMS::Key",),
)
