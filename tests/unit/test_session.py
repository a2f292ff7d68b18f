"""How a call reaches AWS: error classes, retries, the rate limit, and reading only."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import (
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    NoRegionError,
    ParamValidationError,
    ReadTimeoutError,
)

from reconciler.aws.clock import FakeClock
from reconciler.aws.errors import Denied, Gone, Rejected, Retry, translate
from reconciler.aws.limiter import Limiter
from reconciler.aws.session import Attempts, ReadOnly, Session
from reconciler.aws.single import state
from reconciler.model.change import Status
from reconciler.resources import api
from reconciler.resources.api import absent

from .fakes import Clients, refusal

VALIDATION = "ValidationException"
NOWHERE = [
    ("AWS::SageMaker::Endpoint", VALIDATION, 'Could not find endpoint "arn:x".', Gone),
    (
        "AWS::SageMaker::Endpoint",
        VALIDATION,
        'Could not find endpoint configuration "arn:x".',
        Rejected,
    ),
    (
        "AWS::SageMaker::EndpointConfig",
        VALIDATION,
        'Could not find endpoint configuration "arn:x".',
        Gone,
    ),
    ("AWS::SageMaker::EndpointConfig", VALIDATION, 'Could not find endpoint "arn:x".', Rejected),
    ("AWS::SageMaker::Model", VALIDATION, 'Could not find model "arn:x".', Gone),
    (
        "AWS::SageMaker::ModelPackageGroup",
        VALIDATION,
        "ModelPackageGroup arn:x does not exist.",
        Gone,
    ),
    ("AWS::SageMaker::FeatureGroup", "ResourceNotFound", "Resource Not Found", Gone),
    ("AWS::SageMaker::Pipeline", "ResourceNotFound", "Pipeline 'x' does not exist.", Gone),
    ("AWS::S3::Bucket", "404", "Not Found", Gone),
    ("AWS::S3::Bucket", "NoSuchBucket", "", Gone),
    ("AWS::S3::Bucket", "403", "Forbidden", Denied),
    ("AWS::S3::Bucket", "301", "Moved Permanently", Rejected),
    ("AWS::KMS::Key", "NotFoundException", "Key 'x' does not exist", Gone),
    ("AWS::KMS::Key", "KMSInvalidStateException", "x is pending deletion.", Rejected),
    ("AWS::IAM::Role", "NoSuchEntity", "", Gone),
    ("AWS::IAM::Role", "NoSuchEntityException", "", Gone),
    ("AWS::Budgets::Budget", "NotFoundException", "", Gone),
    ("AWS::SNS::Topic", "NotFound", "", Gone),
    ("AWS::SNS::Topic", "NotFoundException", "", Gone),
]


@pytest.mark.parametrize(
    ("type_", "code", "text", "expected"),
    NOWHERE,
    ids=[f"{type_.split('::')[2]} {code} {text[:30]}".strip() for type_, code, text, _ in NOWHERE],
)
def test_whether_this_answer_says_that_it_does_not_exist(
    type_: str, code: str, text: str, expected: type
) -> None:
    resource = api.load()[type_]
    assert type(translate(refusal(code, text), "x", absent=resource.absent)) is expected


UNKNOWN = [
    (VALIDATION, "1 validation error detected"),
    ("TeapotException", "I do not exist"),
    ("InvalidParameter", "not found"),
    ("Unknown", ""),
]


@pytest.mark.parametrize(("code", "text"), UNKNOWN, ids=[code for code, _ in UNKNOWN])
@pytest.mark.parametrize("type_", sorted(api.load()))
def test_an_unknown_error_is_never_absence(type_: str, code: str, text: str) -> None:
    resource = api.load()[type_]
    assert isinstance(translate(refusal(code, text), "x", absent=resource.absent), Rejected)


CLASSES: dict[str, tuple[Exception, type]] = {
    "throttling": (refusal("ThrottlingException"), Retry),
    "throttling in another word": (refusal("Throttling"), Retry),
    "too many requests": (refusal("TooManyRequestsException", status=429), Retry),
    "slow down": (refusal("SlowDown", status=503), Retry),
    "a fault of AWS by its code": (refusal("InternalFailure", status=400), Retry),
    "a fault of AWS by its status": (refusal("Whatever", status=503), Retry),
    "another writer in the way": (refusal("ConcurrentModificationException"), Retry),
    "a quota": (refusal("LimitExceededException"), Rejected),
    "a SageMaker quota": (refusal("ResourceLimitExceeded"), Rejected),
    "what the sandbox lacks": (refusal("NotImplemented", status=501), Rejected),
    "a wrong request": (refusal(VALIDATION, "Member must satisfy"), Rejected),
    "a missing permission": (refusal("AccessDeniedException"), Denied),
    "an expired token": (refusal("ExpiredToken"), Denied),
    "a wrong signature": (refusal("SignatureDoesNotMatch"), Denied),
    "no credentials": (NoCredentialsError(), Denied),
    "no connection": (EndpointConnectionError(endpoint_url="https://x"), Retry),
    "no connection in time": (ConnectTimeoutError(endpoint_url="https://x"), Retry),
    "no answer in time": (ReadTimeoutError(endpoint_url="https://x"), Retry),
    "a malformed request": (ParamValidationError(report="x"), Rejected),
    "no region": (NoRegionError(), Rejected),
}


@pytest.mark.parametrize(("error", "expected"), CLASSES.values(), ids=CLASSES.keys())
def test_the_class_of(error: Exception, expected: type) -> None:
    assert type(translate(error, "made.it")) is expected


def test_an_error_that_is_not_of_aws_travels_on() -> None:
    with pytest.raises(ZeroDivisionError):
        translate(ZeroDivisionError(), "made.it")


SPREADING = (absent(VALIDATION, "(?i)assume role"),)


def test_a_rejection_that_passes_is_tried_again() -> None:
    error = refusal(VALIDATION, "Could not assume role arn:x")
    assert isinstance(translate(error, "x", transient=SPREADING), Retry)
    assert isinstance(translate(error, "x"), Rejected)


# -- retries


def session(*script: Any, **more: Any) -> Session:
    clock = FakeClock()
    limiter = Limiter(clock, unlimited=True)
    return Session(Clients(*script), clock=clock, limiter=limiter, **more)


def test_an_answer_comes_without_its_metadata() -> None:
    assert session({"Name": "x"}).send("made", "get_it", {}) == {"Name": "x"}


def test_a_passing_failure_is_tried_again_with_growing_pauses() -> None:
    throttled = refusal("ThrottlingException")
    calls = session(throttled, throttled, throttled, {"Name": "x"})
    assert calls.send("made", "get_it", {}) == {"Name": "x"}
    assert (calls.total, calls.tried) == (4, 4)
    assert 1.75 <= calls.clock.now() <= 3.5


BUDGETS: dict[str, tuple[Any, dict[str, Any], int, type]] = {
    "throttling ends with the budget": (refusal("Throttling"), {}, 5, Retry),
    "a lost connection ends with the budget": (
        ReadTimeoutError(endpoint_url="https://x"),
        {},
        5,
        Retry,
    ),
    "a role that spreads has a budget of its own": (
        refusal(VALIDATION, "assume role"),
        {"transient": SPREADING},
        7,
        Retry,
    ),
    "a missing permission is not tried again": (refusal("AccessDenied"), {}, 1, Denied),
    "a quota is not tried again": (refusal("LimitExceededException"), {}, 1, Rejected),
    "an unknown error is not tried again": (refusal("Teapot"), {}, 1, Rejected),
    "absence is not tried again": (refusal("NotFound"), {"absent": (absent("NotFound"),)}, 1, Gone),
    "what may have been done is not repeated if it must not be": (
        ReadTimeoutError(endpoint_url="https://x"),
        {"repeatable": False},
        1,
        Retry,
    ),
    "a fault of AWS is not repeated if it must not be": (
        refusal("InternalFailure", status=500),
        {"repeatable": False},
        1,
        Retry,
    ),
    "throttling is repeated in any case": (refusal("Throttling"), {"repeatable": False}, 5, Retry),
}


@pytest.mark.parametrize(
    ("error", "how", "tries", "expected"), BUDGETS.values(), ids=BUDGETS.keys()
)
def test_the_budget(error: Any, how: dict[str, Any], tries: int, expected: type) -> None:
    calls = session(*[error] * 20, attempts=Attempts(most=5, spreading=7))
    with pytest.raises(expected):
        calls.send("made", "create_it", {}, **how)
    assert calls.calls == {"made.create_it": tries}


def test_pauses_stop_growing() -> None:
    attempts = Attempts(most=30, first_pause=1.0, longest_pause=4.0)
    calls = session(*[refusal("Throttling")] * 30, attempts=attempts)
    with pytest.raises(Retry):
        calls.send("made", "get_it", {})
    assert calls.clock.now() <= 29 * 4.0


def test_an_interrupted_run_does_not_try_again() -> None:
    calls = session(*[refusal("Throttling")] * 5, interrupted=lambda: True)
    with pytest.raises(Retry):
        calls.send("made", "get_it", {})
    assert (calls.total, calls.clock.now()) == (1, 0.0)


# -- reading only


WRITES = [
    "create_model",
    "put_bucket_policy",
    "delete_role",
    "update_endpoint",
    "tag_role",
    "add_tags",
    "schedule_key_deletion",
    "start_pipeline_execution",
    "attach_role_policy",
    "enable_key",
    "subscribe",
    "batch_put_item",
    "generate_data_key",
]
READS = [
    "get_role",
    "list_models",
    "describe_endpoint",
    "head_bucket",
    "batch_get_item",
    "batch_describe_model_package",
    "search",
    "lookup_events",
]


@pytest.mark.parametrize("method", WRITES)
def test_a_reader_refuses(method: str) -> None:
    calls = session()
    with pytest.raises(PermissionError):
        ReadOnly(calls, "made").call(method, {})
    assert calls.total == 0


@pytest.mark.parametrize("method", READS)
def test_a_reader_takes(method: str) -> None:
    assert ReadOnly(session({"Name": "x"}), "made").call(method, {}) == {"Name": "x"}


def test_what_is_not_set_is_nothing_and_any_other_error_is_raised() -> None:
    reader = ReadOnly(session(refusal("NoSuchPolicy"), refusal("AccessDenied")), "made")
    assert reader.maybe("get_it", {}, frozenset({"NoSuchPolicy"})) is None
    with pytest.raises(Denied):
        reader.maybe("get_it", {}, frozenset({"NoSuchPolicy"}))


# -- states


STATES: dict[str, tuple[str, Any, Status]] = {
    "an endpoint in service": (
        "AWS::SageMaker::Endpoint",
        {"EndpointStatus": "InService"},
        Status.READY,
    ),
    "an endpoint under way": (
        "AWS::SageMaker::Endpoint",
        {"EndpointStatus": "Updating"},
        Status.BUSY,
    ),
    "a failed endpoint": ("AWS::SageMaker::Endpoint", {"EndpointStatus": "Failed"}, Status.FAILED),
    "an endpoint in a state nobody knows": (
        "AWS::SageMaker::Endpoint",
        {"EndpointStatus": "Dreaming"},
        Status.BUSY,
    ),
    "a feature group under update": (
        "AWS::SageMaker::FeatureGroup",
        {"FeatureGroupStatus": "Created", "LastUpdateStatus": {"Status": "InProgress"}},
        Status.BUSY,
    ),
    "a feature group whose last update failed": (
        "AWS::SageMaker::FeatureGroup",
        {"FeatureGroupStatus": "Created", "LastUpdateStatus": {"Status": "Failed"}},
        Status.READY,
    ),
    "a key that waits for its deletion": (
        "AWS::KMS::Key",
        {"KeyMetadata": {"KeyState": "PendingDeletion"}},
        Status.READY,  # it can be had back
    ),
    "a type without states": ("AWS::SageMaker::Model", {}, Status.READY),
}


@pytest.mark.parametrize(("type_", "answer", "expected"), STATES.values(), ids=STATES.keys())
def test_the_state_of(type_: str, answer: Any, expected: Status) -> None:
    assert state(api.load()[type_].lifecycle, answer)[0] is expected
