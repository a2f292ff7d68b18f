"""How a load balancer divides requests between target groups: what is the same, and whose it is.

AWS gives a forward back in other shapes than it took it: one group without a weight, or groups
beside it that get nothing. Where the shares are those that are declared, nothing differs. While a
rollout runs, the weights are its own: they follow the endpoint, whose marks say so. So are those of
a test, as long as the spec has it with the same groups. A client that is kept at one group goes
round the weights, so that is a difference.
Source: ELB API reference, ForwardActionConfig, TargetGroupStickinessConfig.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from reconciler.model.change import Cause, Change
from reconciler.model.value import Json, Props
from reconciler.resources.answers import absent
from reconciler.resources.owner import CONTEXT, Owner
from reconciler.resources.review import Asking, Look
from reconciler.rollout import marks, trialmarks

SPLIT_TAG = "moorline:split"
"""On a rule whose weights a rollout moves: the endpoint that it is of."""
TEST_TAG = "moorline:split-by"
"""On a rule that follows a test."""
FORWARD = "forward"
GROUPS = "TargetGroups"
LOOKS = ("sagemaker:ListTags",)
_RUNS = "rollout"


def meant(wanted: Json, live: Json, _: Props) -> Json:
    """Declared actions as they are live, where both do the same."""
    if not isinstance(wanted, Sequence) or not isinstance(live, Sequence):
        return wanted
    if len(wanted) != len(live):
        return wanted
    return [_meant(one, other) for one, other in zip(wanted, live, strict=True)]


def _meant(wanted: Props, live: Props) -> Props:
    both = (wanted, live)
    if any(each.get("Type") != FORWARD for each in both):
        return wanted
    one, other = (_shares(each) for each in both)
    same = one and one == other and _kept(wanted) == _kept(live)
    return live if same and {*_groups(live)} <= {*_groups(wanted)} else wanted


def _kept(action: Props) -> bool:
    """Whether a client stays at the group that it came to first."""
    kept = (action.get("ForwardConfig") or {}).get("TargetGroupStickinessConfig") or {}
    return bool(kept.get("Enabled"))


def _shares(action: Props) -> dict[str, float]:
    """The share of each group that gets anything; nothing where none does, or is known by name."""
    found = _groups(action)
    total = sum(found.values())
    if not total or not all(isinstance(arn, str) for arn in found):
        return {}
    return {str(arn): weight / total for arn, weight in found.items() if weight}


def _groups(action: Props) -> dict[Json, float]:
    """The weight of each group; one that gets nothing is in use as well."""
    config = action.get("ForwardConfig") or {}
    groups = config.get(GROUPS) or [{"TargetGroupArn": action.get("TargetGroupArn")}]
    return {each.get("TargetGroupArn"): each.get("Weight", 1) for each in groups}


def owners(prop: str) -> tuple[Owner, ...]:
    """For `Resource.owners`: whose the weights below a property are."""
    path = f"{prop}.ForwardConfig.{GROUPS}.Weight"
    return (Owner(path=path, who=Cause.ROLLOUT, when=_moved, asked=True),)


def keyed(prop: str) -> dict[str, str]:
    """For `Resource.keyed`: by what groups are known."""
    return {f"{prop}.ForwardConfig.{GROUPS}": "TargetGroupArn"}


def context(prop: str, arn: str) -> Callable[[Change], Asking]:
    """For `Pending.context`: whether a rollout runs, asked only where the actions differ."""

    def ask(change: Change) -> Asking:
        tags = (change.observed.tags or {}) if change.observed else {}
        if not change.touches(prop) or not change.observed:
            return {}
        endpoint, own = tags.get(SPLIT_TAG), str(change.observed.outputs.get(arn) or "")
        if not endpoint or not own:
            return {}
        _, partition, _, region, account, _ = own.split(":", 5)
        whole = f"arn:{partition}:sagemaker:{region}:{account}:endpoint/{endpoint}"
        gone = (absent("ValidationException", r"(?i)could not find|does not exist"),)
        found = yield Look("sagemaker", "list_tags", {"ResourceArn": whole}, "Tags", absent=gone)
        said = {each["Key"]: each["Value"] for each in found or ()}
        return {_RUNS: runs(said) or (trialmarks.TAG in said and _tests(change, prop))}

    return ask


def _tests(change: Change, prop: str) -> bool:
    """Whether the declared rule is that of a test, and divides between the groups it has."""
    tags = {each["Key"] for each in change.desired.get("Tags") or ()}
    wanted, live = (
        {arn for action in side.get(prop) or () for arn in _groups(action)}
        for side in (change.desired, change.live)
    )
    return TEST_TAG in tags and wanted == live


def runs(tags: Mapping[str, str]) -> bool:
    """Whether marks on an endpoint say that a rollout is under way, or nobody can tell."""
    found = marks.read(tags)
    return found is not None and (bool(found.fault) or not found.ended)


def _moved(live: Props) -> bool:
    return bool((live.get(CONTEXT) or {}).get(_RUNS))
