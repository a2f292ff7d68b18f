"""Codes about tags."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 52
CODES = (
    Code(
        "TAG001",
        "a tag that AWS would refuse",
        "The owner of a spec and the `tags` of an environment become tags. AWS takes letters, digits, spaces and + - = . _ : / @ in them, 128 characters in a key and 256 in a value, 50 tags on a resource, and keeps keys that begin with aws: to itself. Letters with marks are sent as one character where there is one; marks that have none, as in Devanagari, are refused by IAM and SageMaker, so they are refused here for every type.",
        "Write the owner or the tag with these characters.",
    ),
)
