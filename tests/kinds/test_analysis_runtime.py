"""How a kind brings the analysis runtime into a processing job."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from reconciler.aws.clock import FakeClock
from reconciler.aws.lookups import answer
from reconciler.aws.session import Session
from reconciler.jobs import RUNTIME, package
from reconciler.kinds.api import Lookup, Scope
from reconciler.kinds.terms import analysis
from reconciler.model.diagnostic import Severity

from .world import World

AT = ("baseline",)
DIGEST = f"sha256:{'a' * 64}"
SPEC = {("DataSource", "artifacts"): "{s3: {}}", ("DataSource", "raw"): "{s3: {}}"}


def scope(facts: dict[Lookup, Any] | None = None) -> Scope:
    return World(SPEC, facts).scope("DataSource", "raw")


def question(here: Scope) -> Lookup:
    found = analysis.image_lookup(here, "ml.m5.xlarge")
    assert found is not None
    return found


def test_the_program_is_an_asset_that_python_runs() -> None:
    here = scope()
    found = analysis.runtime(here, "ml.m5.xlarge", at=AT)
    (node,) = here.made.values()
    assert node.asset is not None
    assert node.asset.digest == found.program.digest
    assert node.asset.size == len(package(RUNTIME))
    command, path = found.entrypoint
    assert (command, path) == ("python3", f"{analysis.PLACE}/{found.program.digest}.zip")
    assert found.input["S3Input"]["LocalPath"] == analysis.PLACE
    assert found.input["S3Input"]["S3Uri"] == found.program.uri


def test_the_image_is_pinned_to_what_its_registry_says() -> None:
    lookup = question(scope())
    here = scope({lookup: {"digest": DIGEST, "asked": True, "there": True}})
    image = analysis.runtime(here, "ml.m5.xlarge", at=AT).image
    assert image.endswith(f"/sagemaker-scikit-learn@{DIGEST}")
    assert here.problems == []
    assert dict(lookup.params)["tag"] == f"{analysis.VERSION}-cpu-py3"


@pytest.mark.scenario("T48")
@pytest.mark.parametrize(("there", "said"), [(False, "has no such image"), (None, "does not say")])
def test_an_image_that_cannot_be_pinned_is_a_finding(there: bool | None, said: str) -> None:
    here = scope({question(scope()): {"digest": "", "asked": True, "there": there}})
    image = analysis.runtime(here, "ml.m5.xlarge", at=AT).image
    assert image.endswith(f":{analysis.VERSION}-cpu-py3")
    (found,) = here.problems
    assert (found.code, found.severity) == ("IMAGE002", Severity.WARNING)
    assert said in found.message
    assert here.deferred is None


def test_without_an_answer_nothing_is_planned_and_offline_nothing_is_said() -> None:
    unanswered = scope({})
    analysis.runtime(unanswered, "ml.m5.xlarge", at=AT)
    assert unanswered.deferred is not None
    offline = scope()
    image = analysis.runtime(offline, "ml.m5.xlarge", at=AT).image
    assert image.endswith(f":{analysis.VERSION}-cpu-py3")
    assert (offline.problems, offline.deferred) == ([], None)


def test_an_image_with_a_digest_stays() -> None:
    given = f"123456789012.dkr.ecr.eu-west-1.amazonaws.com/x@{DIGEST}"
    assert analysis.pinned(scope({}), given, AT) == given


def test_an_instance_without_an_image_is_a_problem() -> None:
    here = scope()
    assert analysis.image_lookup(here, "ml.trn1.2xlarge") is None
    analysis.runtime(here, "ml.trn1.2xlarge", at=AT)
    assert "no image" in here.problems[0].message


@pytest.mark.parametrize("length", [1, 250, 256, 257, 5000])
def test_a_configuration_goes_in_parts_and_is_whole_again(length: int) -> None:
    configuration = {"name": "é" + "x" * length, "data": {"path": "/opt/ml/processing/input/data"}}
    verb, flag, *parts = analysis.arguments("profile", configuration)
    assert (verb, flag) == ("profile", "--json")
    assert max(map(len, parts)) <= 256
    assert json.loads("".join(parts)) == configuration


def test_what_aws_would_refuse_is_refused() -> None:
    with pytest.raises(ValueError, match="more than fit"):
        analysis.arguments("profile", {"name": "x" * 30_000})
    with pytest.raises(ValueError, match="'explain' is none of"):
        analysis.arguments("explain", {})


class Ecr:
    """A registry that answers as it is told, or refuses."""

    def __init__(self, body: dict[str, Any] | ClientError) -> None:
        self.body = body
        self.asked: list[dict[str, Any]] = []

    def client(self, service: str) -> Ecr:
        assert service == "ecr"
        return self

    def batch_get_image(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        if isinstance(self.body, ClientError):
            raise self.body
        return self.body


def refused(code: str) -> ClientError:
    error = {"Error": {"Code": code, "Message": "no"}, "ResponseMetadata": {"HTTPStatusCode": 400}}
    return ClientError(error, "BatchGetImage")  # type: ignore[arg-type]


ONE = {"imageId": {"imageDigest": DIGEST, "imageTag": "1"}, "imageManifest": "{}"}
MISSING = {"imageId": {"imageTag": "1"}, "failureCode": "ImageNotFound", "failureReason": "no"}


@pytest.mark.parametrize(
    ("body", "fact"),
    [
        ({"images": [ONE], "failures": []}, {"digest": DIGEST, "asked": True, "there": True}),
        ({"images": [ONE, ONE]}, {"digest": DIGEST, "asked": True, "there": True}),
        ({"images": [], "failures": [MISSING]}, {"digest": "", "asked": True, "there": False}),
        (refused("RepositoryNotFoundException"), {"digest": "", "asked": True, "there": False}),
        (refused("AccessDeniedException"), {"digest": "", "asked": True, "there": None}),
    ],
)
def test_a_registry_says_which_digest_a_tag_stands_for(
    body: dict[str, Any] | ClientError, fact: dict[str, Any]
) -> None:
    lookup = question(scope())
    ecr = Ecr(body)
    facts, problems = answer(Session(ecr, FakeClock()), [lookup])  # type: ignore[arg-type]
    assert (facts, problems) == ({lookup: fact}, [])
    (asked,) = ecr.asked
    assert asked["imageIds"] == [{"imageTag": f"{analysis.VERSION}-cpu-py3"}]
    assert len(asked["registryId"]) == 12


@pytest.mark.parametrize(
    "body",
    [
        {}, {"images": [], "failures": []}, {"images": [{"imageId": {"imageTag": "1"}}]},
        {"images": [ONE, {"imageId": {"imageDigest": f"sha256:{'b' * 64}"}}]},
        {"images": [], "failures": [{**MISSING, "failureCode": "KmsError"}]},
    ],
)  # fmt: skip
def test_an_answer_that_is_not_whole_is_none(body: dict[str, Any]) -> None:
    lookup = question(scope())
    facts, problems = answer(Session(Ecr(body), FakeClock()), [lookup])  # type: ignore[arg-type]
    assert facts == {}
    assert len(problems) == 1
