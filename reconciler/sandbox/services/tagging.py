"""The tagging API: honest pages, region-local buckets, and our SageMaker kinds.

moto keeps live generators between pages, which break when anything changes meanwhile, and cuts
pages by tag count even when TagsPerPage was not given.
"""

from __future__ import annotations

from typing import Any

from moto.core.resource_tagging import (
    TaggedResource,
    iter_taggable_backends,
    make_tag_matcher,
    match_resource_type,
)
from moto.core.responses import ActionResult
from moto.resourcegroupstaggingapi.responses import ResourceGroupsTaggingAPIResponse

from reconciler.sandbox.protocol.errors import Refused
from reconciler.sandbox.services.sagemaker import listing
from reconciler.sandbox.state.world import WORLD

DEFAULT_PAGE, LARGEST_PAGE = 50, 100
FEWEST_TAGS, MOST_TAGS = 100, 500
MOST_LISTED = 8


def install() -> None:
    """Repair GetResources."""
    response: Any = ResourceGroupsTaggingAPIResponse
    response.get_resources = _get_resources


def _get_resources(self: Any) -> ActionResult:  # noqa: ANN401  (moto's response)
    size = int(self._get_param("ResourcesPerPage") or DEFAULT_PAGE)
    tag_limit = self._get_param("TagsPerPage")
    arns = self._get_param("ResourceARNList") or []
    page_token = self._get_param("PaginationToken")
    filters = self._get_param("TagFilters") or []
    types = self._get_param("ResourceTypeFilters") or []
    if not 1 <= size <= LARGEST_PAGE:
        raise _refused("ResourcesPerPage must be between 1 and 100")
    if tag_limit is not None and not FEWEST_TAGS <= int(tag_limit) <= MOST_TAGS:
        raise _refused("TagsPerPage must be between 100 and 500")
    if arns and (filters or types or page_token):
        raise _refused("ResourceARNList cannot be combined with filters or a PaginationToken")
    listed, start = listing.content_of(page_token) if page_token else (0, 0)
    found = WORLD.listings.get(listed) or _matching(self, filters, types, arns)
    chosen = _cut(found[start:], size, int(tag_limit) if tag_limit else None)
    end = start + len(chosen)
    token = ""
    if end < len(found):
        listed = listed or WORLD.next_number()
        token = listing.token([listed, end])
        # tokens go on with the same listing: the index lags on AWS too, and 20,000 take a second
        WORLD.listings[listed] = found
        while len(WORLD.listings) > MOST_LISTED:
            WORLD.listings.popitem(last=False)
    shown = [{"ResourceARN": item.arn, "Tags": _tags(item)} for item in chosen]
    return ActionResult({"ResourceTagMappingList": shown, "PaginationToken": token})


def _matching(
    self: Any,  # noqa: ANN401  (moto's response)
    filters: list[dict[str, Any]],
    types: list[str],
    arns: list[str],
) -> list[TaggedResource]:
    matches = make_tag_matcher(filters)
    return [
        resource
        for resource in sorted(_all(self), key=lambda resource: resource.arn)
        if (not arns or resource.arn in arns)
        and match_resource_type(resource.resource_type, types)
        and matches(resource.tags)
    ]


def _all(self: Any) -> list[TaggedResource]:  # noqa: ANN401  (moto's response)
    return [
        resource
        for backend in iter_taggable_backends(self.current_account, self.region)
        if backend.SERVICE_NAMESPACE != "iam"
        for resource in backend.iter_tagged_resources()
        if resource.tags and _is_here(backend, resource, self.region)
    ]


def _is_here(backend: Any, resource: TaggedResource, region: str) -> bool:  # noqa: ANN401
    if resource.resource_type != "s3:bucket":
        return True
    return bool(backend.buckets[resource.arn.rpartition(":")[2]].region_name == region)


def _cut(found: list[TaggedResource], size: int, tag_limit: int | None) -> list[TaggedResource]:
    chosen = found[:size]
    if tag_limit is None:
        return chosen
    total = 0
    for number, resource in enumerate(chosen):
        total += len(resource.tags)
        if total > tag_limit and number:
            return chosen[:number]
    return chosen


def _tags(resource: TaggedResource) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in resource.tags.items()]


def _refused(message: str) -> Refused:
    return Refused("InvalidParameterException", message)
