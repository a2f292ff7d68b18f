"""The rule of a load balancer in front of an endpoint: found by its tags, and moved with a rollout.

Only an endpoint whose own tag says that there is one is looked for. Where AWS shows none, nothing
waits for it: a function in front of a variant that is gone asks for whatever variant there is.
Sources: Resource Groups Tagging API reference, GetResources; ELB API reference, DescribeRules.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.aws.errors import incomplete
from reconciler.aws.rollout.reading import Reading
from reconciler.aws.rollout.sending import BusyError, Hear, heard
from reconciler.aws.session import ReadOnly, Session
from reconciler.model.value import Json
from reconciler.rollout.split import (
    CLIENT,
    Split,
    SplitError,
    forward,
    held,
    reached,
    shares_of,
    told,
)
from reconciler.rollout.values import Rollout, RolloutAction

FRONT_TAG, BALANCED = "moorline:front", "balancer"
"""On an endpoint with a load balancer in front of it."""
SPLIT_TAG, VARIANT_TAG = "moorline:split", "moorline:variant"
OWNERSHIP = ("moorline:platform", "moorline:environment", "moorline:spec", "moorline:region")
"""Tags by which things are of one spec; as `resources.api` has them, which the function lacks."""
_TAGGING = "resourcegroupstaggingapi"


@dataclass(frozen=True, slots=True, kw_only=True)
class Balanced:
    """The rule, as it was read, and what it is to be."""

    split: Split
    answer: Mapping[str, Json]
    shares: Mapping[str, float] | None

    @property
    def behind(self) -> bool:
        """Whether it is not as the rollout wants it now."""
        return self.shares is not None and not reached(self.split, self.shares, self.answer)

    @property
    def said(self) -> str:
        """What is about to change, for people."""
        return told(self.split, shares_of(self.split, self.answer), self.shares or {})


def find(session: Session, reading: Reading) -> Split | None:
    """The rule and the groups of an endpoint's variants; nothing where there is none.

    Raises:
        AwsError: AWS did not say, or there are several rules.
    """
    if reading.tags.get(FRONT_TAG) != BALANCED:
        return None
    rules = _tagged(session, SPLIT_TAG, (reading.name,))
    if not rules:
        return None
    if len(rules) > 1:
        what = f"{CLIENT} rules of {reading.name}"
        raise incomplete(what, f"there are {len(rules)}: {', '.join(sorted(rules))}")
    ((at, tags),) = rules.items()
    own = {key: tags.get(key) for key in OWNERSHIP}
    groups = {
        found[VARIANT_TAG]: arn
        for arn, found in _tagged(session, VARIANT_TAG).items()
        if {key: found.get(key) for key in OWNERSHIP} == own
    }
    return Split(at=at, groups=groups) if groups else None


def _tagged(session: Session, key: str, values: tuple[str, ...] = ()) -> dict[str, dict[str, str]]:
    """Tags by ARN of what a load balancer has and that has a tag."""
    named: dict[str, object] = {"Key": key, **({"Values": [*values]} if values else {})}
    asked = {"TagFilters": [named], "ResourceTypeFilters": ["elasticloadbalancing"]}
    found = ReadOnly(session, _TAGGING).pages("get_resources", asked, "ResourceTagMappingList")
    return {
        str(each["ResourceARN"]): {it["Key"]: it["Value"] for it in each.get("Tags") or ()}
        for each in found
    }


def read(session: Session, reading: Reading, shares: Mapping[str, float] | None) -> Balanced | None:
    """The rule as it is, and the shares that it is to have; nothing where there is none.

    Raises:
        AwsError: AWS did not say, or it is not the rule that was made.
    """
    split = find(session, reading)
    if split is None:
        return None
    answer = ReadOnly(session, CLIENT).call(split.read.method, split.read.params)
    try:
        shares_of(split, answer)
    except SplitError as error:
        raise incomplete(f"{CLIENT}.{split.read.method}", str(error)) from error
    if unknown := sorted((shares or {}).keys() - split.groups.keys()):
        what = f"no target group has the requests of {', '.join(unknown)}"
        raise incomplete(f"{CLIENT} groups of {reading.name}", what)
    return Balanced(split=split, answer=answer, shares=shares)


def follow(session: Session, rule: Balanced, hear: Hear) -> None:
    """Give the rule the shares that it is to have, where it has others.

    Raises:
        AwsError: AWS refused, or did not say.
    """
    if not rule.behind or rule.shares is None:
        return
    heard(session, forward(rule.split, rule.shares, rule.answer), hear, rule.split.at)


def cleared(session: Session, rule: Balanced, rollout: Rollout, action: RolloutAction) -> None:
    """See that nothing is taken from the endpoint that the rule still sends requests to.

    Raises:
        BusyError: it does, as it was read just now.
        AwsError: AWS did not say.
    """
    answer = ReadOnly(session, CLIENT).call(rule.split.read.method, rule.split.read.params)
    if why := held(rollout, action, rule.split, answer):
        raise BusyError(why)
