"""Which strategy goes with which mode, as data; of another pair why not, and what to do.

Sources: AWS_FACTS 1.3 (exclusions of the guardrails, which SageMaker answers with a silent move of
all traffic at once) and 1.6; SageMaker API reference, UpdateInferenceComponent (the only policy of
its DeploymentConfig is a rolling one), InvokeEndpointAsync (it takes no TargetVariant); developer
guide, "Shadow variants", exclusions.
"""

from __future__ import annotations

from typing import NamedTuple

MODES = ("realtime", "components", "serverless", "async", "multiModel", "batch")
"""`components` is `realtime` with inference components."""
STRATEGIES = ("allAtOnce", "blueGreen", "linear", "rolling", "canary", "abTest", "shadow")
WEIGHED = frozenset({"canary", "abTest", "shadow"})
"""They need two variants beside each other."""


class Refusal(NamedTuple):
    """Why a pair does not go together."""

    code: str
    why: str
    help: str


_WEIGHTS = "has no two variants, so no share of the traffic can go to a new version"
_ONE_WAY = {
    "components": Refusal(
        "MODE001", f"an endpoint of components {_WEIGHTS}", "use rolling or allAtOnce"
    ),
    "serverless": Refusal("MODE001", f"a serverless endpoint {_WEIGHTS}", "use allAtOnce"),
    "multiModel": Refusal(
        "MODE001",
        "an endpoint of many models loads each as it is asked for, and a request names its model:"
        " no share of them can go to a new version",
        "use blueGreen, linear, rolling or allAtOnce",
    ),
    "async": Refusal(
        "MODE001",
        "requests wait in one queue, and AWS documents no weights for it",
        "use blueGreen, linear, rolling or allAtOnce",
    ),
}
_SHADOW = {
    "components": "inference components",
    "serverless": "serverless endpoints",
    "multiModel": "endpoints of many models",
    "async": "asynchronous endpoints",
}
_FLEETS = Refusal(
    "MODE002",
    "a new version of a component takes over in place, copy by copy: there is no second fleet",
    "use rolling or allAtOnce",
)
_NO_GUARDRAILS = Refusal(
    "MODE002",
    "SageMaker has no guardrails for serverless endpoints: it would move all traffic at once,"
    " unwatched",
    "use allAtOnce",
)
_NOTHING = Refusal(
    "MODE003",
    "nothing serves between two runs: a new version answers from the next run on",
    "remove the strategy, or use allAtOnce",
)


def refusal(strategy: str, mode: str) -> Refusal | None:
    """Why a strategy does not go with a mode; nothing where it does."""
    if strategy == "allAtOnce" or mode == "realtime":
        return None
    if mode == "batch":
        return _NOTHING
    if strategy == "shadow":
        why = f"SageMaker has no shadow variants for {_SHADOW[mode]}"
        return Refusal("MODE001", why, _ONE_WAY[mode].help)
    if strategy in WEIGHED:
        return _ONE_WAY[mode]
    if mode == "serverless":
        return _NO_GUARDRAILS
    if mode == "components" and strategy != "rolling":
        return _FLEETS
    return None


TABLE = {(strategy, mode): refusal(strategy, mode) for strategy in STRATEGIES for mode in MODES}
"""Every pair, with nothing where it goes together."""
