"""What a DataPipeline says beside its steps."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from reconciler.kinds.api import Maybe, Reference, Section
from reconciler.kinds.data_pipeline.api import DataName
from reconciler.kinds.monitor import Subscribers
from reconciler.kinds.terms.location import S3Path
from reconciler.kinds.terms.name import MachineName


class NewData(Section):
    """A run for each object that is written."""

    source: Annotated[str, Reference("DataSource")]
    """The DataSource that is watched; it has to say ``events: true``."""
    path: Maybe[S3Path] = None
    """Where in it; a prefix. By default anywhere."""


class Manual(Section):
    """No run by itself: ``moorline run`` starts one."""


class Trigger(Section):
    """When runs start: by ``schedule``, ``newData`` or ``manual``."""

    needs = ("schedule", "newData", "manual")

    schedule: Maybe[str] = Field(None, examples=["cron(15 2 * * ? *)", "rate(6 hours)"])
    """A cron, rate or at expression of EventBridge Scheduler."""
    timezone: Maybe[str] = Field(None, examples=["Europe/Berlin"])
    """The time zone of the schedule. By default UTC."""
    new_data: Maybe[NewData] = None
    """Each new object of a DataSource."""
    manual: Maybe[Manual] = None
    """Nothing but a person."""


Value = bool | int | float | str | tuple[str, ...]


class Pipeline(Section):
    """Steps that turn raw data into features, when they run, and who is told."""

    aws_name: Maybe[MachineName] = None
    """The name of the state machine in AWS. By default it is made of platform, environment and
    spec."""
    trigger: Trigger
    """When runs start."""
    overlap: Literal["skip", "queue", "parallel"] = "skip"
    """What a run does that meets a running one: ``skip`` ends at once, ``queue`` waits for its
    turn, ``parallel`` goes on."""
    state: Maybe[Literal["active", "paused"]] = None
    """Whether the trigger starts runs. By default a new one does, and what somebody does to it by
    hand later is left alone."""
    parameters: Annotated[dict[DataName, Value], Field(max_length=50)] = Field(default_factory=dict)
    """What may be changed for a single run, with what it is otherwise."""
    steps: tuple[Any, ...]
    monitor: Maybe[Annotated[str, Reference("Monitor")]] = None
    """The Monitor whose topic is told of a failed run."""
    subscribers: Maybe[Subscribers] = None
    """Who is told of a failed run, by a topic of the pipeline's own."""
