"""Tags by a type's own service: the tagging API lags, so it is asked before tags matter."""

from __future__ import annotations

from dataclasses import replace

from reconciler.aws.errors import incomplete
from reconciler.aws.session import ReadOnly
from reconciler.aws.single import Single, read_tags
from reconciler.aws.survey import Survey
from reconciler.model.address import Address
from reconciler.model.change import Observed
from reconciler.resources.api import Resource


def with_own_tags(
    single: Single, survey: Survey, resource: Resource, address: Address, observed: Observed
) -> Observed:
    """What was read, with the tags that its service shows. Source: AWS_FACTS 6.6.

    Raises:
        AwsError: they could not be read, or the tag index has some and the service shows none.
    """
    if resource.tags is None:
        return observed
    tags = _own(single, resource, address, observed)
    if not tags and survey.index.get(address):
        tags = _own(single, resource, address, observed)
        if not tags:
            raise incomplete(str(address), "it shows no tags, and the tag index has some")
    return replace(observed, tags=tags)


def _own(
    single: Single, resource: Resource, address: Address, observed: Observed
) -> dict[str, str]:
    if resource.tags is None:
        return {}
    slots = single.slots(resource, address.name, observed.outputs)
    reader = ReadOnly(single.session, resource.service, resource.absent)
    return read_tags(reader, resource.tags, slots)
