"""What a service says of a resource of another service that it cannot see yet.

Only where AWS looks: CloudWatch and Budgets take a topic that is not there, S3 a key. One row
for each pair of services. Sources: AWS_FACTS 6.4 (errors seen while a new role propagates),
the API references of CreateKey, PutBucketPolicy, PutBucketLogging and SetTopicAttributes.
"""

from __future__ import annotations

from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple

from reconciler.sandbox.found import declared


class Unseen(NamedTuple):
    """The error of an operation (a shell pattern) about a service's resource."""

    asker: str
    owner: str
    code: str
    message: str


@cache
def _rows() -> tuple[Unseen, ...]:
    """What each service's file says, in the order of the files' names."""
    return tuple(Unseen(*row) for rows in declared("UNSEEN") for row in rows)


def answer(asker: str, owner: str) -> tuple[str, str] | None:
    """Code and message, nothing where the asking service does not look."""
    found = (row for row in _rows() if row.owner == owner and fnmatchcase(asker, row.asker))
    row = next(found, None)
    return (row.code, row.message) if row else None
