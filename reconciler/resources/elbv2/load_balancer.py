"""AWS::ElasticLoadBalancingV2::LoadBalancer, by AWS's own handlers.

A name has 32 characters and does not begin with `internal-` (CreateLoadBalancer).
"""

from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    limit=32,
    holds="traffic",
    refers=("AWS::EC2::SecurityGroup", "AWS::S3::Bucket"),
)
