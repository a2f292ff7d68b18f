"""AWS::IAM::ManagedPolicy, by AWS's own handlers: what may be attached to roles of others."""

from reconciler.resources.cloudcontrol import declare

declare(
    "AWS::IAM::ManagedPolicy",
    policies=frozenset({"PolicyDocument"}),
    sets=frozenset({"Groups", "Roles", "Users"}),
)
