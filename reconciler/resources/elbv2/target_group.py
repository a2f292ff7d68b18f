"""AWS::ElasticLoadBalancingV2::TargetGroup, by AWS's own handlers.

Targets are instances, addresses, functions and load balancers, and never an endpoint of SageMaker.
A function is registered only once the load balancers may invoke it, so its permission goes before
(RegisterTargets). A name has 32 characters, and is that of one group in a region and an account
(CreateTargetGroup).
"""

from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::ElasticLoadBalancingV2::TargetGroup",
    limit=32,
    tells=("Name",),
    holds="traffic",
    refers=("AWS::Lambda::Function", "AWS::Lambda::Permission"),
)
