"""AWS::Kinesis::Stream.

On demand, AWS sets the number of shards (Kinesis guide, "Modes"). The mode is changed by a request
of its own (UpdateStreamMode). A number of shards is at most doubled or halved by one request, of
which AWS takes ten in 24 hours, and a stream takes the next once it is ACTIVE (UpdateShardCount).
"""

from reconciler.resources.aside import Aside
from reconciler.resources.calendar import after
from reconciler.resources.cloudcontrol import declare
from reconciler.resources.narrow import Narrowing, fewer
from reconciler.resources.owner import scaled
from reconciler.resources.stages import Apart, Gradual, Stages, factor

MODE = Apart(props=frozenset({"StreamModeDetails"}), seconds=60)
SHARDS = Gradual(prop="ShardCount", through=factor(2), seconds=60, most=10)
declare(
    "AWS::Kinesis::Stream",
    holds="records",
    stages=Stages(apart=(MODE,), gradual=(SHARDS,)),
    calendar=after("RetentionPeriodHours", "records", per_day=24),
    narrows=(Narrowing(path="RetentionPeriodHours", destroys="records", lost=fewer("hours", 24)),),
    owners=(scaled("ShardCount", "StreamModeDetails.StreamMode", "ON_DEMAND"),),
    refers=("AWS::KMS::Key",),
    aside=Aside(
        set_by={
            "RetentionPeriodHours": (
                "increase_stream_retention_period",
                "decrease_stream_retention_period",
            ),
            "ShardCount": ("update_shard_count",),
            "StreamEncryption": ("start_stream_encryption", "stop_stream_encryption"),
            "StreamModeDetails": ("update_stream_mode",),
            "MaxRecordSizeInKiB": ("update_max_record_size",),
        }
    ),
)
