"""Codes about pipelines: their steps, their schedules and their runs."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 74
CODES = (
    Code(
        "PIPE001",
        "a step reads what nothing has produced",
        "A step of a pipeline names data of another step that writes none of that name, or that has not ended when it starts: steps run one after another, and those of branches beside each other.",
        "Correct the name, or put the step that writes it first. Data from outside of the pipeline is read with `source`.",
    ),
    Code(
        "GOING001",
        "runs are going while it changes",
        "What is to be changed is running. A run of a state machine or of a Glue job goes on as it began; an application that has to be stopped ends its jobs.",
        "Apply when they have ended, or stop them first with `moorline stop`, if they should not go on as they are.",
    ),
    Code(
        "GOING002",
        "runs are going while it is deleted",
        "What is to be deleted is running. Step Functions ends a state machine only when its last run has ended, and its name is taken until then; the runs of a Glue job go on without it.",
        "Wait for their end, or stop them first with `moorline stop`.",
    ),
    Code(
        "GOING003",
        "an application that runs jobs cannot be changed",
        "EMR Serverless changes most of an application only while it is stopped. One that runs no job is stopped for the change, and starts with the next job. This one runs jobs, or is on its way, or would not start again by itself: Moorline does not stop it.",
        "Plan again when it has stopped by itself, or stop it and plan then.",
    ),
    Code(
        "GOING004",
        "an application that runs jobs cannot be deleted",
        "EMR Serverless deletes an application only while it is stopped. One that has started and runs no job is stopped as a step of its deletion. This one runs jobs, or is on its way from one state to another: Moorline ends nobody's jobs.",
        "Plan again when its jobs have ended, or cancel them before.",
    ),
)
