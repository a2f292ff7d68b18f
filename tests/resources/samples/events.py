"""A cluster of Kafka, and a mapping from it to a function."""

from __future__ import annotations

from reconciler.model.value import Ref

from .network import SUBNETS
from .sample import Sample

CLUSTER = {
    "ClientAuthentication": {"Sasl": {"Iam": {"Enabled": True}}},
    "VpcConfigs": [{"SubnetIds": SUBNETS[:2], "SecurityGroups": ["sg-0a1b2c3d"]}],
}
kafka = Sample(
    "AWS::MSK::ServerlessCluster",
    "acme-test-events",
    minimal=CLUSTER,
    full=CLUSTER,
    breaks=({"VpcConfigs": [{"SubnetIds": SUBNETS, "SecurityGroups": ["sg-0a1b2c3d"]}]},),
    costly=True,
)
FUNCTION = "arn:aws:lambda:eu-west-1:123456789012:function:acme-test-score"
LEAST = {
    "EventSourceArn": Ref(kafka.address, "Arn"),
    "FunctionName": FUNCTION,
    "Topics": ["transactions"],
    "StartingPosition": "LATEST",
}
mapping = Sample(
    "AWS::Lambda::EventSourceMapping",
    "acme-test-events",
    minimal=LEAST,
    full={
        **LEAST,
        "BatchSize": 100,
        "Enabled": True,
        "MaximumBatchingWindowInSeconds": 5,
        "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:sqs:eu-west-1:123456789012:q"}},
    },
    edits=({"BatchSize": 200}, {"Enabled": False}, {"MaximumBatchingWindowInSeconds": 30}),
    breaks=({"StartingPosition": "TRIM_HORIZON"},),
    needs=(kafka,),
    costly=True,
)
ALLOWED = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "kafka-cluster:Connect", "Resource": "*"}],
}
policy = Sample(
    "AWS::IAM::ManagedPolicy",
    "acme-test-events",
    minimal={"PolicyDocument": ALLOWED},
    full={"PolicyDocument": ALLOWED, "Description": "Read events.", "Roles": ["score"]},
    edits=({"Roles": []},),
    costly=True,
)
