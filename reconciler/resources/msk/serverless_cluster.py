"""AWS::MSK::ServerlessCluster, by AWS's own handlers. Nothing of it changes after it is made.

Who reads and writes it proves who they are by IAM, which is the only way that it knows
(CreateClusterV2, ServerlessClientAuthentication). Its topics go with it.
"""

from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::MSK::ServerlessCluster",
    name="ClusterName",
    holds="records",
    tells=("ClusterName",),
    refers=("AWS::EC2::SecurityGroup",),
)
