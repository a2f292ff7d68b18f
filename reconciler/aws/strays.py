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
    found = _tagged(session, place, "sagemaker:endpoint", {marks.PREFIX: ""})
    known = (Stray(_name(arn), tags.get(SPEC, "")) for arn, tags in found.items() if _open(tags))
    return sorted(known, key=lambda each: each.endpoint)


def alarms(session: Session, place: Place, spec: str) -> tuple[str, ...]:
    """The alarms by which a spec has guarded its rollouts, by name.

    Raises:
        AwsError: AWS did not say.
    """
    found = _tagged(session, place, "cloudwatch:alarm", {SPEC: spec})
    names = sorted(arn.rpartition(":alarm:")[2] for arn in found)
    return tuple(name for name in names if GUARD in name)


def _open(tags: Mapping[str, str]) -> bool:
    found = marks.read(tags)
    return found is not None and not found.ended


def _tagged(
    session: Session, place: Place, type_: str, more: Mapping[str, str]
) -> dict[str, dict[str, str]]:
    """Tags by ARN of what is of a type and of this environment; "" is any value of a tag."""
    own = {**dict(zip(OWNERSHIP, (place.platform, place.environment), strict=False)), **more}
    filters = [{"Key": key, **({"Values": [value]} if value else {})} for key, value in own.items()]
    asked = {"TagFilters": filters, "ResourceTypeFilters": [type_], "ResourcesPerPage": _PAGE}
    found = ReadOnly(session, _TAGGING).pages("get_resources", asked, "ResourceTagMappingList")
    return {
        str(each["ResourceARN"]): {it["Key"]: it["Value"] for it in each.get("Tags") or ()}
        for each in found
    }


def _name(arn: str) -> str:
    return arn.rpartition("/")[2]
