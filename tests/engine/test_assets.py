"""Files of the repository as objects: put once, read back, put again when they are gone."""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path
from typing import Any

import pytest
from sweeps import LONG, only_long

from reconciler.model.address import Address
from reconciler.model.change import Action
from reconciler.model.plan import Step, plan_from_json, plan_to_json
from reconciler.sandbox.door.faults import Fault

from .platform import FAULTS, Platform, client, codes, join, methods, spec, steps

TYPE = "Moorline::S3::Asset"
BUCKET = "acme-dev-artifacts-123456789012"
TRAINING = """
  algorithm: {framework: sklearn, version: "1.2-1"}
  code: {folder: training, entryPoint: train.py}
  compute: {instanceType: ml.m5.large}
  inputs: {train: {source: artifacts, path: in}}
  output: {to: artifacts}
"""
CODE = spec("Training", "fraud", TRAINING)
TEXT = join(spec("DataSource", "artifacts", "{s3: {}}"), CODE)


@pytest.fixture
def site(platform: Platform, tmp_path: Path) -> Platform:
    (tmp_path / "training").mkdir()
    platform.root, platform.text, platform.assets = tmp_path, TEXT, "{source: artifacts}"
    write(platform, "print('hello')\n")
    return platform


def write(site: Platform, text: str) -> None:
    assert site.root is not None
    (site.root / "training" / "train.py").write_text(text)


def asset(site: Platform) -> Step:
    (found,) = [step for step in site.plan().steps if step.address.type == TYPE]
    return found


def key_of(step: Step) -> str:
    return step.address.name.partition("/")[2]


def objects(bucket: str = BUCKET) -> list[str]:
    return [each["Key"] for each in client("s3").list_objects_v2(Bucket=bucket).get("Contents", ())]


def test_it_is_put_once_before_who_reads_it_and_is_what_was_planned(site: Platform) -> None:
    step = asset(site)
    plan = site.converge()
    pipeline = next(each for each in plan.steps if each.address.name == "acme-dev-fraud")
    assert step.id in pipeline.needs
    assert step.asset is not None
    body = client("s3").get_object(Bucket=BUCKET, Key=key_of(step))["Body"].read()
    assert (len(body), hashlib.sha256(body).hexdigest()) == (step.asset.size, step.asset.digest)
    before = site.session.calls.copy()
    assert site.plan().steps == ()
    asked = site.session.calls - before
    assert asked["s3.head_object"] == 1
    assert "s3.get_object" not in asked


def test_the_plan_says_what_is_put_and_its_json_comes_back(site: Platform) -> None:
    plan = site.plan()
    step = next(each for each in plan.steps if each.asset)
    data = plan_to_json(plan)
    said = next(each for each in data["steps"] if each["type"] == TYPE)["asset"]
    assert (said["path"], said["files"], said["form"]) == ("training", 1, "tar.gz")
    assert [each.asset for each in plan_from_json(data).steps if each.asset] == [step.asset]
    assert plan_from_json(data).digest == plan.digest
    assert "hello" not in str(data)
    assert step.calls[0].params["IfNoneMatch"] == "*"


def test_what_somebody_deleted_is_put_again(site: Platform) -> None:
    key = key_of(asset(site))
    site.converge()
    client("s3").delete_object(Bucket=BUCKET, Key=key)
    assert [(action, name[-7:]) for action, name in steps(site.plan())] == [("create", ".tar.gz")]
    site.converge()
    assert objects() == [key]


@pytest.mark.parametrize("checksum", [{}, *([{"ChecksumAlgorithm": "SHA256"}] if LONG else [])])
def test_what_somebody_overwrote_is_put_over_just_that(site: Platform, checksum: Any) -> None:
    step = asset(site)
    site.converge()
    client("s3").put_object(Bucket=BUCKET, Key=key_of(step), Body=b"evil", **checksum)
    plan = site.plan()
    assert [each.action for each in plan.steps] == [Action.UPDATE]
    assert "IfMatch" in plan.steps[0].calls[0].params
    site.converge()
    head = client("s3").head_object(Bucket=BUCKET, Key=key_of(step), ChecksumMode="ENABLED")
    assert step.asset is not None
    assert base64.b64decode(head["ChecksumSHA256"]).hex() == step.asset.digest


def test_what_is_overwritten_between_plan_and_apply_stops_the_step(site: Platform) -> None:
    step = asset(site)
    site.converge()
    client("s3").put_object(Bucket=BUCKET, Key=key_of(step), Body=b"evil")
    plan = site.plan()
    client("s3").put_object(Bucket=BUCKET, Key=key_of(step), Body=b"evil, too")
    assert list(site.apply(plan).failures.values()) == ["APPLY001"]


def test_an_edit_is_another_object_and_the_old_one_stays(site: Platform) -> None:
    old = key_of(asset(site))
    site.converge()
    write(site, "print('bye')\n")
    plan = site.converge()
    assert [(str(each.action), each.address.type) for each in plan.steps] == [
        ("create", TYPE),
        ("update", "AWS::SageMaker::Pipeline"),
    ]
    assert sorted(objects()) == sorted({old, key_of(plan.steps[0])})
    write(site, "print('hello')\n")
    assert [str(each.action) for each in site.converge().steps] == ["update"]


def test_what_no_spec_names_any_more_is_left(site: Platform) -> None:
    key = key_of(asset(site))
    site.converge()
    site.text = spec("DataSource", "artifacts", "{s3: {}}")
    site.allow = "history, records"
    old = Address(TYPE, f"{BUCKET}/{key}")  # the receipt of the apply has it
    plan = site.plan(left=frozenset({old}))
    assert {str(each.action) for each in plan.steps} == {"delete"}
    assert not [each for each in plan.steps if each.address.type == TYPE]
    assert codes(plan) == []
    assert site.apply(plan).failures == {}
    assert objects() == [key]


def test_a_file_that_changed_since_the_plan_is_refused_and_nothing_is_put(site: Platform) -> None:
    plan = site.plan()
    step = next(each for each in plan.steps if each.asset)
    write(site, "print('bye')\n")
    run = site.apply(plan)
    assert run.failures == {step.id: "ASSET008"}
    assert "acme-dev-fraud" in "".join(run.skipped)
    assert objects() == []


@only_long
def test_another_apply_has_put_it_meanwhile(site: Platform) -> None:
    plan = site.plan()
    first = site.apply(plan)
    again = site.apply(plan)  # as another process with the same plan would
    assert (first.failures, again.failures) == ({}, {})


@only_long
@pytest.mark.parametrize("after", [True, False])
def test_a_lost_answer_is_no_failure(site: Platform, *, after: bool) -> None:
    fault = FAULTS.add(Fault("s3", "PutObject", kind="reset", after=after))
    site.converge()
    assert fault.fired == 1


@only_long
def test_a_conflict_is_tried_again(site: Platform) -> None:
    fault = FAULTS.add(
        Fault("s3", "PutObject", code="ConditionalRequestConflict", status=409, times=2)
    )
    site.converge()
    assert fault.fired == 2


def test_who_may_not_look_plans_nothing_for_it(site: Platform) -> None:
    site.converge()
    FAULTS.add(Fault("s3", "HeadObject", code="403", status=403, times=None))
    plan = site.plan()
    assert any(each.is_error for each in plan.diagnostics), codes(plan)
    assert methods(plan) == []


def test_a_bucket_of_somebody_else_takes_nothing(site: Platform) -> None:
    client("s3", account="999999999999").create_bucket(
        Bucket="the-lake", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    client("s3", account="999999999999").put_bucket_policy(
        Bucket="the-lake",
        Policy="""
        {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*",
         "Action": "s3:*", "Resource": ["arn:aws:s3:::the-lake", "arn:aws:s3:::the-lake/*"]}]}""",
    )
    site.text = join(spec("DataSource", "artifacts", "{s3: {existing: the-lake}}"), CODE)
    plan = site.plan()
    assert any(each.is_error for each in plan.diagnostics)
    assert "put_object" not in methods(plan)


@only_long
def test_two_specs_with_the_same_files_have_one_object(site: Platform) -> None:
    site.text = join(TEXT, spec("Training", "other", TRAINING))
    plan = site.converge()
    assert len([each for each in plan.steps if each.asset]) == 1
