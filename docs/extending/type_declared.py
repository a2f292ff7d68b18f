"""AWS::KinesisVideo::Stream, by AWS's own handlers.

Copy to `reconciler/resources/<service>/<type>.py`, then `make schemas docs`. All that the schema
says is known; a declaration adds what no schema says: what is lost with it, which change loses
something, what it uses, in which order AWS takes changes (`stages`), what others own (`owners`).
What is older than the retention is not kept (UpdateDataRetention).
"""

from reconciler.resources.cloudcontrol import declare
from reconciler.resources.narrow import Narrowing, fewer

declare(
    "AWS::KinesisVideo::Stream",
    holds="records",
    narrows=(Narrowing(path="DataRetentionInHours", destroys="records", lost=fewer("hours")),),
    refers=("AWS::KMS::Key",),
)
