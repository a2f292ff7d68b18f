"""Buckets and files that others keep: what a plan finds out of them, and with which calls."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.aws.lookups import answer
from reconciler.kinds.scope import Lookup
from reconciler.model.plan import Plan
from reconciler.sandbox.door.faults import Fault

from . import specs
from .platform import FAULTS, Platform, client, join, spec

LAKE = spec("DataSource", "lake", "{s3: {existing: the-lake}}")
EVENTS = spec(
    "FeatureGroup",
    "events",
    "{recordId: i, eventTime: t, features: {i: string, t: string}, offline: {to: lake}}",
)
LOGS = spec("DataSource", "logged", "{s3: {accessLogs: {to: kept}}}") + "\n---\n" + spec(
    "DataSource", "kept", "{s3: {existing: the-lake, receivesAccessLogs: true}}"
)  # fmt: skip
TRAINING = spec(
    "Training",
    "train",
    """
  algorithm: {framework: xgboost, version: "1.7-1"}
  compute: {instanceType: ml.m5.xlarge}
  inputs: {train: {source: lake, path: in}}
  output: {to: raw}
""",
)
FOREIGN = specs.ROLLOUT.replace("s3://team-models/models/1.tar.gz", "s3://the-lake/m.tar.gz")
OWN = join(
    specs.RAW,
    specs.ROLLOUT.replace("s3://team-models/", "{source: raw, path: ").replace(".gz", ".gz}"),
)
NAMING = {
    "a feature group": join(LAKE, EVENTS),
    "access logs": LOGS,
    "a channel of a pipeline": join(LAKE, specs.RAW, TRAINING),
    "a model file": FOREIGN,
}

LATER = {"a channel of a pipeline"}
"""What AWS makes all the same, and what fails only when it runs."""


def keep(region: str = "eu-west-1", account: str = specs.ACCOUNT, name: str = "the-lake") -> Any:
    s3 = client("s3", region, account)
    s3.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": region})
    return s3


def planned(platform: Platform, text: str) -> Plan:
    platform.text = text
    return platform.plan()


def found(platform: Platform, text: str) -> dict[str, bool]:
    plan = planned(platform, text)
    return {
        each.code: each.is_error
        for each in plan.diagnostics
        if each.code.startswith("PLACE") and each.code != "PLACE006"
    }


@pytest.mark.parametrize("case", NAMING)
def test_a_bucket_is_looked_at(platform: Platform, case: str) -> None:
    assert found(platform, NAMING[case]) == {"PLACE003": case not in LATER}
    keep()
    assert found(platform, NAMING[case]) == {}


@pytest.mark.parametrize("case", NAMING)
def test_a_bucket_in_another_region_is_an_error(platform: Platform, case: str) -> None:
    keep("eu-central-1", name="far-lake")  # another name: clients remember where a bucket is
    assert found(platform, NAMING[case].replace("the-lake", "far-lake")) == {
        "PLACE004": case not in LATER
    }


@pytest.mark.parametrize("case", NAMING)
def test_of_a_bucket_that_is_shut_nothing_is_known(platform: Platform, case: str) -> None:
    keep(account="210987654321")
    assert found(platform, NAMING[case]) == {"PLACE005": False}


def test_a_bucket_that_the_plan_makes_is_not_asked_for(platform: Platform) -> None:
    plan = planned(platform, specs.EVERYTHING)
    assert [each.code for each in plan.diagnostics if each.code.startswith("PLACE")] == []


def test_no_object_is_read(platform: Platform) -> None:
    keep().put_object(Bucket="the-lake", Key="m.tar.gz", Body=b"1")
    FAULTS.add(Fault("s3", "GetObject", code="AccessDenied", status=403, times=None))
    FAULTS.add(Fault("s3", "HeadObject", code="403", status=403, times=None))
    assert found(platform, FOREIGN) == {}


def test_a_file_is_the_one_of_that_key(platform: Platform) -> None:
    s3 = keep()
    question = Lookup("object", (("bucket", "the-lake"), ("key", "m.tar.gz")))

    def told() -> Any:
        return answer(platform.session, [question])[0][question]

    s3.put_object(Bucket="the-lake", Key="m.tar.gz.old", Body=b"0")
    assert told() == {"etag": "", "bucket": True}
    etag = s3.put_object(Bucket="the-lake", Key="m.tar.gz", Body=b"1")["ETag"].strip('"')
    assert told() == {"etag": etag, "bucket": True}


def test_an_overwritten_file_is_another_model_and_told_of(platform: Platform) -> None:
    s3, bucket = platform.client("s3"), specs.name(specs.BUCKET)
    platform.converge(specs.RAW)
    for body in (b"one", b"two"):
        s3.put_object(Bucket=bucket, Key="models/1.tar.gz", Body=body)
        plan = planned(platform, OWN)
        told = [each.code for each in plan.diagnostics if each.code == "PLACE007"]
        assert told == ([] if body == b"one" else ["PLACE007"])
        platform.apply(plan)
        assert platform.plan().steps == ()
    s3.put_object(Bucket=bucket, Key="models/2.tar.gz", Body=b"three")
    plan = planned(platform, OWN.replace("models/1.tar.gz", "models/2.tar.gz"))
    assert [each.code for each in plan.diagnostics if each.code == "PLACE007"] == []
