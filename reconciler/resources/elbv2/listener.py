"""AWS::ElasticLoadBalancingV2::Listener, by AWS's own handlers; see `forwarded`."""

from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare
from reconciler.resources.elbv2 import forwarded
from reconciler.resources.review import Pending

ACTIONS = "DefaultActions"

declare(
    "AWS::ElasticLoadBalancingV2::Listener",
    holds="traffic",
    by=("LoadBalancerArn",),
    adapts={ACTIONS: forwarded.meant},
    owners=forwarded.owners(ACTIONS),
    keyed=forwarded.keyed(ACTIONS),
    pending=Pending(context=forwarded.context(ACTIONS, "ListenerArn")),
    aside=Aside(looks=forwarded.LOOKS),
    refers=(
        "AWS::ElasticLoadBalancingV2::LoadBalancer",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
    ),
)
