"""AWS::Logs::LogGroup, by AWS's own handlers.

Copy to `reconciler/resources/<service>/<type>.py`, then `make schemas docs`. All that the schema
says is known; a declaration adds what no schema says: what is lost with it, which change loses
something, what it uses, in which order AWS takes changes (`stages`), what others own (`owners`).
Without retention AWS keeps events for ever (PutRetentionPolicy).
"""

from reconciler.resources.cloudcontrol import declare
from reconciler.resources.narrow import Narrowing, fewer

declare(
    "AWS::Logs::LogGroup",
    holds="history",
    narrows=(Narrowing(path="RetentionInDays", destroys="history", lost=fewer("days")),),
    refers=("AWS::KMS::Key",),
)
