"""A stream of records."""

from __future__ import annotations

from .sample import KEY, Sample

stream = Sample(
    "AWS::Kinesis::Stream",
    "acme-test-events",
    minimal={"ShardCount": 1},
    full={
        "ShardCount": 2,
        "RetentionPeriodHours": 48,
        "StreamEncryption": {"EncryptionType": "KMS", "KeyId": KEY},
        "StreamModeDetails": {"StreamMode": "PROVISIONED"},
    },
    edits=(
        {"ShardCount": 4},
        {"RetentionPeriodHours": 24},
        {"StreamModeDetails": {"StreamMode": "ON_DEMAND"}},
    ),
)
