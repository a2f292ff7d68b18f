"""Codes about the ways in which a model answers, and what each does not go with."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 78
CODES = (
    Code(
        "MODE001",
        "no share of the traffic",
        "The strategy sends a share of the requests to a new version, or a copy of them. This mode has no two variants beside each other, or nobody documents that their weights count.",
        "Use a strategy that the message names; `docs/rollout-modes.md` has the table.",
    ),
    Code(
        "MODE002",
        "no guardrails",
        "SageMaker has no guardrails of this kind for the mode. It would not refuse the update: it would move all traffic at once, without steps, bake or alarms.",
        "Use a strategy that the message names; `docs/rollout-modes.md` has the table.",
    ),
    Code(
        "MODE003",
        "means something in another mode only",
        "The field or the strategy needs what this mode does not have: components, an endpoint, instances.",
        "Remove it, or use the mode that the message names.",
    ),
    Code(
        "MODE004",
        "SageMaker excludes it in this mode",
        "AWS documents that this feature and this mode of an endpoint do not go together.",
        "Remove one of the two.",
    ),
    Code(
        "MODE005",
        "not what scales in this mode",
        "Each mode has one number that an autoscaler may set (instances, copies, provisioned concurrency) and metrics that go with it. AWS refuses others only when the endpoint is up.",
        "Use a metric that the message names.",
    ),
    Code(
        "MODE006",
        "nothing brings it back from zero",
        "With no instance there is no figure per instance, so a policy that follows one never adds the first. Only the queue of an asynchronous endpoint, and requests to a component, say that somebody waits.",
        "Use `atLeast: 1`, or a mode that can wake up; an asynchronous endpoint needs `wake`.",
    ),
    Code(
        "MODE007",
        "image of another processor",
        "An image runs on one kind of processor: Graviton types need one that is made for Arm, and all others one that is not.",
        "Use an image, or an instance type, of the other kind.",
    ),
    Code(
        "MODE008",
        "there is no way back",
        "SageMaker changes a serverless endpoint into one with instances and not back. A rollback of such an update would be refused.",
        "Make another endpoint and move the callers; or approve the loss of traffic that the plan shows.",
    ),
    Code(
        "MODE009",
        "SageMaker refuses this change of mode",
        "SageMaker does not turn an endpoint with instances into a serverless one.",
        "Use another `awsName`, or another Rollout, and move the callers.",
    ),
    Code(
        "MODE010",
        "the count stays",
        "An autoscaler owns the number. An update of the endpoint keeps the live one, whatever the configuration begins with.",
        "Nothing. `autoscale` has the bounds of the number.",
    ),
    Code(
        "MODE011",
        "a policy of somebody else would go",
        "Where a scalable target is deregistered, because nothing declares it or because another instance type needs it away for a while, AWS deletes all of its policies. This one is of no spec.",
        "Have its owner delete it, then plan again.",
    ),
    Code(
        "MODE012",
        "it would stay at none",
        "Nothing brings back the first instance of an endpoint at 0 once its autoscaler is gone: its number stays as it is.",
        "Raise `atLeast` to 1 and apply that, then take `autoscale` away.",
    ),
)
