"""The judgement of a version: each rule as a table, and what is unknown lets nothing by."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.registry import (
    Comparison,
    Container,
    Evidence,
    Fact,
    Granted,
    Object,
    Outcome,
    Policy,
    Purpose,
    Scan,
    Signature,
    Threshold,
    Version,
    approval,
    judge,
    metrics_of,
    read,
    signing,
    unknown,
    version_of,
)

NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
ARN = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/acme-fraud/"
FILE = "s3://acme-models/registered/ab/model.tar.gz"
IMAGE = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/serve:1"
KEY = "arn:aws:kms:eu-west-1:123456789012:alias/acme-signing"
ROLE = "arn:aws:iam::123456789012:role/teams/risk"
BASELINE = "s3://acme-models/baselines/constraints.json"
VERSION = Version(
    arn=f"{ARN}13",
    group="acme-fraud",
    number=13,
    approval="Approved",
    containers=(Container(image=IMAGE, data=FILE, etag="e1"),),
    baselines={"ModelQuality.Constraints": BASELINE, "Bias.ConfigFile": BASELINE},
    metadata={"team": "risk", "moorline:sha256": "ab" * 32},
    commit="4f2c9e1",
)
OLD = replace(VERSION, arn=f"{ARN}12", number=12)
ALL = Evidence(
    version=VERSION,
    metrics=Fact({"auc": 0.95, "loss": 0.2, "bad": float("nan")}, "report"),
    production=Fact(OLD),
    production_metrics=Fact({"auc": 0.955, "loss": 0.2}, "report of 12"),
    baselines={BASELINE: Fact("e2")},
    scans={IMAGE: Fact(Scan(True, {"MEDIUM": 2, "HIGH": 0}))},
    objects={FILE: Fact(Object("e1", "ab" * 32))},
    signatures={FILE: Fact(Signature(True, KEY, "ab" * 32))},
    granted=Fact(Granted("arn:aws:sts::123456789012:assumed-role/risk/ana", "2026-11-01T00:00:00Z"),
                 "CloudTrail"),
)  # fmt: skip
P, F, U = Outcome.PASSED, Outcome.FAILED, Outcome.UNKNOWN
DAY = 86400


def outcomes(policy: Policy, evidence: Evidence = ALL, purpose: str = "approve") -> list[Outcome]:
    """What the rules of this policy say; not those that hold for every version."""
    rows = judge(policy, evidence, NOW, Purpose(purpose)).rows
    always = ("status", "model file", "approval ") if purpose == "approve" else ("status",)
    return [row.outcome for row in rows if not row.rule.startswith(always)]


@pytest.mark.parametrize(
    ("metric", "bound", "level", "outcome"),
    [
        ("auc", "atLeast", 0.95, P), ("auc", "above", 0.95, F), ("auc", "above", 0.94, P),
        ("loss", "atMost", 0.2, P), ("loss", "below", 0.2, F), ("loss", "below", 0.21, P),
        ("recall", "atLeast", 0.0, F), ("bad", "atLeast", 0.0, F), ("bad", "below", 1.0, F),
    ],
)  # fmt: skip
def test_bounds_of_metrics(metric: str, bound: str, level: float, outcome: Outcome) -> None:
    assert outcomes(Policy(thresholds=(Threshold(metric, bound, level),))) == [outcome]


@pytest.mark.parametrize(
    ("comparison", "change", "outcome"),
    [
        (Comparison("auc"), {}, F),
        (Comparison("auc", tolerance=0.005), {}, P),  # 0.955 - 0.95 is more than 0.005 in binary
        (Comparison("auc", tolerance=0.004), {}, F),
        (Comparison("auc", tolerance=0.01, relative=True), {}, P),
        (Comparison("loss", lower=True), {}, P),
        (Comparison("auc"), {"production": Fact(None)}, P),
        (Comparison("auc"), {"production": Fact(VERSION)}, P),
        (Comparison("auc"), {"production": unknown("no right to list")}, U),
        (Comparison("auc"), {"production_metrics": unknown("no right to read")}, U),
        (Comparison("auc"), {"production_metrics": Fact({})}, U),
        (Comparison("auc"), {"production_metrics": Fact(None)}, U),
        (Comparison("auc"), {"metrics": unknown("no right to read")}, U),
        (Comparison("recall"), {}, F),
    ],
)
def test_no_worse_than_production(
    comparison: Comparison, change: dict[str, Any], outcome: Outcome
) -> None:
    assert outcomes(Policy(comparisons=(comparison,)), replace(ALL, **change)) == [outcome]


@pytest.mark.parametrize(
    ("policy", "change", "outcome"),
    [
        (Policy(baselines=("modelQuality",)), {}, P),
        (Policy(baselines=("modelQuality",)), {"baselines": {BASELINE: Fact(None)}}, F),
        (Policy(baselines=("modelQuality",)), {"baselines": {}}, U),
        (Policy(baselines=("bias",)), {}, F),  # a configuration is no baseline
        (Policy(metadata={"team": ""}), {}, P),
        (Policy(metadata={"team": "ops"}), {}, F),
        (Policy(metadata={"ticket": ""}), {}, F),
        (Policy(lineage=("commit",)), {}, P),
        (Policy(lineage=("execution",)), {}, F),
        (Policy(scan="MEDIUM"), {}, P),
        (Policy(scan="LOW"), {}, F),
        (Policy(scan="NONE"), {"scans": {IMAGE: Fact(Scan(True, {"LOW": 0}))}}, P),
        (Policy(scan="HIGH"), {"scans": {IMAGE: Fact(Scan(True, {"SEVERE": 1}))}}, U),
        (Policy(scan="HIGH"), {"scans": {IMAGE: Fact(Scan(False, {}, "IN_PROGRESS"))}}, U),
        (Policy(scan="HIGH"), {"scans": {IMAGE: Fact(None)}}, F),
        (Policy(scan="HIGH"), {"scans": {}}, U),
        (Policy(scan="HIGH"), {"version": replace(VERSION, containers=())}, F),
        (Policy(signed=True, signed_by=(KEY,)), {}, P),
        (Policy(signed=True, signed_by=("other",)), {}, F),
        (Policy(signed=True, signed_by=(KEY,)), {"signatures": {FILE: Fact(None)}}, F),
        (Policy(signed=True, signed_by=(KEY,)), {"signatures": {}}, U),
        (Policy(signed=True, signed_by=(KEY,)),
         {"signatures": {FILE: Fact(Signature(False, KEY))}}, F),
        (Policy(signed=True, signed_by=(KEY,)), {"version": replace(VERSION, containers=())}, F),
    ],
)  # fmt: skip
def test_what_else_a_policy_wants(policy: Policy, change: dict[str, Any], outcome: Outcome) -> None:
    assert outcomes(policy, replace(ALL, **change)) == [outcome]


def unsummed(version: Version) -> Version:
    return replace(version, metadata={})


@pytest.mark.scenario("T37")
@pytest.mark.parametrize(
    ("found", "change", "outcome"),
    [
        (Fact(Object("e1", "ab" * 32)), None, P),
        (Fact(Object("e9", "ab" * 32)), None, P),  # another way to upload the same bytes
        (Fact(Object("e1", "cd" * 32)), None, F),
        (Fact(Object("e9")), None, F),
        (Fact(Object("e1")), None, P),
        (Fact(Object("e1", "cd" * 32)), unsummed, P),
        (Fact(Object("e9", "cd" * 32)), unsummed, F),
        (Fact(None), None, F),
        (unknown("no right to read"), None, U),
    ],
)
def test_a_model_file_that_was_overwritten_is_not_deployed(
    found: Fact[Object], change: Callable[[Version], Version] | None, outcome: Outcome
) -> None:
    version = change(VERSION) if change else VERSION
    evidence = replace(ALL, version=version, objects={FILE: found})
    rows = judge(Policy(), evidence, NOW).rows
    (row,) = (row for row in rows if row.rule.startswith("model file"))
    assert row.outcome is outcome
    if found.value and outcome is F:
        assert {row.wanted.split()[-1], row.found.split()[-1]} & {"e1", "ab" * 32}


@pytest.mark.parametrize(
    ("granted", "policy", "worst"),
    [
        (ALL.granted, Policy(), P),
        (ALL.granted, Policy(approvers=(ROLE,)), P),
        (ALL.granted, Policy(approvers=("arn:aws:iam::123456789012:role/ops",)), F),
        (ALL.granted, Policy(lasts=90 * DAY), P),
        (ALL.granted, Policy(lasts=29 * DAY), F),
        (Fact(Granted("x", "", "2026-11-30T09:00:00+00:00")), Policy(), F),
        (Fact(Granted("x", "2026-11-29T00:00:00Z", "2027-01-01T00:00:00Z")),
         Policy(lasts=DAY), F),
        (Fact(Granted("x")), Policy(lasts=DAY), U),
        (Fact(Granted("x", "yesterday")), Policy(lasts=DAY), U),
        (Fact(None), Policy(approvers=(ROLE,)), F),
        (Fact(None), Policy(lasts=DAY), U),
        (unknown("no right to look"), Policy(approvers=(ROLE,)), U),
    ],
)  # fmt: skip
def test_an_approval_is_by_one_who_may_and_not_over(
    granted: Fact[Granted], policy: Policy, worst: Outcome
) -> None:
    evidence = replace(ALL, granted=granted)
    assert judge(policy, evidence, NOW, Purpose.DEPLOY).outcome is worst
    assert judge(policy, evidence, NOW, Purpose.APPROVE).passed


@pytest.mark.parametrize("said", ["Rejected", "PendingManualApproval"])
def test_what_is_not_approved_is_not_deployed(said: str) -> None:
    evidence = replace(ALL, version=replace(VERSION, approval=said))
    assert judge(Policy(), evidence, NOW, Purpose.DEPLOY).outcome is F
    assert judge(Policy(), evidence, NOW).outcome is P


def test_one_failure_is_a_failure_and_one_unknown_is_no_pass() -> None:
    failing = Policy(thresholds=(Threshold("auc", "above", 0.99),), scan="HIGH")
    blind = replace(ALL, scans={})
    assert judge(failing, blind, NOW).outcome is F
    assert judge(Policy(scan="HIGH"), blind, NOW).outcome is U
    assert not judge(Policy(scan="HIGH"), blind, NOW).passed


def test_nothing_that_was_not_read_passes() -> None:
    policy = Policy(
        thresholds=(Threshold("auc", "atLeast", 0),), comparisons=(Comparison("auc"),),
        baselines=("modelQuality",), scan="CRITICAL", signed=True, signed_by=(KEY,),
        approvers=(ROLE,), lasts=DAY,
    )  # fmt: skip
    rows = judge(policy, Evidence(version=VERSION), NOW, Purpose.DEPLOY).rows
    assert [row.rule.split()[0] for row in rows if row.outcome is P] == ["status", "approval"]
    assert all(row.outcome is U for row in rows if row.found == "nobody looked")


def test_the_digest_is_of_what_was_found() -> None:
    one, two = judge(Policy(), ALL, NOW), judge(Policy(), ALL, NOW + timedelta(days=1))
    assert one.digest == two.digest
    assert len(one.digest) == 64
    other = replace(ALL, objects={FILE: Fact(Object("e9", "cd" * 32))})
    assert judge(Policy(), other, NOW).digest != one.digest


def test_a_policy_survives_its_json_form() -> None:
    policy = Policy(
        thresholds=(Threshold("auc", "atLeast", 0.9),),
        comparisons=(Comparison("auc", True, 0.1, True),), baselines=("bias",),
        metadata={"team": ""}, lineage=("commit",), scan="HIGH", signed=True, signed_by=(KEY,),
        approvers=(ROLE,), lasts=DAY,
    )  # fmt: skip
    assert read(policy.data()) == policy


def test_what_an_approval_writes_is_what_is_read_of_it() -> None:
    policy = Policy(lasts=90 * DAY)
    said = approval.metadata(ROLE, NOW, policy, "d" * 64)
    given = approval.granted(said)
    assert given is not None
    assert (given.by, given.evidence) == (ROLE, "d" * 64)
    assert approval.end(given, policy) == NOW + timedelta(days=90)
    assert approval.granted({}) is None
    assert all(len(value) <= 256 for value in said.values())


@pytest.mark.parametrize(
    ("report", "metrics"),
    [
        ({"metrics": {"auc": {"value": 0.9}}}, {"auc": 0.9}),
        ({"binary_classification_metrics": {"auc": {"value": 1, "standard_deviation": 0}}},
         {"auc": 1.0}),
        ({"a": {"auc": {"value": 1}}, "b": {"auc": {"value": 2}, "f1": {"value": 3}}},
         {"f1": 3.0}),
        ({"metrics": {"auc": {"value": "NaN"}, "ok": {"value": True}, "x": 3}}, {}),
        ([], {}),
        ({"version": 1}, {}),
    ],
)  # fmt: skip
def test_metrics_of_reports(report: object, metrics: dict[str, float]) -> None:
    assert metrics_of(report) == metrics


def test_a_version_is_read_from_a_description() -> None:
    version = version_of(
        {
            "ModelPackageArn": f"{ARN}13",
            "ModelPackageGroupName": "acme-fraud",
            "ModelPackageVersion": 13,
            "ModelPackageStatus": "Completed",
            "CreationTime": "2026-11-30T09:00:00Z",
            "InferenceSpecification": {
                "Containers": [
                    {"Image": IMAGE, "ModelDataUrl": FILE, "ModelDataETag": '"e1"'},
                    {"ModelDataSource": {"S3DataSource": {"S3Uri": "s3://b/p/",
                                                          "S3DataType": "S3Prefix"}}},
                ]
            },
            "ModelMetrics": {"ModelQuality": {"Statistics": {"S3Uri": "s3://b/e.json"}}},
            "ModelLifeCycle": {"Stage": "Production", "StageStatus": "Approved"},
        }
    )  # fmt: skip
    assert version.reports == {"ModelQuality.Statistics": "s3://b/e.json"}
    assert version.containers[0].etag == "e1"
    assert version.containers[1].prefix
    assert (version.stage, version.created) == ("Production", NOW)
    assert version.approval == "PendingManualApproval"


def test_a_signature_lies_beside_its_file_and_another_document_is_none() -> None:
    assert signing.beside(FILE) == "s3://acme-models/registered/ab/signature.json"
    said = {"sha256": "ab" * 32, "algorithm": "ECDSA_SHA_256", "signature": "c2ln"}
    assert signing.read(json.dumps(said).encode()) == signing.Signed("ab" * 32, b"sig")
    for wrong in ({}, [], {**said, "algorithm": "x"}, {**said, "signature": "!"},
                  {**said, "sha256": "AB"}, {**said, "sha256": 3}):  # fmt: skip
        with pytest.raises(ValueError, match="it is"):
            signing.read(json.dumps(wrong).encode())
    with pytest.raises(ValueError, match="it is no"):
        signing.read(b"\xff{")
