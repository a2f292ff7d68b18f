"""Codes about container images."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 57
CODES = (
    Code(
        "IMAGE002",
        "an image that is not pinned",
        "The tag of an image of AWS's could not be resolved to a digest when planning, because its registry has no such tag or refuses to say. What runs later is what the tag stands for then, which no plan showed.",
        "Allow `ecr:BatchGetImage` to the role that plans; the roles of `moorline ci init` have it.",
    ),
)
