"""ingest: rows into a feature group, by a job of Moorline's own.

What is missing in a row is left out of its record. Rows without id or time, and those that Feature
Store refuses, are kept apart with the reason; see `reconciler.jobs.ingest`.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Path, Problem, Reference, Share, Shorthand
from reconciler.kinds.data_pipeline import own
from reconciler.kinds.data_pipeline.api import (
    Built,
    Doing,
    Place,
    Read,
    Site,
    Step,
    Write,
    register,
)
from reconciler.kinds.data_pipeline.data import allow_data, written
from reconciler.kinds.data_pipeline.spark import SERVICE
from reconciler.kinds.data_pipeline.template import Template
from reconciler.model.value import Json

FROM, FAILED = "in", "failed"
_TYPES = {"string": "String", "integral": "Integral", "fractional": "Fractional"}


class Ingest(own.Workers):
    """Rows into a FeatureGroup. ``writes`` may say where ``failed`` rows go."""

    into: Annotated[str, Reference("FeatureGroup")]
    """The FeatureGroup."""
    from_: Annotated[Read, Shorthand("from")] = Field(alias="from")
    """What is put in: what an earlier step writes, or a DataSource."""
    format: Literal["parquet", "csv", "json", "orc"] = "parquet"
    """How the rows are written."""
    max_failed: Annotated[int, Field(ge=0)] | Share = 0
    """How many rows may fail before the step has: a number, or a share such as ``0.1%``."""


def check(ingest: Ingest, step: Step) -> Iterator[Problem]:
    yield from own.problems(ingest, "ingest")
    for name in step.reads:
        yield Problem(("reads", name), "what is put in stands under 'from'", "say it there")
    for name in set(step.writes) - {FAILED}:
        text = f"an ingest writes {FAILED!r} rows alone"
        yield Problem(("writes", name), text, f"call it {FAILED!r}, or remove it")
    if ingest.from_.feature_group is not None and FAILED not in step.writes:
        help_ = "add `writes: {failed: {source: DATASOURCE, path: PATH}}`"
        yield Problem(("ingest",), "there is no place for rows that fail", help_)


def build(ingest: Ingest, step: Step, site: Site) -> Built:
    scope = site.scope
    source, failed = site.reads[FROM], _failed(step, site)
    exported = scope.peer("FeatureGroup", ingest.into)
    group = scope.export("FeatureGroup", ingest.into, "featureGroup")
    role = scope.role(step.name, SERVICE)
    put = ("sagemaker:PutRecord",)
    scope.grant(role, put, on=(scope.export("FeatureGroup", ingest.into, "arn"),))
    if (key := exported.get("onlineKeyArn")) is not None:
        scope.grant(role, ("kms:Decrypt",), on=(key,))
    allow_data(role, site)
    features: Mapping[str, Json] = scope.export("FeatureGroup", ingest.into, "features")
    types = {name: _TYPES[each["type"]] for name, each in features.items()}
    given = {
        FROM: source.uri,
        FAILED: failed.uri,
        "group": Template((group,)),
        "features": Template((json.dumps(types, separators=(",", ":")),)),
        "record_id": Template((scope.export("FeatureGroup", ingest.into, "recordId"),)),
        "event_time": Template((scope.export("FeatureGroup", ingest.into, "eventTime"),)),
        "format": Template((ingest.format,)),
        "max_failed": Template((str(ingest.max_failed),)),
    }
    return own.run("ingest.py", ingest, step, site, given, failed)


def _failed(step: Step, site: Site) -> Place:
    """Where rows go that are not put in: said, or beside what is put in."""
    if FAILED in site.writes:
        return site.writes[FAILED]
    source = site.reads[FROM].name
    path = site.beside("failed", step)
    return written(Write(source=source, path=path), site.scope)


def reads(ingest: Ingest) -> Iterator[tuple[Path, str, Read]]:
    """What is put in."""
    yield ("from",), FROM, ingest.from_


register(
    Doing(
        name="ingest",
        model=Ingest,
        summary="Rows into a FeatureGroup.",
        check=check,
        reads=reads,
        feeds=lambda ingest: [(("into",), ingest.into)],
        build=build,
    )
)
