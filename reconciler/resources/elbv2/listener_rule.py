"""AWS::ElasticLoadBalancingV2::ListenerRule, by AWS's own handlers; see `forwarded`."""

from reconciler.resources.aside import Aside
from reconciler.resources.cloudcontrol import declare
from reconciler.resources.elbv2 import forwarded
from reconciler.resources.review import Pending

ACTIONS = "Actions"

declare(
    "AWS::ElasticLoadBalancingV2::ListenerRule",
    holds="traffic",
    by=("ListenerArn",),
    adapts={ACTIONS: forwarded.meant},
    owners=forwarded.owners(ACTIONS),
    keyed=forwarded.keyed(ACTIONS),
    pending=Pending(context=forwarded.context(ACTIONS, "RuleArn")),
    aside=Aside(looks=forwarded.LOOKS),
    refers=(
        "AWS::ElasticLoadBalancingV2::Listener",
        "AWS::ElasticLoadBalancingV2::TargetGroup",
    ),
)
