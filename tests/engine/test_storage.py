"""Buckets that archive, hold, lock and copy, on the sandbox."""

from __future__ import annotations

from .platform import Platform, join, paths, spec, steps

COPY = spec("DataSource", "copy", "{s3: {lifecycle: {noncurrentExpireAfter: 30d}}}")
RAW = """
  s3:
    lifecycle:
      tiering: true
      noncurrentExpireAfter: 90d
      paths:
        raw: {expireAfter: 30d}
        labels: {}
    lock: {for: 7d}
    replication: {to: copy, path: labels}
"""


def test_a_bucket_from_a_few_words(platform: Platform) -> None:
    platform.allow = "records, history"
    platform.converge(join(COPY, spec("DataSource", "raw", RAW)))
    s3 = platform.client("s3")
    bucket = "acme-dev-raw-123456789012"
    locked = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    assert locked["Rule"]["DefaultRetention"] == {"Mode": "GOVERNANCE", "Days": 7}
    copied = s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
    assert copied["Rules"][0]["Destination"]["Bucket"] == "arn:aws:s3:::acme-dev-copy-123456789012"
    platform.text = platform.text.replace("for: 7d", "for: 9d").replace("raw: {expire", "raw: {archive")
    plan = platform.plan()
    assert steps(plan) == [("update", bucket)]
    assert paths(plan)[bucket] == []
