"""Codes about runs of pipelines."""

from __future__ import annotations

from reconciler.model.codes.code import Code

ORDER = 58
CODES = (
    Code(
        "RUN001",
        "nothing that runs",
        "The spec that the command line names is not there, or is of a kind that has no runs. What runs is a pipeline of data, a training, or a source that is pulled.",
        "Name one of those that the message lists, as KIND/NAME.",
    ),
    Code(
        "RUN002",
        "not there yet",
        "The pipeline that is to run is not in AWS: the spec was not applied here, or its apply has not come to it.",
        "Apply first.",
    ),
    Code(
        "RUN003",
        "a parameter that the pipeline does not take",
        "A parameter is not of the form NAME=VALUE, the pipeline has none of that name, or the value is of another type than the one it stands for.",
        "Correct it; the message lists what the pipeline takes.",
    ),
    Code(
        "RUN004",
        "no such run",
        "There is no run of that name, or none that could be stopped or gone on with, or several of which one has to be named.",
        "Name one of those that the message lists.",
    ),
    Code(
        "RUN005",
        "a run that has to be confirmed",
        "A run outside of the sandbox reads and writes real data and is paid for. Nobody was there to say yes.",
        "Give --yes.",
    ),
    Code(
        "RUN006",
        "days that cannot be run",
        "The days given with --for are none, too many, in the wrong order, or the pipeline knows no day.",
        "Write --for 2026-11-01..2026-11-07, both days included, of at most 366 days.",
    ),
    Code(
        "RUN007",
        "AWS did not do it",
        "AWS refused to start, stop or go on with a run, or did not say how it stands. A run that was started goes on by itself.",
        "The message has AWS's reason; `moorline run KIND/NAME --watch` with the same --name finds the run again.",
    ),
    Code(
        "RUN008",
        "a run that did not go well",
        "The run has failed, was stopped or took too long. What its steps wrote before is there.",
        "The message names the step; mend the cause, then `moorline retry KIND/NAME` goes on from it.",
    ),
)
