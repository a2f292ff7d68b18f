"""Every read, with an answer that says 200 and is none: it is unknown, never absent or different.

The answers are those that the sandbox gives while a platform with every type is made, planned,
looked at and destroyed; each is played again in every broken form.
"""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from botocore import xform_name
from cloudcontrol.world import World
from crash.scene import small
from engine.platform import client
from moto.s3.models import s3_backends
from resources.samples import PLACE, SAMPLES, Sample
from resources.samples.network import standing
from sweeps import LONG

from reconciler.aws.attempts import Attempts
from reconciler.aws.clock import FakeClock
from reconciler.aws.errors import INCOMPLETE, Retry
from reconciler.aws.limiter import Limiter
from reconciler.aws.session import READS, ReadOnly, Session
from reconciler.aws.wholes import wholes
from reconciler.aws.wire import ROOTS
from reconciler.model.graph import Node
from reconciler.resources.api import load
from reconciler.resources.whole import Whole, at
from reconciler.sandbox.inprocess import sandbox
from reconciler.sandbox.state.world import WORLD

from .capture import Answer, Parsed, Tape, played

FURTHER = {
    "AWS::EMRServerless::Application",
    "AWS::RAM::ResourceShare",
    "AWS::SageMaker::FeatureGroup",
}
"""Types of which the first platform has less than all that is read."""
HTML = b"<!doctype html><html><head><title>Sign in</title></head><body>Welcome</body></html>"
CODES = {INCOMPLETE, "500"}
"""botocore itself takes a success of S3 that is no XML for a server fault."""
UNSET = {"CorsConfiguration", "ObjectLockConfiguration"}
"""Parts that no bucket of the platforms below has."""
NO_BODY = {"s3.head_bucket"}
"""Reads without a body: nothing can be wrong with it."""


@pytest.fixture(scope="module")
def tape() -> Tape:
    """What is read while a platform is made, planned and destroyed."""
    found = Tape()
    with sandbox() as aws:
        for service in sorted({service for service, _ in wholes()}):
            found.listen(client(service))
        scene = small(aws)
        scene.finish()
        scene.restart()
        scene.plan()
        role_alone(client("iam"))
        bucket_alone(client("s3"))
        scene.finish(destroy=True)
        client("sts").get_caller_identity()
        client("cloudtrail").lookup_events()
        handled(client("cloudcontrol"))
        client("cloudformation").describe_type(Type="RESOURCE", TypeName="AWS::Kinesis::Stream")
    with sandbox() as aws:
        aws.clock.configure(mode="manual")
        for service in sorted({service for service, _ in wholes()}):
            found.listen(aws.client(service))
        account = s3_backends[PLACE.account][PLACE.partition]
        for name in ("acme-test-features", "acme-test-models"):
            account.create_bucket(name, PLACE.region)
        account.put_object("acme-test-models", "fraud.tar.gz", b"a model")
        standing()
        alone(aws.client("s3"), aws.client("secretsmanager"))
        world, known = World(aws), load()
        for sample in SAMPLES.values():
            read = f"{known[sample.type].service}.{known[sample.type].read.method}"
            if read not in found.found or sample.type in FURTHER:
                lived(world, sample)
    return found


def alone(s3: Any, secrets: Any) -> None:
    """What is read of what somebody else made."""
    told = {"Bucket": "acme-test-models"}
    s3.put_bucket_notification_configuration(
        **told, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    s3.get_bucket_notification_configuration(**told)
    secrets.create_secret(Name="acme-test-login", SecretString="{}")
    secrets.describe_secret(SecretId="acme-test-login")
    secrets.get_secret_value(SecretId="acme-test-login")


def lived(world: World, sample: Sample) -> None:
    """What is read of a type that no kind of the platform above makes."""
    needs = [Node(each.address, each.tagged(each.full)) for each in sample.needs]
    made = Node(sample.address, sample.tagged(sample.full))
    world.good(*needs, made)
    world.plan(*needs, made)
    world.good()


def role_alone(iam: Any) -> None:
    """What is read of a role where no listing of all has it."""
    name = {"RoleName": "acme-dev-scorer-hosting"}
    for read in ("get_role", "list_role_policies", "list_attached_role_policies", "list_role_tags"):
        getattr(iam, read)(**name)
    iam.get_role_policy(**name, PolicyName="moorline")


def bucket_alone(s3: Any) -> None:
    """What is read of a bucket of which no document tells."""
    (bucket,) = (each["Name"] for each in s3.list_buckets(Prefix="acme-dev-raw-")["Buckets"])
    for part in sorted(load()["AWS::S3::Bucket"].aside.document - UNSET):
        (read,) = next(it.reads for it in load()["AWS::S3::Bucket"].parts if it.prop == part)
        getattr(s3, read)(Bucket=bucket)


def handled(cloudcontrol: Any) -> None:
    """What is read of a type that AWS's own handlers serve."""
    type_ = {"TypeName": "AWS::Kinesis::Stream"}
    event = cloudcontrol.create_resource(**type_, DesiredState='{"Name": "acme-dev-events"}')
    token = {"RequestToken": event["ProgressEvent"]["RequestToken"]}
    while event["ProgressEvent"]["OperationStatus"] != "SUCCESS":
        WORLD.clock.advance(30)
        event = cloudcontrol.get_resource_request_status(**token)
    cloudcontrol.get_resource(**type_, Identifier="acme-dev-events")
    cloudcontrol.list_resources(**type_)
    cloudcontrol.list_resource_requests()


ASKED = Attempts() if LONG else Attempts(most=2, incomplete=2)
"""How often nothing whole is asked for again; how often in earnest is tried elsewhere."""


def session(clients: Any) -> Session:
    clock = FakeClock()
    return Session(clients, clock=clock, limiter=Limiter(clock, unlimited=True), attempts=ASKED)


def reads(tape: Tape) -> list[Answer]:
    return [each for _, each in sorted(tape.found.items()) if each.method.startswith(READS)]


def refused(clients: Any, answer: Answer) -> None:
    with pytest.raises(Retry) as failure:
        session(clients).send(answer.service, answer.method, answer.params)
    assert failure.value.code in CODES, answer.name


def test_the_tape_has_every_read_of_every_type(tape: Tape) -> None:
    told = {f"{service}.{method}" for service, method in wholes() if method.startswith(READS)}
    elsewhere = {
        "application-autoscaling.describe_scalable_targets",
        "s3.get_object",
        "s3.head_object",
        "s3.list_objects_v2",
        "sagemaker.list_model_packages",
        # how a new version does: tests/rollouts
        "cloudwatch.get_metric_data",
        "cloudwatch.list_metrics",
        # what a version of a model is judged by: tests/registry and tests/engine/test_approved.py
        "ecr.describe_image_scan_findings",
        "sagemaker.describe_model_package",
        "sagemaker.describe_training_job",
        "sagemaker.list_pipeline_execution_steps",
    }
    unset = {f"s3.get_bucket_{each}" for each in ("cors", "replication")}
    rest = told - {each.name for each in reads(tape)} - elsewhere - unset
    assert rest <= {
        "emr-serverless.list_job_runs",  # of an application that has started, before it goes
        "s3.get_bucket_tagging",
        "s3.get_object_lock_configuration",
        "sagemaker.get_model_package_group_policy",
    }


def test_every_document_of_s3_has_a_root_element_that_is_known() -> None:
    """Without one an empty body would be an answer in which all is absent."""
    model = client("s3").meta.service_model
    known = {xform_name(name): model.operation_model(name) for name in model.operation_names}
    read = {method for service, method in wholes() if service == "s3" and method.startswith(READS)}
    documents = {known[each].name for each in read if _document(known[each])}
    assert documents <= ROOTS.keys()
    assert len(documents) > 10


def _document(operation: Any) -> bool:
    members = operation.output_shape.members
    payload = members.get(operation.output_shape.serialization.get("payload"))
    if payload is not None:
        return bool(payload.type_name == "structure")
    return any(not shape.serialization.get("location") for shape in members.values())


def test_a_whole_answer_is_taken(tape: Tape) -> None:
    for answer in reads(tape):
        with played(answer) as clients:
            session(clients).send(answer.service, answer.method, answer.params)


def test_an_answer_without_a_body_is_none(tape: Tape) -> None:
    for answer in reads(tape):
        if answer.name not in NO_BODY:
            with played(answer, b"") as clients:
                refused(clients, answer)


def test_an_answer_that_was_cut_is_none(tape: Tape) -> None:
    for answer in reads(tape):
        if answer.name in NO_BODY:
            continue
        for part in (1, len(answer.body) // 2, len(answer.body) - 1):
            length = str(len(answer.body))
            with played(answer, answer.body[:part], content_length=length) as clients:
                refused(clients, answer)


@pytest.mark.parametrize("type_", ["text/html; charset=utf-8", ""], ids=["says so", "does not"])
def test_a_page_of_a_proxy_is_none(type_: str, tape: Tape) -> None:
    for answer in reads(tape):
        if answer.name in NO_BODY:
            continue
        told = {"Content_Type": type_} if type_ else {}
        with played(answer, HTML, **told) as clients:
            refused(clients, answer)


def broken(document: Mapping[str, Any], whole: Whole) -> Iterator[tuple[str, dict[str, Any]]]:
    """A document with each member that it must have made null, and left out."""
    for path in sorted(whole.has):
        yield f"{path} null", changed(document, path, None)
        yield f"{path} missing", changed(document, path, missing=True)
    for path in sorted(whole.policies):
        for other in (None, "", "null", "[]", "{}", "no JSON"):
            yield f"{path} {other}", changed(document, path, other)
    if whole.items:
        yield f"{whole.items} missing", changed(document, whole.items, missing=True)
        yield f"{whole.items} null", changed(document, whole.items, None)
        for path in sorted(whole.each) if at(document, whole.items) else ():
            item = changed(at(document, whole.items)[-1], path, missing=True)
            items = [*at(document, whole.items)[:-1], item]
            yield f"an item without {path}", changed(document, whole.items, items)
    for path in whole.one_of:
        if at(document, path):
            gone = document
            for each in whole.one_of:
                gone = changed(gone, each, missing=True)
            yield "none of several", dict(gone)


def changed(
    document: Mapping[str, Any], path: str, value: Any = None, *, missing: bool = False
) -> dict[str, Any]:
    out = copy.deepcopy(dict(document))
    *way, last = path.split(".")
    inner = out
    for key in way:
        inner = inner[key]
    if missing:
        inner.pop(last, None)
    else:
        inner[last] = value
    return out


def test_an_answer_that_lacks_what_every_one_has_is_none(tape: Tape) -> None:
    tried = 0
    for answer in reads(tape):
        for what, document in broken(answer.parsed, wholes()[answer.service, answer.method]):
            with pytest.raises(Retry, match="not whole"):
                session(Parsed(document)).send(answer.service, answer.method, answer.params)
            tried += 1
            assert what
    assert tried > 80


def test_the_answer_about_another_one_is_none(tape: Tape) -> None:
    tried = 0
    for answer in reads(tape):
        whole = wholes()[answer.service, answer.method]
        for param, paths in whole.same.items():
            if str(answer.params.get(param, "alias/")).startswith("alias/"):
                continue  # AWS repeats no alias; what the key is called is read after it
            document = answer.parsed
            for path in paths:
                document = changed(document, path, "another")
            refused(Parsed(document), answer)
            tried += 1
        for param, path in whole.each_same.items():
            if param not in answer.params or not at(answer.parsed, whole.items):
                continue
            items = [changed(each, path, "another") for each in at(answer.parsed, whole.items)]
            refused(Parsed(changed(answer.parsed, whole.items, items)), answer)
            tried += 1
    assert tried > 8


def test_a_success_with_failures_inside_is_none(tape: Tape) -> None:
    for answer in reads(tape):
        for inside in ({"FailedEntryCount": 1}, {"Errors": ["x"]}, {"TagErrorMap": {"a": "b"}}):
            if answer.name not in NO_BODY:
                refused(Parsed({**answer.parsed, **inside}), answer)


TOKENS = (
    "NextToken",
    "Marker",
    "NextMarker",
    "PaginationToken",
    "ContinuationToken",
    "NextContinuationToken",
    "nextToken",
)


def test_a_listing_that_leads_back_to_a_page_ends(tape: Tape) -> None:
    tried = 0
    for answer in reads(tape):
        whole = wholes()[answer.service, answer.method]
        if not whole.items:
            continue
        again = {**answer.parsed, **dict.fromkeys(TOKENS, "again")}
        again |= {"IsTruncated": True, "Truncated": True}
        reader = ReadOnly(session(Parsed(again)), answer.service)
        if not Parsed({}).client(answer.service).can_paginate(answer.method):
            continue
        with pytest.raises(Retry, match="page that was read"):
            reader.pages(answer.method, answer.params, whole.items)
        tried += 1
    assert tried > 12
