"""Small words: texts, optional fields, choices, shorthands, alarms."""

from __future__ import annotations

from typing import Annotated

import pytest
from pydantic import ValidationError

from reconciler.kinds.api import Choice, Maybe, Reference, Section, Shorthand, used
from reconciler.kinds.terms.alarm import Fleet, Watch, alarm_props, threshold
from reconciler.kinds.terms.text import text
from reconciler.model.address import Address
from reconciler.model.value import Join, Ref

BUCKET = Ref(Address("AWS::S3::Bucket", "raw"), "BucketName")


class Inner(Section):
    type: str
    source: Maybe[Annotated[str, Reference("DataSource")]] = None


class Listed(Section):
    type: str
    inside: tuple[tuple[int, ...], ...] = ()
    named: dict[str, tuple[str, ...]]


class Outer(Section):
    inner: Maybe[Annotated[Inner, Shorthand("type")]] = None
    listed: Maybe[Annotated[Listed, Shorthand("type")]] = None
    many: tuple[Annotated[str, Reference("Rollout")], ...] = ()
    some_name: Maybe[int] = None


class Size(Choice):
    percent: Maybe[int] = None
    instances: Maybe[int] = None


@pytest.mark.parametrize(
    ("parts", "expected"),
    [
        (("a", "", "b"), "ab"),
        ((), ""),
        ((BUCKET,), BUCKET),
        (("", BUCKET, ""), BUCKET),
        (("s3://", BUCKET, "/x"), Join(("s3://", BUCKET, "/x"))),
        ((Join(("s3://", BUCKET, "/x")), "/y"), Join(("s3://", BUCKET, "/x/y"))),
    ],
)
def test_texts_are_put_together_flat(parts: tuple[object, ...], expected: object) -> None:
    assert text(*parts) == expected


@pytest.mark.parametrize("json", ['{"inner": null}', '{"someName": null}', '{"some_name": 1}'])
def test_what_is_optional_is_left_out_not_null(json: str) -> None:
    with pytest.raises(ValidationError):
        Outer.model_validate_json(json)


def test_a_plain_value_stands_for_a_section() -> None:
    short = Outer.model_validate_json('{"inner": "string"}')
    assert short == Outer.model_validate_json('{"inner": {"type": "string"}}')


def test_a_section_with_lists_has_a_shorthand_too() -> None:
    long = '{"listed": {"type": "t", "inside": [[1, 2]], "named": {"a": ["b"]}}}'
    assert Outer.model_validate_json(long).listed == Listed(
        type="t", inside=((1, 2),), named={"a": ("b",)}
    )


def test_a_fault_in_a_shorthand_is_at_its_member() -> None:
    with pytest.raises(ValidationError) as caught:
        Outer.model_validate_json('{"inner": 3}')
    assert [error["loc"] for error in caught.value.errors()] == [("inner", "type")]


@pytest.mark.parametrize("json", ["{}", '{"percent": 1, "instances": 1}', '{"percent": null}'])
def test_a_choice_has_exactly_one_member(json: str) -> None:
    with pytest.raises(ValidationError):
        Size.model_validate_json(json)


def test_references_are_found_behind_optional_fields() -> None:
    json = '{"inner": {"type": "t", "source": "raw"}, "many": ["a", "b"]}'
    assert list(used(Outer.model_validate_json(json))) == [
        (("inner", "source"), "DataSource", "raw"),
        (("many", "0"), "Rollout", "a"),
        (("many", "1"), "Rollout", "b"),
    ]


@pytest.mark.parametrize(
    ("metric", "level", "number"),
    [
        ("ModelLatency", "250ms", 250_000),
        ("ModelLatency", "2s", 2_000_000),
        ("ModelLatency", "7us", 7),
        ("Invocation5XXErrors", "0.5%", 0.005),
        ("CPUUtilization", "320%", 320),
        ("Invocations", 80, 80),
        ("Invocations", 1.5, 1.5),
    ],
)
def test_levels_become_the_units_of_cloudwatch(
    metric: str, level: float | str, number: float
) -> None:
    assert threshold(metric, level) == number


@pytest.mark.parametrize(
    ("metric", "statistic", "name"),
    [
        ("ModelLatency", None, "model-latency-p99"),
        ("ModelLatency", "p99.9", "model-latency-p99-9"),
        ("Invocation5XXErrors", "average", "invocation-5xx-errors-average"),
        ("InvocationModelErrors", None, "invocation-model-errors-sum"),
        ("Invocations", "sampleCount", "invocations-samplecount"),
        ("CPUUtilization", None, "cpu-utilization-average"),
        ("GPUMemoryUtilization", "maximum", "gpu-memory-utilization-maximum"),
    ],
)
def test_alarms_have_readable_names(metric: str, statistic: str | None, name: str) -> None:
    assert Watch(metric, statistic, "GreaterThan", 1, 60).name == name


@pytest.mark.parametrize(
    ("seconds", "window"),
    [(60, (60, 1)), (600, (60, 10)), (3600, (60, 60)), (7200, (300, 24)), (86400, (300, 288))],
)
def test_long_windows_have_longer_periods(seconds: int, window: tuple[int, int]) -> None:
    watch = Watch("Invocations", None, "LessThan", 1, seconds)
    props = alarm_props(watch, Fleet("e", "v"), description="", notify=[])
    assert (props["Period"], props["EvaluationPeriods"]) == window
    assert props["Period"] * props["EvaluationPeriods"] == seconds
