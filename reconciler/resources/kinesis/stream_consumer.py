"""AWS::Kinesis::StreamConsumer: a reader with a throughput of its own (enhanced fan-out).

Nothing of it changes, and AWS has no call that does: its tags stay as they were made. Its ARN has
the time of its making, so it is known by stream and name. One that is made anew may begin to read
where the reader's own notes say; it holds nothing.
"""

from reconciler.resources.cloudcontrol import declare

declare("AWS::Kinesis::StreamConsumer", name="ConsumerName", refers=("AWS::Kinesis::Stream",))
