"""glue: a Spark job of AWS Glue, with a role and a job of its own.

Sources: Glue developer guide, "AWS Glue job parameters", "Job bookmarks", "Create an IAM role for
AWS Glue", "Setting up logging"; Step Functions developer guide, "Start an AWS Glue job".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from pydantic import Field

from reconciler.facts.runtimes import glue_version, glue_worker
from reconciler.kinds.api import (
    Maybe,
    Problem,
    Section,
    Shorthand,
)
from reconciler.kinds.data_pipeline.api import Built, Doing, Site, Step, register
from reconciler.kinds.data_pipeline.data import arguments
from reconciler.kinds.data_pipeline.spark import Cluster, spark, started
from reconciler.kinds.data_pipeline.template import Template
from reconciler.kinds.packs import Pack, RepositoryPath
from reconciler.kinds.terms.asset import Script, asset, bytes_of, problems
from reconciler.model.asset import Form
from reconciler.model.diagnostic import Severity


class Glue(Section):
    """A Spark job of AWS Glue. Named data comes as job arguments: ``--in s3://…``."""

    script: Annotated[Script, Shorthand("file")]
    """The script: a file of the repository, or an object that is built elsewhere."""
    version: str = Field("5.0", examples=["5.0"])
    """The version of Glue, in quotes."""
    worker: str = Field("G.1X", examples=["G.1X", "G.2X"])
    """The type of the workers."""
    workers: Annotated[int, Field(ge=2, le=299)] = 2
    """How many, the driver included."""
    bookmarks: bool = False
    """Whether each run goes on where the last one ended."""
    max_runs: Annotated[int, Field(ge=1, le=1000)] = 1
    """How many runs of the job there may be at a time. One that is too many waits for its turn."""
    arguments: Annotated[dict[str, str], Field(max_length=50)] = Field(default_factory=dict)
    """Further arguments by name, without dashes. No secrets. They may hold placeholders."""
    libraries: Annotated[
        tuple[Annotated[RepositoryPath, Pack(Form.ZIP)], ...], Field(max_length=10)
    ] = ()
    """Python packages of the repository that the script imports."""
    stand_in: Maybe[RepositoryPath] = None
    """A Python file that takes the place of the job in a sandbox, where Spark does not run."""


def check(glue: Glue, step: Step) -> Iterator[Problem]:
    yield from problems(glue.script, "file", ("glue", "script"))
    for path, fault in (
        ("version", glue_version(glue.version)),
        ("worker", glue_worker(glue.worker, glue.version)),
    ):
        if fault is not None:
            severity = Severity.WARNING if fault.doubt else Severity.ERROR
            yield Problem(("glue", path), fault.text, fault.help, severity=severity)
    for name in glue.arguments:
        if name in step.reads or name in step.writes:
            yield Problem(("glue", "arguments", name), f"{name!r} is the name of data here already")


def build(glue: Glue, step: Step, site: Site) -> Built:
    script = bytes_of(glue.script, site.scope, (*site.path, "glue", "script"))
    libraries = [
        asset(site.scope, path, Form.ZIP, at=(*site.path, "glue", "libraries", str(index)))
        for index, path in enumerate(glue.libraries)
    ]
    cluster = Cluster(glue.version, glue.worker, glue.workers, glue.max_runs, glue.bookmarks)
    job = spark(cluster, step, site, script, libraries)
    given = {name: Template.read(value) for name, value in glue.arguments.items()}
    return started(job, site, {**arguments(site), **given})


register(
    Doing(
        name="glue",
        model=Glue,
        summary="A Spark job of AWS Glue.",
        check=check,
        texts=lambda glue: [(("arguments", name), it) for name, it in glue.arguments.items()],
        build=build,
    )
)
