"""Buckets that archive, hold, lock and copy, on the sandbox."""

from __future__ import annotations

from reconciler.model.plan import plan_to_json
from reconciler.render.formats import Context
from reconciler.render.markdown.view import view
from reconciler.render.sections.calendar import entries, said

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
    lock: {releaseAfter: 7d}
    replication: {to: copy, path: labels}
"""

OLD, NEW = "raw: {expireAfter: 30d", "raw: {expireAfter: 60d"
COPIES = "arn:aws:s3:::acme-dev-copy-123456789012"
LONGER = (
    "objects under 'raw/' are removed 60 days after they were written"
    " (until now: 30 days; 30 days longer)"
)


def test_a_bucket_from_a_few_words(platform: Platform) -> None:
    platform.allow = "records, history"
    platform.converge(join(COPY, spec("DataSource", "raw", RAW)))
    s3 = platform.client("s3")
    bucket = "acme-dev-raw-123456789012"
    locked = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    assert locked["Rule"]["DefaultRetention"].items() >= {"Mode": "GOVERNANCE", "Days": 7}.items()
    copied = s3.get_bucket_replication(Bucket=bucket)["ReplicationConfiguration"]
    assert copied["Rules"][0]["Destination"]["Bucket"] == COPIES
    platform.text = platform.text.replace("releaseAfter: 7d", "releaseAfter: 9d").replace(
        "raw: {expireAfter: 30d", NEW
    )
    plan = platform.plan()
    assert steps(plan) == [("update", bucket)]
    assert paths(plan)[bucket] == [
        "LifecycleConfiguration.Rules.expire-raw.ExpirationInDays",
        "ObjectLockConfiguration.Rule.DefaultRetention.Days",
    ]
    shown = view(plan_to_json(plan), Context())
    assert [said(each) for each in entries(shown)] == [LONGER]
    assert platform.apply(plan).failures == {}
    assert steps(platform.plan()) == []


def test_a_bucket_that_is_not_empty_is_refused_and_goes_once_it_is(platform: Platform) -> None:
    platform.allow = "records, keys"
    keys = spec("Security", "core", "{keys: {data: {description: Data.}}}")
    text = join(keys, spec("DataSource", "raw", "{s3: {key: {security: core, key: data}}}"))
    platform.converge(text)
    s3, bucket = platform.client("s3"), "acme-dev-raw-123456789012"
    s3.put_object(Bucket=bucket, Key="a", Body=b"x")
    s3.delete_object(Bucket=bucket, Key="a")  # a version and a marker are left
    platform.text = ""
    plan = platform.plan()
    told = [each for each in plan.diagnostics if each.code == "STATE004"]
    assert [each.address.name for each in told if each.address] == [bucket]
    refused = [step for step in plan.refused if "holds objects" in step.refused]
    assert [step.id for step in refused] == [f"AWS::S3::Bucket/{bucket}#delete"]
    assert {"AWS::KMS::Key"} == {at.partition("/")[0] for at in plan.blocked} - {"AWS::S3::Bucket"}
    found = s3.list_object_versions(Bucket=bucket)
    for each in (*found["Versions"], *found["DeleteMarkers"]):
        s3.delete_object(Bucket=bucket, Key=each["Key"], VersionId=each["VersionId"])
    plan = platform.plan()
    assert plan.refused == ()
    assert "STATE004" not in {each.code for each in plan.diagnostics}
    assert platform.apply(plan).failures == {}
    assert steps(platform.plan()) == []
