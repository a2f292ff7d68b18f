"""Endpoints with a rollout that has not ended, whatever the specs say: they are found by its marks.

A spec may be removed, or lose its strategy, while its rollout runs. Source: Resource Groups Tagging
API reference, GetResources. Its index lags a little, so who is found is read anew.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from reconciler.aws.session import ReadOnly, Session
from reconciler.resources.api import OWNERSHIP, Place
from reconciler.rollout import marks

_TAGGING, _PAGE = "resourcegroupstaggingapi", 100
SPEC = OWNERSHIP[2]
_BESIDE = ("cloudwatch:alarm", "states:stateMachine")
GUARD = "-rollback-"
"""In the name of an alarm that stops a rollout; others scale it."""


@dataclass(frozen=True, slots=True)
class Stray:
    """An endpoint with marks of a rollout that have no end."""

    endpoint: str
    spec: str
    """Kind and name of the spec that made it, by its tag."""


def strays(session: Session, place: Place) -> list[Stray]:
    """All of an environment, by name.

    Raises:
        AwsError: AWS did not say.
    """
    found = _tagged(session, place, ("sagemaker:endpoint",), {marks.PREFIX: ""})
    known = (Stray(_name(arn), tags.get(SPEC, "")) for arn, tags in found.items() if _open(tags))
    return sorted(known, key=lambda each: each.endpoint)


@dataclass(frozen=True, slots=True)
class Made:
    """What a spec has made beside its endpoint, for its rollouts."""

    alarms: tuple[str, ...] = ()
    """Those that stop a rollout, by name."""
    machine: bool = False
    """Whether a machine in AWS drives it."""


def made(session: Session, place: Place, spec: str) -> Made:
    """What is there of a spec.

    Raises:
        AwsError: AWS did not say.
    """
    found = _tagged(session, place, _BESIDE, {SPEC: spec})
    names = sorted(arn.rpartition(":alarm:")[2] for arn in found if ":alarm:" in arn)
    machine = any(":stateMachine:" in arn for arn in found)
    return Made(tuple(name for name in names if GUARD in name), machine)


def _open(tags: Mapping[str, str]) -> bool:
    found = marks.read(tags)
    return found is not None and not found.ended


def _tagged(
    session: Session, place: Place, types: tuple[str, ...], more: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Tags by ARN of what is of some types and of this environment; "" is any value of a tag."""
    own = {**dict(zip(OWNERSHIP, (place.platform, place.environment), strict=False)), **more}
    filters = [{"Key": key, **({"Values": [value]} if value else {})} for key, value in own.items()]
    asked = {"TagFilters": filters, "ResourceTypeFilters": [*types], "ResourcesPerPage": _PAGE}
    found = ReadOnly(session, _TAGGING).pages("get_resources", asked, "ResourceTagMappingList")
    return {
        str(each["ResourceARN"]): {it["Key"]: it["Value"] for it in each.get("Tags") or ()}
        for each in found
    }


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]
