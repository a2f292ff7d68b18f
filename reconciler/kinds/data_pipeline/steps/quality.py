"""quality: rows by the rules of a DataSource, by a job of Moorline's own on Glue.

Rows that pass go on under the name ``good``. See `reconciler.jobs.quality`.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Literal

from pydantic import Field

from reconciler.kinds.api import Maybe, Path, Problem, Reference, Shorthand
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
from reconciler.kinds.terms.quality import grant, of as quality_of

FROM, GOOD, BAD = "in", "good", "bad"
Format = Literal["parquet", "csv", "json", "orc"]


class Quality(own.Workers):
    """Rules of a DataSource on rows. ``writes`` has ``good`` rows, and may have ``bad`` ones."""

    of: Annotated[str, Reference("DataSource")]
    """The DataSource whose rules hold. Its rows are read, unless ``from`` says others."""
    from_: Maybe[Annotated[Read, Shorthand("from")]] = Field(None, alias="from")
    """Other rows that the rules are for: what an earlier step writes, or a path."""
    on_violation: Literal["fail", "quarantine", "warn"] = "fail"
    """``fail`` ends the run; ``quarantine`` keeps the bad rows apart and goes on with the others;
    ``warn`` goes on with all."""
    format: Maybe[Format] = None
    """How the rows are written. By default as the DataSource says, or in Parquet."""


def check(quality: Quality, step: Step) -> Iterator[Problem]:
    yield from own.problems(quality, "quality")
    if GOOD not in step.writes:
        help_ = "add `writes: {good: {source: DATASOURCE, path: PATH}}`"
        yield Problem(("quality",), "there is no place for good rows", help_)
    for name in set(step.writes) - {GOOD, BAD}:
        text = f"a quality step writes {GOOD!r} and {BAD!r} rows"
        yield Problem(("writes", name), text, "call it one of these, or remove it")
    for name in step.reads:
        text = "the rows of 'of' are read, or those of 'from'"
        yield Problem(("reads", name), text, "say it there")


def build(quality: Quality, step: Step, site: Site) -> Built:
    scope = site.scope
    rows, good, bad = site.reads[FROM], site.writes[GOOD], _bad(step, site)
    role = scope.role(step.name, SERVICE)
    allow_data(role, site)
    checked = quality_of(scope, quality.of)
    grant(scope, role, checked)
    if quality.on_violation == "quarantine" and not checked.rows:
        scope.problem(
            (*site.path, "quality", "onViolation"),
            f"no rule of DataSource {quality.of!r} tells of single rows, so none can be kept apart",
            help="use 'fail' or 'warn', or add a rule about values",
        )
    form = quality.format or checked.format or "parquet"
    given = {
        FROM: rows.uri,
        GOOD: good.uri,
        BAD: bad.uri,
        "rules": Template((checked.text,)),
        "context": Template((checked.ruleset,)),
        "on_violation": Template((quality.on_violation,)),
        "format": Template((form,)),
        "write_format": Template((form,)),
        **{f"ref_{name}": Template((other.uri,)) for name, other in checked.references.items()},
    }
    return own.run("quality.py", quality, step, site, given, bad)


def _bad(step: Step, site: Site) -> Place:
    """Where bad rows go: said, or beside the good ones."""
    if BAD in site.writes:
        return site.writes[BAD]
    path = site.beside("quarantine", step)
    return written(Write(source=site.writes[GOOD].name, path=path), site.scope)


def reads(quality: Quality) -> Iterator[tuple[Path, str, Read]]:
    """The rows: said, or all of the DataSource."""
    if quality.from_ is not None:
        yield ("from",), FROM, quality.from_
    else:
        yield ("of",), FROM, Read(source=quality.of)


register(
    Doing(
        name="quality",
        model=Quality,
        summary="Rows by the rules of a DataSource.",
        check=check,
        reads=reads,
        build=build,
    )
)
