"""What is read of a version: answers that are not whole are unknown, and none is made up."""

from __future__ import annotations

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.aws.clock import FakeClock
from reconciler.aws.registry import (
    arriving,
    deciding,
    evidence,
    lineage,
    objects,
    resolving,
    scans,
    serving,
    versions,
)
from reconciler.aws.registry.granted import approver
from reconciler.aws.session import Attempts, Session
from reconciler.model.address import Address
from reconciler.model.change import Action, Reason
from reconciler.model.step import Step
from reconciler.registry import Comparison, Container, Policy, version_of
from reconciler.registry.approval import AT, BY, EXPIRES
from reconciler.registry.decision import STAGED_AT, Decision, Update

NOW = datetime(2026, 11, 30, 9, tzinfo=UTC)
ARN = "arn:aws:sagemaker:eu-west-1:123456789012:model-package/fraud/"
ROLE = "arn:aws:iam::123456789012:role/moorline-approve"
RUN = "arn:aws:sagemaker:e:1:pipeline/p/execution"
CARL = "arn:aws:sts::123456789012:assumed-role/Console/carl"


def refusal(code: str, message: str = "no") -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": message}}, "x")


Answer = Any


@dataclass
class Fake:
    """Clients that answer from a table by method: a value, an error, or a function of params."""

    answers: Mapping[str, Answer]
    sent: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def client(self, service: str) -> Any:
        return _Client(self, service)


class _Client:
    def __init__(self, fake: Fake, service: str) -> None:
        self._fake, self._service = fake, service

    def can_paginate(self, _method: str) -> bool:
        return False

    def __getattr__(self, method: str) -> Callable[..., Any]:
        def call(**params: Any) -> Any:
            self._fake.sent.append((method, params))
            answer = self._fake.answers[method]
            answer = answer(params) if callable(answer) else answer
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def session(**answers: Answer) -> Session:
    return Session(Fake(answers), FakeClock(), attempts=Attempts(most=1), wall=NOW.timestamp)


def sent(of: Session) -> list[str]:
    return [method for method, _ in of.clients.sent]  # type: ignore[attr-defined]


def body(number: int = 13, **more: Any) -> dict[str, Any]:
    return {
        "ModelPackageArn": f"{ARN}{number}",
        "ModelPackageName": "fraud",
        "ModelPackageGroupName": "fraud",
        "ModelPackageVersion": number,
        "ModelPackageStatus": "Completed",
        "ModelApprovalStatus": "Approved",
        "CreationTime": NOW,
        **more,
    }


def page(*items: dict[str, Any], token: str = "") -> dict[str, Any]:
    return {"ModelPackageSummaryList": [*items], **({"NextToken": token} if token else {})}


# -- versions


@pytest.mark.scenario("T29")
def test_all_pages_of_a_group_are_read_in_the_order_of_numbers() -> None:
    def pages(params: dict[str, Any]) -> dict[str, Any]:
        assert params["ModelPackageGroupName"] == "fraud"  # else unversioned packages are listed
        at = int(params.get("NextToken", "0"))
        items = [body(number) for number in range(at + 1, min(at + 100, 230) + 1)]
        return page(*items, token=str(at + 100) if at + 100 < 230 else "")

    client = Fake({"list_model_packages": pages})
    found = [
        each
        for items in versions.pages(_reader(client), {"ModelPackageGroupName": "fraud"})
        for each in items
    ]
    assert len(found) == 230


def _reader(client: Fake) -> Any:
    from reconciler.aws.session import ReadOnly

    return ReadOnly(Session(client, FakeClock(), attempts=Attempts(most=1)), "sagemaker")


@pytest.mark.scenario("T30")
def test_a_version_of_a_group_has_no_name_and_is_known_by_its_arn() -> None:
    summary = {key: value for key, value in body().items() if key != "ModelPackageName"}
    aws = session(list_model_packages=page(summary), describe_model_package=body())
    listed = versions.listed(aws, "fraud")
    assert listed is not None
    (found,) = listed
    versions.described(aws, found.arn)
    assert aws.clients.sent[-1][1] == {"ModelPackageName": f"{ARN}13"}  # type: ignore[attr-defined]


@pytest.mark.scenario("T71")
@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (page(), []),
        (refusal("ValidationException", "ModelPackageGroup x does not exist."), None),
    ],
)
def test_no_version_is_not_the_same_as_no_group(answer: Answer, says: list[Any] | None) -> None:
    assert versions.listed(session(list_model_packages=answer), "fraud") == says


@pytest.mark.scenario("T71")
@pytest.mark.parametrize(
    "answer", [refusal("AccessDeniedException"), {}, page({"ModelPackageArn": "x"})]
)
def test_what_nobody_may_list_or_is_not_whole_is_neither(answer: Answer) -> None:
    with pytest.raises(Exception, match="list_model_packages"):
        versions.listed(session(list_model_packages=answer), "fraud")


# -- who approved


def event(arn: str, at: str, **given: Any) -> dict[str, Any]:
    said = {
        "userIdentity": {"arn": CARL},
        "eventTime": at,
        "requestParameters": {
            "modelPackageArn": arn, "modelApprovalStatus": "Approved", **given,
        },
    }  # fmt: skip
    return {"EventId": "1", "EventName": "UpdateModelPackage", "CloudTrailEvent": json.dumps(said)}


WRITTEN = {BY: ROLE, AT: NOW.isoformat()}


@pytest.mark.parametrize(
    ("metadata", "changed", "events", "by", "asked"),
    [
        (WRITTEN, timedelta(seconds=1), [], ROLE, False),
        (WRITTEN, timedelta(hours=1), [event(f"{ARN}13", "2026-11-30T10:00:00Z")], CARL, True),
        ({**WRITTEN, STAGED_AT: "2026-11-30T10:00:00+00:00"}, timedelta(hours=1), [], ROLE, False),
        (WRITTEN, timedelta(hours=1), [], ROLE, True),
        (WRITTEN, timedelta(hours=1), [event(f"{ARN}13", "2026-11-30T09:00:05Z",
         customerMetadataProperties=WRITTEN)], ROLE, True),
        ({}, timedelta(0), [event(f"{ARN}13", "2026-11-29T10:00:00Z")], CARL, True),
        ({}, timedelta(0), [event(f"{ARN}12", "2026-11-29T10:00:00Z")], "", True),
        ({}, timedelta(0), [event(f"{ARN}13", "x", modelApprovalStatus="Rejected")], "", True),
    ],
)  # fmt: skip
def test_who_approved_is_written_or_seen_or_unknown(
    metadata: dict[str, str], changed: timedelta, events: list[Any], by: str, asked: bool
) -> None:
    found = body(CustomerMetadataProperties=metadata, LastModifiedTime=NOW + changed)
    aws = session(lookup_events={"Events": events})
    fact = approver(aws, version_of(found), found)
    assert (fact.value.by if fact.value else "") == by
    assert not fact.unknown
    assert bool(sent(aws)) is asked


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (refusal("AccessDeniedException"), "no leave"),
        ({"Events": [], "NextToken": "1"}, "too many"),
        ({}, "lookup_events"),
    ],
)
def test_a_history_that_cannot_be_read_names_nobody(answer: Answer, says: str) -> None:
    fact = approver(session(lookup_events=answer), version_of(body()), body())
    assert says in fact.unknown
    assert fact.value is None


# -- objects


@pytest.mark.parametrize(
    ("uri", "at"),
    [
        ("s3://b/k/e.json", ("b", "k/e.json")),
        ("s3://b/k?x#y", ("b", "k?x#y")),
        ("https://b.s3.eu-west-1.amazonaws.com/k%20e", ("b", "k e")),
        ("https://s3.eu-west-1.amazonaws.com/b/k", ("b", "k")),
        ("https://evil.example/b/k", None),
        ("s3://b", None),
        ("file:///etc/passwd", None),
    ],
)
def test_places_of_objects(uri: str, at: tuple[str, str] | None) -> None:
    assert objects.place(uri) == at


def stored(raw: bytes, length: int | None = None) -> dict[str, Any]:
    return {"Body": io.BytesIO(raw), "ETag": '"e"', "ContentLength": length or len(raw)}


REPORT = json.dumps({"metrics": {"auc": {"value": 0.95}}}).encode()


@pytest.mark.parametrize(
    ("answer", "digest", "says"),
    [
        (lambda: stored(REPORT), "", ""),
        (lambda: stored(REPORT, 999), "", "broke off"),
        (lambda: stored(REPORT), "SHA256:" + "0" * 64, "not the one that was registered"),
        (lambda: stored(b"<xml>"), "", "no JSON"),
        (lambda: refusal("NoSuchKey"), "", "not there"),
        (lambda: refusal("AccessDenied"), "", "AccessDenied"),
    ],
)
def test_a_report_is_whole_or_says_nothing(
    answer: Callable[[], Answer], digest: str, says: str
) -> None:
    """Each answer is made for one run of it: a body is read once, and mutmut runs tests twice."""
    fact = objects.report(session(get_object=answer()), "s3://b/e.json", digest)
    assert says in fact.unknown
    assert fact.value == ({"auc": 0.95} if not says else None)


# -- scans


@pytest.mark.parametrize(
    ("answer", "complete", "none"),
    [
        ({"imageScanStatus": {"status": "COMPLETE"},
          "imageScanFindings": {"findingSeverityCounts": {"HIGH": 2}}}, True, False),
        ({"imageScanStatus": {"status": "IN_PROGRESS"}}, False, False),
        ({"imageScanStatus": {"status": "COMPLETE"}}, False, False),
        (refusal("ScanNotFoundException"), False, True),
    ],
)  # fmt: skip
def test_a_scan_counts_only_when_it_is_complete(
    answer: Answer, *, complete: bool, none: bool
) -> None:
    whole = {"repositoryName": "serve", "imageId": {"imageDigest": "sha256:" + "a" * 64}}
    given = {**whole, **answer} if isinstance(answer, dict) else answer
    image = "123456789012.dkr.ecr.eu-west-1.amazonaws.com/serve:1"
    container = Container(image, "sha256:" + "a" * 64)
    fact = scans.scan(session(describe_image_scan_findings=given), container)
    assert (fact.value is None) is none
    assert fact.value is None or fact.value.complete is complete


@pytest.mark.parametrize("image", ["serve:1", "123456789012.dkr.ecr.eu-west-1.amazonaws.com/s:1"])
def test_an_image_that_no_digest_names_is_not_looked_up_by_its_tag(image: str) -> None:
    aws = session()
    assert scans.scan(aws, Container(image)).unknown
    assert sent(aws) == []


# -- what serves


def served(**more: Answer) -> Session:
    answers: dict[str, Answer] = {
        "describe_endpoint": {
            "EndpointArn": "a", "EndpointName": "scorer", "EndpointConfigName": "c1",
            "EndpointStatus": "InService", "CreationTime": NOW, "LastModifiedTime": NOW,
        },
        "describe_endpoint_config": {
            "EndpointConfigArn": "a", "EndpointConfigName": "c1", "CreationTime": NOW,
            "ProductionVariants": [{"ModelName": "m", "VariantName": "v"}],
        },
        "describe_model": {
            "ModelArn": "a", "ModelName": "m", "CreationTime": NOW,
            "PrimaryContainer": {"ModelPackageName": f"{ARN}12"},
        },
    }  # fmt: skip
    return session(**{**answers, **more})


def test_what_an_endpoint_serves_is_found_in_three_calls() -> None:
    aws = served()
    assert serving.of(aws, ["scorer"]) == {f"{ARN}12": ["scorer"]}
    assert len(sent(aws)) == 3


def test_an_endpoint_that_cannot_be_read_is_not_one_that_serves_nothing() -> None:
    with pytest.raises(Exception, match="AccessDenied"):
        serving.of(served(describe_model=refusal("AccessDeniedException")), ["scorer"])
    gone = served(describe_endpoint=refusal("ValidationException", "Could not find endpoint x"))
    assert serving.of(gone, ["scorer"]) == {}


# -- two versions in production


@pytest.mark.scenario("T58")
def test_two_in_production_are_compared_with_neither() -> None:
    both = [version_of(body(n, ModelLifeCycle={"Stage": "Production"})) for n in (2, 3)]
    fact = evidence.in_production(session(), both)
    assert "versions 2 and 3 are both in Production" in fact.unknown


# -- resolving

POLICY = json.dumps(Policy(lasts=86400).data())
OVER = {BY: ROLE, AT: "2026-11-01T00:00:00+00:00"}
FRESH = {BY: ROLE, AT: "2026-11-30T00:00:00+00:00"}


def resolved(
    listing: list[dict[str, Any]], version: str = "latest-approved", **metadata: dict[str, str]
) -> tuple[Any, Session]:
    def describe(params: dict[str, Any]) -> dict[str, Any]:
        number = params["ModelPackageName"].rpartition("/")[2]
        return body(int(number), CustomerMetadataProperties=metadata.get(f"v{number}", FRESH))

    aws = served(list_model_packages=page(*listing), describe_model_package=describe)
    params = {"group": "fraud", "version": version, "endpoint": "scorer", "policy": POLICY}
    return resolving.resolve(aws, params), aws


def test_an_approval_that_is_over_blocks_what_is_new() -> None:
    found, _ = resolved([body(13), body(11)], v13=OVER)
    assert found["version"] == 11
    assert [(each["version"], "ended" in each["why"]) for each in found["passed"]] == [(13, True)]


def test_an_approval_that_is_over_stops_nothing_that_serves() -> None:
    found, _ = resolved([body(13), body(12), body(11)], v13=OVER, v12=OVER)
    assert (found["version"], found["serves"]) == (12, True)
    assert "ended" in found["held"]


def test_what_is_archived_is_passed_over() -> None:
    found, _ = resolved([body(13, ModelLifeCycle={"Stage": "Archived"}), body(12)])
    assert (found["version"], found["passed"][0]["why"]) == (12, "it is archived")


@pytest.mark.parametrize("version", ["latest-approved", "13"])
def test_without_rules_about_approvals_only_the_version_is_read(version: str) -> None:
    containers = [{"Image": "1.dkr.ecr.eu-west-1.amazonaws.com/b:1"}, {"Image": "a:1"}, {}]
    whole = body(13, InferenceSpecification={"Containers": [*containers, containers[0]]})
    aws = session(list_model_packages=page(body(13)), describe_model_package=whole)
    found = resolving.resolve(aws, {"group": "fraud", "version": version})
    assert found["version"] == 13
    assert found["images"] == ["1.dkr.ecr.eu-west-1.amazonaws.com/b:1", "a:1"]
    assert sent(aws) == ["list_model_packages", "describe_model_package"]


def test_a_pinned_version_says_why_it_is_held() -> None:
    found, _ = resolved([body(13), body(12)], "13", v13=OVER)
    assert (found["serves"], "ended" in found["held"]) == (False, True)


# -- lineage


@pytest.mark.scenario("T70")
def test_the_way_back_takes_two_calls_and_says_what_is_missing() -> None:
    made = body(
        MetadataProperties={"CommitId": "abc", "GeneratedBy": f"{RUN}/1"},
        CustomerMetadataProperties={"data-version": "42", BY: "x"},
    )  # fmt: skip
    job = "arn:aws:sagemaker:eu-west-1:1:training-job/t-1"
    steps = [{"StepName": "train", "Metadata": {"TrainingJob": {"Arn": job}}}]
    inputs = [{"DataSource": {"S3DataSource": {"S3Uri": "s3://b/train/42"}}}]
    aws = session(
        list_pipeline_execution_steps={"PipelineExecutionSteps": steps},
        describe_training_job={
            "TrainingJobArn": job, "TrainingJobName": "t-1", "TrainingJobStatus": "Completed",
            "InputDataConfig": inputs,
        },
    )  # fmt: skip
    found = {each.what: each.found for each in lineage.hops(aws, version_of(made))}
    assert (found["job"], found["data"], found["commit"]) == (job, "s3://b/train/42", "abc")
    assert found["data-version"] == "42"
    assert BY not in found
    assert len(sent(aws)) == 2

    gone = session(list_pipeline_execution_steps=refusal("ResourceNotFound"))
    missing = {each.what: each for each in lineage.hops(gone, version_of(made))}
    assert missing["job"].found == ""
    assert "gone" in missing["job"].why
    assert missing["commit"].found == "abc"


# -- deciding


def decision() -> Decision:
    params = {"ModelPackageArn": f"{ARN}13", "ModelApprovalStatus": "Approved",
              "CustomerMetadataProperties": {BY: ROLE}}  # fmt: skip
    return Decision(updates=(Update(f"{ARN}13", 13, params),))


def test_two_who_approve_at_once_are_told_who_is_in_the_record() -> None:
    before = body(ModelApprovalStatus="PendingManualApproval")
    after = body(CustomerMetadataProperties={BY: CARL})
    answers = iter([before, *[after] * 9])
    aws = session(
        describe_model_package=lambda _: next(answers),
        update_model_package={"ModelPackageArn": f"{ARN}13"},
    )
    (done,) = deciding.carry_out(aws, decision())
    assert done.lost == (f"{BY} is {CARL!r}, not {ROLE!r}",)
    (params,) = [p for m, p in aws.clients.sent if m == "update_model_package"]  # type: ignore[attr-defined]
    assert 1 <= len(params["ClientToken"]) <= 36


def test_a_version_that_was_deleted_meanwhile_is_not_approved() -> None:
    gone = refusal("ValidationException", "ModelPackage x does not exist.")
    aws = session(describe_model_package=gone)
    with pytest.raises(Exception, match="does not exist"):
        deciding.carry_out(aws, decision())
    assert "update_model_package" not in sent(aws)


# -- what a plan says of a new version


def arriving_step() -> Step:
    model = {"PrimaryContainer": {"ModelPackageName": f"{ARN}13"}}
    address = Address("AWS::SageMaker::Model", "acme-m")
    return Step("1", address, Action.CREATE, Reason.ABSENT, desired=model, spec="Rollout/r")


def arrived(
    policy: Policy, metadata: Mapping[str, str] = FRESH, **answers: Answer
) -> tuple[Any, list[Any], Session]:
    def describe(params: dict[str, Any]) -> dict[str, Any]:
        number = int(params["ModelPackageName"].rpartition("/")[2])
        quality = {"Statistics": {"S3Uri": f"s3://b/{number}.json", "ContentType": "x"}}
        return body(number, CustomerMetadataProperties=metadata,
                    ModelMetrics={"ModelQuality": quality})  # fmt: skip

    def report(params: dict[str, Any]) -> dict[str, Any]:
        auc = {"13.json": 0.95, "12.json": 0.94}[params["Key"]]
        return stored(json.dumps({"metrics": {"auc": {"value": auc}}}).encode())

    aws = served(describe_model_package=describe, get_object=report,
                 list_model_packages=page(body(13)), **answers)  # fmt: skip
    source = arriving.Source("fraud", "fraud", "scorer", policy.data())
    found, problems = arriving.look(aws, [arriving_step()], {"Rollout/r": source})
    return found, problems, aws


def test_a_plan_says_what_takes_over_from_what() -> None:
    (found,), problems, _ = arrived(Policy(lasts=86400))
    assert (found.before, found.after, found.by) == (12, 13, "moorline-approve")
    assert found.metrics == {"auc": (0.94, 0.95)}
    assert found.until == "2026-12-01T00:00:00+00:00"
    assert problems == []


def test_a_version_that_the_policy_does_not_let_by_is_an_error() -> None:
    _, problems, _ = arrived(Policy(lasts=60))
    assert [(each.code, each.is_error) for each in problems] == [("MODEL006", True)]
    _, problems, _ = arrived(Policy(comparisons=(Comparison("f1"),)))
    assert problems == []  # nothing is in production


def test_the_same_version_in_another_setting_is_not_judged_again() -> None:
    model = {"ModelArn": "a", "ModelName": "m", "CreationTime": NOW,
             "PrimaryContainer": {"ModelPackageName": f"{ARN}13"}}  # fmt: skip
    found, problems, aws = arrived(Policy(lasts=60), describe_model=model)
    assert (found, problems) == ((), [])
    assert "describe_model_package" not in sent(aws)


def test_an_end_that_was_written_holds_though_no_policy_says_one() -> None:
    over = {**FRESH, EXPIRES: "2026-11-30T08:00:00+00:00"}
    _, problems, _ = arrived(Policy(), over)
    assert [each.code for each in problems] == ["MODEL006"]
