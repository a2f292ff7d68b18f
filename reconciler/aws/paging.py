"""How an operation leads from page to page: by botocore's paginator, or by the names of members."""

from __future__ import annotations

from typing import Any

TOKENS = ("NextToken", "nextToken", "NextPageToken", "nextPageToken", "PageToken", "pageToken")
"""What AWS calls the member of an answer, and of the next request, that leads to the next page."""


def tokens_of(client: Any, method: str) -> tuple[str, str, str]:  # noqa: ANN401 - a boto client
    """The member of a request for a page, that of an answer, and the one that says there is more.

    All are "" where an operation has one page.
    """
    if not client.can_paginate(method):
        return _unmodelled(client, method)
    model = client.get_paginator(method)._pagination_cfg  # noqa: SLF001 - no public access
    one = model["output_token"]
    token_in, token_out = model["input_token"], one if isinstance(one, str) else one[0]
    token_in = token_in if isinstance(token_in, str) else token_in[0]
    return token_in, token_out.split(" ")[0], model.get("more_results", "")


def _unmodelled(client: Any, method: str) -> tuple[str, str, str]:  # noqa: ANN401 - a boto client
    """The token of an operation that botocore has no paginator for."""
    mapping = getattr(getattr(client, "meta", None), "method_to_api_mapping", {})
    if method not in mapping:
        return "", "", ""
    model = client.meta.service_model.operation_model(mapping[method])
    both = [
        set(shape.members) if shape else set() for shape in (model.input_shape, model.output_shape)
    ]
    token = next((each for each in TOKENS if each in both[0] & both[1]), "")
    return token, token, ""
