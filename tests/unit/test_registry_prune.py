"""What of a registry goes, and what keeps it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.aws.errors import Gone
from reconciler.aws.registry import deleting, using
from reconciler.registry import Version
from reconciler.registry.pruning import Pruning, prune

NOW = datetime(2026, 11, 30, tzinfo=UTC)
KEEP = {"versions": 1, "age": 0, "shared": False}


def version(number: int, approval: str = "Rejected") -> Version:
    made = NOW - timedelta(days=100)
    return Version(arn=f"arn:v/{number}", group="g", number=number, created=made,
                   approval=approval)  # fmt: skip


VERSIONS = [version(1), version(2, "Approved"), version(3, "Approved"), version(4)]


def found(used: Any = None, allowed: bool = True, **stated: Any) -> Pruning:
    return prune(VERSIONS, {**KEEP, **stated}, NOW, used, lambda _: allowed)


def numbers(pruning: Pruning) -> list[int]:
    return [each.number for each in pruning.doomed]


@pytest.mark.scenario("T62")
def test_what_nobody_here_can_see_is_kept() -> None:
    assert numbers(found({})) == [1, 2]
    assert numbers(found({}, shared=True)) == [1]
    assert numbers(found({"arn:v/1": "endpoint x serves it"})) == [2]
    assert numbers(found(None)) == []
    assert numbers(found({}, age=101 * 86400)) == []


@pytest.mark.scenario("T62")
def test_history_goes_only_where_the_environment_lets_it() -> None:
    asked: list[str] = []

    def allowed(address: str) -> bool:
        asked.append(address)
        return address.endswith("/1")

    result = prune(VERSIONS, KEEP, NOW, {}, allowed)
    assert sorted(asked) == ["AWS::SageMaker::ModelPackage/g/1", "AWS::SageMaker::ModelPackage/g/2"]
    assert len(result.refused) == 1
    assert "g/2" in result.refused[0]
    assert numbers(result) == []


class Calls:
    """SageMaker as it answers; a list of answers is worked through, an error is raised."""

    def __init__(self, answers: dict[str, Any]) -> None:
        self.answers = answers
        self.sent: list[str] = []
        self.clock = self
        self.clients = self

    def client(self, _service: str) -> Calls:
        return self

    def can_paginate(self, _method: str) -> bool:
        return False

    def sleep(self, _seconds: float) -> None:
        """No time passes."""

    def send(self, _service: str, method: str, params: Any, **_: Any) -> Any:
        self.sent.append(method)
        answer = self.answers[method]
        answer = answer(params) if callable(answer) else answer
        answer = answer.pop(0) if isinstance(answer, list) else answer
        if isinstance(answer, Exception):
            raise answer
        return answer


def described(**more: Any) -> dict[str, Any]:
    return {
        "ModelPackageArn": "arn:v/1", "ModelPackageGroupName": "g", "ModelPackageVersion": 1,
        "ModelPackageName": "g", "ModelPackageStatus": "Completed", "CreationTime": NOW,
        "ModelPackageStatusDetails": {"ValidationStatuses": []},
        "ModelApprovalStatus": "Rejected", **more,
    }  # fmt: skip


GONE = Gone("sagemaker.describe_model_package", "ValidationException", "does not exist")


@pytest.mark.parametrize(
    ("looks", "said", "sent"),
    [
        ([described(), GONE], "", True),
        ([described(), described(), described(), GONE], "", True),
        ([GONE], "", False),
        ([described(ModelApprovalStatus="Approved")], "it was decided on meanwhile", False),
        ([described()] * 6, "AWS took the deletion, and still has it", True),
    ],
)
def test_a_version_is_looked_at_before_and_after(looks: list[Any], said: str, sent: bool) -> None:
    session: Any = Calls({"describe_model_package": [*looks], "delete_model_package": {}})
    assert deleting.delete(session, version(1)) == said
    assert ("delete_model_package" in session.sent) is sent


def test_models_without_an_endpoint_need_their_versions_too() -> None:
    of_model = {
        "old": {"PrimaryContainer": {"ModelPackageName": "arn:v/1"}},
        "both": {"Containers": [{"ModelPackageName": "arn:v/2"}, {"Image": "x"}]},
        "bare": {},
    }
    session: Any = Calls(
        {
            "list_models": {"Models": [{"ModelName": name} for name in of_model]},
            "describe_model": lambda params: {
                "ModelName": params["ModelName"], "ModelArn": "arn:m", "CreationTime": NOW,
                **of_model[params["ModelName"]],
            },
            "list_endpoints": {"Endpoints": []},
        }
    )  # fmt: skip
    assert using.used(session) == {
        "arn:v/1": "model old is made of it",
        "arn:v/2": "model both is made of it",
    }
