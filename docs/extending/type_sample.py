"""Samples of both: the least and the most that a type takes, and edits that need no new one.

Copy to `tests/resources/samples/<name>.py`: the registry's lint and its lives try every sample.
"""

from __future__ import annotations

from .sample import Sample

log_group = Sample(
    "AWS::Logs::LogGroup",
    "acme-test-jobs",
    minimal={},
    full={"RetentionInDays": 30},
    edits=({"RetentionInDays": 14}, {"RetentionInDays": 90}),
)
work_group = Sample(
    "AWS::Athena::WorkGroup",
    "acme-test-analysts",
    minimal={},
    full={"Description": "For analysts.", "State": "ENABLED"},
    edits=({"Description": "For all."}, {"State": "DISABLED"}),
)
