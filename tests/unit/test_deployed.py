"""How an endpoint stands, from AWS's answers: what is not whole is no answer."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from reconciler.aws.clock import FakeClock
from reconciler.aws.deployed import endpoint
from reconciler.aws.errors import AwsError
from reconciler.aws.session import Session
from reconciler.rollout.marks import encode
from reconciler.rollout.values import Doing, Marks, Step

from .fakes import Clients, refusal

NAMES = {"endpoint": "acme-dev-scorer", "called": "acme-dev-scorer"}
BASE = "acme-dev-scorer-0a1b2c3d"
OURS = {"moorline:platform": "acme", "moorline:environment": "dev"}
MARKS = Marks(
    digest="d",
    step=1,
    since=5,
    base=BASE,
    middle="acme-dev-scorer-middle-11111111",
    target="acme-dev-scorer-22222222",
    version="",
    steps=(Step(1.0, 1, 60),),
    stable_count=1,
    doing=Doing.BAKE,
)


def described(config: str = BASE, **other: Any) -> dict[str, Any]:
    return {
        "EndpointName": "acme-dev-scorer",
        "EndpointArn": "arn:endpoint",
        "EndpointConfigName": config,
        "EndpointStatus": "InService",
        "CreationTime": "2026-11-30",
        "LastModifiedTime": "2026-11-30",
        "ProductionVariants": [{"VariantName": "primary"}],
        **other,
    }


def tagged(tags: dict[str, str]) -> dict[str, Any]:
    return {"Tags": [{"Key": key, "Value": value} for key, value in tags.items()]}


VARIANTS = [{"VariantName": "primary"}]


def content(name: str = BASE, variants: Any = VARIANTS) -> dict[str, Any]:
    return {
        "EndpointConfigArn": "arn:config",
        "EndpointConfigName": name,
        "CreationTime": "2026-11-30",
        "ProductionVariants": variants,
    }


GONE = refusal("ValidationException", 'Could not find endpoint configuration "arn".')


def looked(*answers: Any) -> tuple[Any, list[str]]:
    clients = Clients(*answers)
    found = endpoint(Session(clients, clock=FakeClock()), NAMES)
    return found, [method for method, _ in clients.only.sent]


def test_three_reads_say_it_all() -> None:
    found, sent = looked(described(), tagged(OURS), content())
    assert sent == ["describe_endpoint", "list_tags", "describe_endpoint_config"]
    assert (found["config"], found["base"], found["ours"], found["spent"]) == (BASE, BASE, True, "")
    assert found["content"] == {"ProductionVariants": VARIANTS}


def test_there_may_be_none() -> None:
    found, _ = looked(refusal("ValidationException", 'Could not find endpoint "arn".'))
    assert found == {"status": ""}


@pytest.mark.parametrize(("tags", "ours"), [(OURS, True), ({}, False), (
    {**OURS, "moorline:environment": "prod"}, False)])  # fmt: skip
def test_a_configuration_with_another_name_is_ours_by_its_tags(
    tags: dict[str, str], ours: bool
) -> None:
    found, sent = looked(described("by-hand"), tagged(OURS), content("by-hand"), tagged(tags))
    assert (found["ours"], sent[-1]) == (ours, "list_tags")


def test_a_configuration_that_is_gone_is_nobodys() -> None:
    found, _ = looked(described(), tagged(OURS), GONE)
    assert (found["content"], found["ours"]) == (None, False)


@pytest.mark.parametrize(
    ("marks", "live", "base"),
    [
        (MARKS, MARKS.middle, BASE),
        (MARKS, MARKS.target, MARKS.target),
        (replace(MARKS, ended="completed"), MARKS.target, MARKS.target),
        (replace(MARKS, word="abort"), BASE, BASE),
    ],
    ids=["it runs", "it has arrived", "it has ended", "it went back"],
)
def test_what_is_gone_back_to_is_looked_at(marks: Marks, live: str, base: str) -> None:
    clients = Clients(described(live), tagged({**OURS, **encode(marks)}), content(base))
    found = endpoint(Session(clients, clock=FakeClock()), NAMES)
    assert found["base"] == base
    assert clients.only.sent[-1][1] == {"EndpointConfigName": base}


def test_an_update_that_aws_took_back_is_known_without_a_driver() -> None:
    noted = {"moorline:attempted": MARKS.middle, "moorline:attempt-base": f"{BASE} before 1"}
    found, _ = looked(described(), tagged({**OURS, **noted, **encode(MARKS)}), content())
    assert (found["spent"], found["base"]) == (MARKS.middle, BASE)


@pytest.mark.parametrize(
    "answers",
    [
        [described(EndpointStatus=None)],
        [described(EndpointArn="")],
        [described(), refusal("AccessDeniedException", "no")],
        [described(), tagged(OURS), content(variants=[])],
        [refusal("AccessDeniedException", "no")],
    ],
    ids=["no status", "no ARN", "no tags", "no variants", "denied"],
)
def test_half_an_answer_is_none(answers: list[Any]) -> None:
    with pytest.raises(AwsError):
        looked(*answers)
