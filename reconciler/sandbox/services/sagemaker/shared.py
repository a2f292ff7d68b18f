"""Feature groups of another account: there for whom AWS RAM shares them with.

Source: SageMaker developer guide, "Enabling cross account access": a consumer names a group by its
ARN, and gets what the share's permission has.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from moto.sagemaker.models import sagemaker_backends

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.sagemaker import feature_state
from reconciler.sandbox.services.sagemaker.store import records
from reconciler.sandbox.state.snapshot import instances

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reconciler.sandbox.services.sagemaker.store import Call, Record

SHARE = "AWS::RAM::ResourceShare"
HANDLED = "cloudcontrol"
"""Whose records shares are; Cloud Control's files know those of SageMaker, and not the reverse."""


def elsewhere(call: Call, name_or_arn: str) -> bool:
    """Whether it names what another account has."""
    return ":" in name_or_arn and name_or_arn.split(":")[4] != call.backend.account_id


def find(call: Call, arn: str, kind: str) -> Record:
    """A record of another account, for whom it is shared with."""
    _, _, _, region, owner, tail = arn.split(":", 5)
    if call.backend.account_id not in {*_consumers(owner, region, arn)}:
        text = f"not authorized to perform this on resource: {arn} because no resource-based"
        raise Refused("AccessDeniedException", f"User is {text} policy allows it")
    found = records(sagemaker_backends[owner][region], kind)
    feature_state.settle(found)
    name = tail.rpartition("/")[2]
    if name not in found:
        text = f"Amazon SageMaker can't find a FeatureGroup with name {name}"
        raise Refused("ResourceNotFound", f"Resource Not Found: {text}")
    return found[name]


def _consumers(owner: str, region: str, arn: str) -> Iterator[str]:
    handled = next((each for each in instances() if each.service_name == HANDLED), None)
    shares = handled[owner][region].of(SHARE).values() if handled else ()
    for share in shares:
        if share.ends is None and arn in (share.model.get("ResourceArns") or ()):
            for principal in share.model.get("Principals") or ():
                yield principal.split(":")[4] if principal.startswith("arn:") else principal
