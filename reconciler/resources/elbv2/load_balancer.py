"""AWS::ElasticLoadBalancingV2::LoadBalancer, by AWS's own handlers.

A name has 32 characters, does not begin with `internal-`, and is that of one load balancer in a
region and an account (CreateLoadBalancer).
"""

from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::ElasticLoadBalancingV2::LoadBalancer",
    limit=32,
    tells=("Name",),
    holds="traffic",
    refers=("AWS::EC2::SecurityGroup", "AWS::S3::Bucket"),
)
