"""What disappears when: the lines of a plan's calendar, from its JSON alone."""

from __future__ import annotations

from typing import Any

import pytest

from reconciler.render.formats import Context
from reconciler.render.markdown.view import View
from reconciler.render.sections import calendar
from reconciler.render.vocabulary.entries import Entry
from reconciler.render.vocabulary.ink import Ink

BUCKET, GROUP, STREAM = "AWS::S3::Bucket", "AWS::SageMaker::FeatureGroup", "AWS::Kinesis::Stream"


def rules(*found: dict[str, Any]) -> dict[str, Any]:
    return {"LifecycleConfiguration": {"Rules": [{"Status": "Enabled", **it} for it in found]}}


def change(path: list[str], before: Any, after: Any) -> dict[str, Any]:
    return {"path": path, "before": before, "after": after}


def step(
    type_: str, desired: dict[str, Any], *fields: dict[str, Any], action: str = "update"
) -> dict[str, Any]:
    found = {"type": type_, "name": "raw", "action": action, "desired": desired}
    return {**found, "fields": [*fields], "id": f"{type_}/raw"}


def lines(*steps: dict[str, Any]) -> list[str]:
    seen = View({}, Context(), entries=[Entry(each) for each in steps])
    return [calendar.said(each) for each in calendar.entries(seen)]


EXPIRE = {"Id": "expire", "ExpirationInDays": 90}
RULE = ["LifecycleConfiguration", "Rules"]
DAY90 = "objects are removed 90 days after they were written"
RECORDS = "records of the online store are removed 2 hours after their event time"
CASES = {
    "a new bucket tells all": (
        step(
            BUCKET,
            rules(EXPIRE, {"Id": "n", "NoncurrentVersionExpiration": {"NoncurrentDays": 1}}),
            action="create",
        ),
        [
            "old versions are removed 1 day after they were replaced or deleted",
            "objects are removed 90 days after they were written",
        ],
    ),
    "what moves is told apart from what goes": (
        step(
            BUCKET,
            rules(
                {
                    "Id": "archive",
                    "Prefix": "raw/",
                    "Transitions": [{"StorageClass": "GLACIER", "TransitionInDays": 30}],
                }
            ),
            action="create",
        ),
        ["objects under 'raw/' are moved to GLACIER 30 days after they were written"],
    ),
    "kept longer": (
        step(BUCKET, rules(EXPIRE), change([*RULE, "expire", "ExpirationInDays"], 30, 90)),
        [f"{DAY90} (until now: 30 days; 60 days longer)"],
    ),
    "gone sooner": (
        step(BUCKET, rules(EXPIRE), change([*RULE, "expire", "ExpirationInDays"], 365, 90)),
        [f"{DAY90} (until now: 365 days; 275 days sooner)"],
    ),
    "a rule that comes": (
        step(BUCKET, rules(EXPIRE), change([*RULE, "expire"], None, EXPIRE)),
        ["objects are removed 90 days after they were written (until now: never)"],
    ),
    "a rule that goes": (
        step(BUCKET, rules(), change([*RULE, "expire"], {**EXPIRE, "Status": "Enabled"}, None)),
        ["objects are not removed any more, and stay"],
    ),
    "rules that were none": (
        step(BUCKET, rules(EXPIRE), change(["LifecycleConfiguration"], None, rules(EXPIRE))),
        ["objects are removed 90 days after they were written (until now: never)"],
    ),
    "another property": (
        step(BUCKET, rules(EXPIRE), change(["VersioningConfiguration"], None, {})),
        [],
    ),
    "a rule that is off": (
        step(BUCKET, rules({**EXPIRE, "Status": "Disabled"}), action="create"),
        [],
    ),
    "records of an online store": (
        step(
            GROUP,
            {"OnlineStoreConfig": {"TtlDuration": {"Unit": "Hours", "Value": 2}}},
            change(["OnlineStoreConfig", "TtlDuration", "Unit"], "Days", "Hours"),
        ),
        [f"{RECORDS} (until now: 2 days; 1.9 days sooner)"],
    ),
    "a stream": (
        step(STREAM, {"RetentionPeriodHours": 48}, action="create"),
        ["records are removed 2 days after they were written"],
    ),
    "what is deleted has no days": (step(BUCKET, rules(EXPIRE), action="delete"), []),
    "a type without a calendar": (step("AWS::IAM::Role", {}, action="create"), []),
}


@pytest.mark.parametrize(("one", "expected"), CASES.values(), ids=CASES.keys())
def test_a_line_of_the_calendar(one: dict[str, Any], expected: list[str]) -> None:
    assert lines(one) == expected


def test_every_form_tells_the_same() -> None:
    one = step(BUCKET, rules({**EXPIRE, "Prefix": "a|`b`\n<c>"}), action="create")
    seen = View({}, Context(), entries=[Entry(one)])
    (line,) = [each for each in calendar.text(seen, Ink(False)) if "removed" in each]
    panel, part = calendar.html(seen), calendar.markdown(seen)
    assert panel is not None
    assert part is not None
    assert panel.lines == (line.strip(),)
    assert "\n" not in line
    (block,) = part.blocks
    assert "<c>" not in block.text.replace("`", " ").split() or "`" in block.text
    assert calendar.data(seen)[0]["days"] == EXPIRE["ExpirationInDays"]
