"""Codes about rollouts that move weights, as a plan sees them."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 61
CODES = (
    Code(
        "CANARY001",
        "a rollout starts",
        "A new version is put beside the live one, in an endpoint configuration with both, and gets no traffic yet. The apply ends there and does not wait: the steps are taken by whoever drives the rollout.",
        "Nothing; the times are those of the bakes alone, and new instances take their own.",
    ),
    Code(
        "CANARY002",
        "instances of a rollout",
        "Both versions run side by side until the rollout has ended, and each UpdateEndpoint with a new configuration makes SageMaker start all variants anew before it ends the old ones. All of that is paid for, and counts against the quota of the instance type.",
        "Where the new version ends with fewer instances than carry the traffic now, raise `instances` in `serve` or in the steps.",
    ),
    Code(
        "CANARY003",
        "a rollout runs",
        "Weights and counts of the endpoint belong to a rollout that has not ended: a plan leaves them alone, and they are no drift. It keeps the steps and the version that it was started with.",
        "Wait, or end it: `moorline rollout promote|abort NAME`.",
    ),
    Code(
        "CANARY004",
        "a rollout is given up",
        "The spec asks for something else than the rollout that runs. An apply takes all traffic back to the version before, and then starts the new rollout at 0 %, or leaves it at that where the spec asks for the version before. It is refused where that one has fewer instances than it carried all traffic with.",
        "Apply, or put the spec back and let the rollout end first. Where it is refused, `moorline rollout abort NAME` gives the version before its instances first.",
    ),
    Code(
        "CANARY005",
        "nothing to go back to",
        "A rollout by weights goes back to the configuration that is live when it starts. That one, its model or the file of it is gone, or it was made by somebody else, has several variants, or serves in another way, so there is no way back.",
        "Deploy once with `strategy: {allAtOnce: {}}`, which asks for no way back; then the next version can be rolled out.",
    ),
    Code(
        "CANARY006",
        "nobody can say how far a rollout is",
        "The marks on the endpoint cannot be read, it is on none of the configurations that they name, or its weights or variants are those of no step: somebody else has changed it. Nothing is planned for it, for each guess could take traffic away.",
        "`moorline rollout abort NAME` goes back to the version before, and where one version is live and the marks cannot be read, it marks the rollout as ended; or put right what was changed by hand.",
    ),
    Code(
        "CANARY007",
        "an update of the endpoint has to end first",
        "AWS is moving the endpoint to another configuration. What a rollout starts from, and goes back to, is known when that has ended.",
        "Plan again when it has settled.",
    ),
    Code(
        "CANARY008",
        "what a running rollout goes back to is gone",
        "Somebody has deleted the endpoint configuration of the version before, its model or the model's file while a new version takes over. Until it is there again the new version gets no more traffic, and an abort takes the traffic back and leaves the endpoint on the configuration with both. A configuration whose content follows from the live one is made again by the apply.",
        "Apply, where the plan says that it makes it again. Else put it back: apply the specs as they were, or restore the file. `moorline rollout promote --full NAME` goes on without a way back.",
    ),
    Code(
        "CANARY009",
        "an alarm of a rollout is not well when it starts",
        "An alarm that guards the rollout fires already, is not there, has no data, or could not be read, before the new version has any traffic. The plan is not refused, since the new version may be the one that mends it. An alarm that fires, or is not there, holds the rollout before its first weight.",
        "Put the alarm right. Where the version before is what is broken, `moorline rollout promote --full NAME` replaces it, whatever the alarm says.",
    ),
)
