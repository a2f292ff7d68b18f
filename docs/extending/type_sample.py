"""Samples of both: the least and the most that a type takes, and edits that need no new one.

Copy to `tests/resources/samples/<name>.py`: the registry's lint and its lives try every sample.
"""

from __future__ import annotations

from .sample import Sample

stream = Sample(
    "AWS::KinesisVideo::Stream",
    "acme-test-gate",
    minimal={},
    full={"DataRetentionInHours": 72, "MediaType": "video/h264"},
    edits=({"DataRetentionInHours": 24}, {"DataRetentionInHours": 96}),
)
catalog = Sample(
    "AWS::Athena::DataCatalog",
    "acme-test-partners",
    minimal={"Type": "GLUE", "Parameters": {"catalog-id": "210987654321"}},
    full={
        "Type": "GLUE",
        "Parameters": {"catalog-id": "210987654321"},
        "Description": "For analysts.",
    },
    edits=({"Description": "For all."}, {"Parameters": {"catalog-id": "123456789012"}}),
)
