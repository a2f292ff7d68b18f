"""How a load balancer divides requests between the variants of a rollout. Pure.

A rule (or the default action of a listener) forwards to one target group for each variant, by
weights. A driver reads the rule, asks `wanted` what its shares are to be, sends `forward`, reads it
again, and goes on only where `held` says nothing:

    answer = ask(split.read)
    shares = wanted(rollout, live, action)
    if shares is not None and not reached(split, shares, answer):
        send(forward(split, shares, answer))    # after the endpoint's weights, and read again
    if not (why := held(rollout, action, split, answer)):
        ...                                     # FINISH and SETTLE may be sent

Weights are whole numbers of 0 to 999, and the traffic of one is its part of their sum. A weight of
0 is sent like any other. Source: ELB API reference, ModifyRule, TargetGroupTuple.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from reconciler.model.change import Call
from reconciler.model.value import Json
from reconciler.rollout.values import Act, Live, Phase, Rollout, RolloutAction

Props: TypeAlias = Mapping[str, Json]
CLIENT = "elbv2"
"""The boto3 client."""
MOST = 999
WHOLE = 100
NEAR = 0.002
"""Shares that differ by less are the same: 999 parts are not exact for every share."""
_FORWARD = "forward"
_OVER = frozenset({Phase.IDLE, Phase.COMPLETED, Phase.ABORTED, Phase.ROLLED_BACK})


class SplitError(ValueError):
    """Shares that no rule can have, or a rule that is not the one that was made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """Where the weights are, and which target group has the requests of which variant."""

    at: str
    """The ARN of the rule; of the listener, where it is its default action."""
    groups: Mapping[str, str]
    """ARN of the target group by variant."""

    @property
    def default(self) -> bool:
        """Whether it is the default action of a listener, which no call for rules changes."""
        return ":listener/" in self.at

    @property
    def read(self) -> Call:
        """The call that reads it, and nothing else."""
        if self.default:
            return Call(CLIENT, "describe_listeners", {"ListenerArns": [self.at]})
        return Call(CLIENT, "describe_rules", {"RuleArns": [self.at]})


def weights(shares: Mapping[str, float]) -> dict[str, int]:
    """Whole numbers for shares of 0 to 1, one for each variant, 0 included.

    Per cent where all shares are whole per cent; else parts of 999, so that no share above 0
    becomes none.

    Raises:
        SplitError: a share is no share, or all of them are 0.
    """
    for variant, share in shares.items():
        if not 0 <= share <= 1 or not math.isfinite(share):
            raise SplitError(f"{variant!r} has the share {share}: a share is 0 to 1")
    total = sum(shares.values())
    if not total:
        raise SplitError("all shares are 0: a rule has to send requests somewhere")
    parts = {variant: share / total for variant, share in shares.items()}
    exact = {variant: round(part * WHOLE) for variant, part in parts.items()}
    if all(abs(part * WHOLE - exact[variant]) < 1e-6 for variant, part in parts.items()):  # noqa: PLR2004 - floats
        return exact
    return {variant: max(1, round(part * MOST)) if part else 0 for variant, part in parts.items()}


def forward(split: Split, shares: Mapping[str, float], answer: Props) -> Call:
    """The call that gives the rule these shares, after `answer` of `split.read`.

    Every group has its weight in it. All else of the rule stays: its conditions and priority,
    which are not sent, and what it does before it forwards, which is sent as it was read.

    Raises:
        SplitError: the shares are of other variants than the groups, or no rule can have them; or
            what was read is not this rule.
    """
    if unknown := sorted(shares.keys() - split.groups.keys()):
        raise SplitError(f"no target group has the requests of {', '.join(map(repr, unknown))}")
    sent = weights({variant: shares.get(variant, 0.0) for variant in split.groups})
    actions: list[Json] = []
    for action in _actions(split, answer):
        if action.get("Type") == _FORWARD:
            stick = (action.get("ForwardConfig") or {}).get("TargetGroupStickinessConfig")
            groups = [
                {"TargetGroupArn": split.groups[variant], "Weight": sent[variant]}
                for variant in sorted(split.groups)
            ]
            config: dict[str, Json] = {"TargetGroups": groups}
            if stick and stick.get("Enabled"):
                config["TargetGroupStickinessConfig"] = stick
            kept = {"Order": action["Order"]} if "Order" in action else {}
            actions.append({"Type": _FORWARD, **kept, "ForwardConfig": config})
        else:
            actions.append(_as_it_was(action))
    if split.default:
        return Call(CLIENT, "modify_listener", {"ListenerArn": split.at, "DefaultActions": actions})
    return Call(CLIENT, "modify_rule", {"RuleArn": split.at, "Actions": actions})


def shares_of(split: Split, answer: Props) -> dict[str, float]:
    """The shares that a rule has, by variant: what was read, whatever was asked for.

    A single group without a weight has all. A group that is not in the rule has none.

    Raises:
        SplitError: what was read is not this rule, or it sends requests to other groups.
    """
    (found,) = (each for each in _actions(split, answer) if each.get("Type") == _FORWARD)
    names = {arn: variant for variant, arn in split.groups.items()}
    config = found.get("ForwardConfig") or {}
    tuples = config.get("TargetGroups") or [{"TargetGroupArn": found.get("TargetGroupArn")}]
    live = {each.get("TargetGroupArn"): each.get("Weight", 1) for each in tuples}
    total = sum(live.values())
    strange = sorted(str(arn) for arn, weight in live.items() if weight and arn not in names)
    if strange:
        raise SplitError(
            f"{split.at} sends requests to {', '.join(strange)}, which nobody declared"
        )
    if not total:
        raise SplitError(f"{split.at} has no group with a weight above 0")
    return {variant: live.get(arn, 0) / total for variant, arn in split.groups.items()}


def reached(split: Split, shares: Mapping[str, float], answer: Props) -> bool:
    """Whether a rule as it was read has these shares."""
    live = shares_of(split, answer)
    asked = {variant: shares.get(variant, 0.0) for variant in {*live, *shares}}
    return all(
        abs(live.get(variant, 0.0) - share) < NEAR
        and bool(live.get(variant)) == bool(share)  # none is none
        for variant, share in asked.items()
    )


def wanted(rollout: Rollout, live: Live, action: RolloutAction) -> dict[str, float] | None:
    """The shares that the rule is to have with the next thing to do; nothing: as it is.

    It follows what the endpoint was last asked for: capacity is there before a weight. While the
    endpoint goes to its last configuration the candidate's group keeps all requests: its function
    asks for the candidate, and for whatever is there once AWS has no such variant.
    """
    if action.phase is Phase.AMBIGUOUS or action.act is Act.STOP:
        return None
    if action.act is Act.WEIGH:
        return dict(action.shares)
    if action.act is Act.FINISH or action.phase is Phase.FINISHING:
        return {rollout.stable: 0.0, rollout.candidate: 1.0}
    if action.act is Act.SETTLE or action.phase in _OVER:
        return {rollout.stable: 1.0, rollout.candidate: 0.0}
    found = _asked(live)
    return found if found and found.keys() == {rollout.stable, rollout.candidate} else None


def beside(live: Live, action: RolloutAction) -> dict[str, float] | None:
    """The shares that the rule is to have in front of a test: those of its variants.

    They are those that the endpoint was last asked for, before a winner and after one, as each
    group asks for its own variant whatever weight that has.
    """
    if action.phase in {Phase.IDLE, Phase.AMBIGUOUS} or action.act is Act.STOP:
        return None
    return dict(action.shares) if action.act is Act.WEIGH else _asked(live)


def _asked(live: Live) -> dict[str, float] | None:
    """The shares that the endpoint was last asked for; nothing where one is not known."""
    found = {
        each.name: each.weight if each.asked_weight is None else each.asked_weight
        for each in live.variants
    }
    known = {name: weight for name, weight in found.items() if weight is not None}
    total = sum(known.values())
    if len(known) != len(found) or not total:
        return None
    return {name: weight / total for name, weight in known.items()}


def held(rollout: Rollout, action: RolloutAction, split: Split, answer: Props) -> str:
    """Why nothing may be taken from the endpoint yet, though it is the next thing; "": it may.

    A fleet goes only once the rule was read with no requests for it: what was asked for is no
    proof. After that the endpoint takes minutes, longer than requests under way.
    """
    if action.act not in {Act.FINISH, Act.SETTLE}:
        return ""
    stays = rollout.candidate if action.act is Act.FINISH else rollout.stable
    if reached(split, {stays: 1.0}, answer):
        return ""
    live = ", ".join(
        f"{name} {share:.1%}" for name, share in sorted(shares_of(split, answer).items())
    )
    return f"the load balancer still has {live}: nothing is removed before it has changed"


def told(split: Split, before: Mapping[str, float], after: Mapping[str, float]) -> str:
    """The rule and its shares, for a plan."""
    both = sorted(split.groups)
    change = ", ".join(f"{it} {before.get(it, 0):.1%} → {after.get(it, 0):.1%}" for it in both)
    return f"{split.at.rpartition(':')[2]}: {change}"


def _actions(split: Split, answer: Props) -> list[Props]:
    """The actions of the one rule in an answer."""
    found = answer.get("Listeners" if split.default else "Rules") or ()
    arn = "ListenerArn" if split.default else "RuleArn"
    mine = [each for each in found if each.get(arn) == split.at]
    if len(mine) != 1:
        raise SplitError(f"the answer has {len(mine)} rules with the ARN {split.at}, not one")
    actions: list[Props] = list(mine[0].get("DefaultActions" if split.default else "Actions") or ())
    count = sum(each.get("Type") == _FORWARD for each in actions)
    if count != 1:
        raise SplitError(f"{split.at} forwards {count} times, not once")
    return actions


def _as_it_was(action: Props) -> Props:
    """An action as it can be sent again. A client secret is never given back."""
    oidc = action.get("AuthenticateOidcConfig")
    if oidc is None:
        return action
    return {**action, "AuthenticateOidcConfig": {**oidc, "UseExistingClientSecret": True}}
