"""Several resources with the tags of one: which of them is meant."""

from __future__ import annotations

from collections.abc import Mapping

from reconciler.aws.errors import AwsError
from reconciler.aws.single import Single
from reconciler.aws.survey import Survey
from reconciler.model.address import Address
from reconciler.model.value import Props
from reconciler.resources.api import Resource


def tell_apart(
    survey: Survey, single: Single, resources: Mapping[str, Resource]
) -> dict[Address, AwsError]:
    """Several keys with the tags of one: deleted ones, and twins of runs that died or raced.

    The one that has the name is meant, else the first; the others are orphans under their id.

    What is returned could not be told apart, and why not: it is unknown.
    """
    unclear: dict[Address, AwsError] = {}
    for address, arns in [*survey.keys.items()]:
        resource = resources[address.type]
        if len(arns) == 1 or resource.generic:
            continue
        key = next(iter(resource.read.params))
        try:
            live = [a for a in sorted(arns) if _is_there(single, resource, address, {key: a})]
            named = single.read(resource, address, (), tags={}) if live[1:] else None
        except AwsError as error:
            unclear[address] = error
            continue
        own = named.outputs.get("Arn") if named else None
        live.sort(key=lambda arn, own=own: arn != own)  # type: ignore[misc]  # stable: by ARN
        survey.keys[address] = live[:1] or arns[:1]
        for arn in live[1:]:
            twin = Address(address.type, arn.rpartition("/")[2])
            survey.keys[twin] = [arn]
            survey.index[twin] = survey.index[address]
    return unclear


def _is_there(single: Single, resource: Resource, address: Address, key: Props) -> bool:
    return single.read(resource, address, (), tags={}, key=key) is not None
