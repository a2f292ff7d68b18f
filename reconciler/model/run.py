"""A run of a pipeline: how it stands, and what its steps did."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from reconciler.model.value import Json


class Stage(StrEnum):
    """How a run or a step stands."""

    RUNNING = "running"
    SUCCEEDED = "succeeded"
    FAILED = "failed"
    STOPPED = "stopped"
    TIMED_OUT = "timed out"
    UNKNOWN = "unknown"
    """AWS says it in a word that nobody knows here: it may go on, and nobody waits for it."""

    @property
    def over(self) -> bool:
        """Whether it will not change by itself."""
        return self is not Stage.RUNNING


@dataclass(frozen=True, slots=True)
class StepRun:
    """One step of a run."""

    name: str
    stage: Stage
    began: float = 0.0
    """Seconds since the epoch."""
    ended: float | None = None
    why: str = ""
    """AWS's own words, where it failed."""
    tries: int = 1


@dataclass(frozen=True, slots=True)
class Run:
    """One run, as AWS shows it."""

    name: str
    arn: str
    stage: Stage
    began: float = 0.0
    ended: float | None = None
    why: str = ""
    steps: tuple[StepRun, ...] = ()
    again: bool = False
    """Whether it can go on from the step that failed."""


@dataclass(frozen=True, slots=True)
class Runnable:
    """What runs: a state machine, or a pipeline of SageMaker."""

    spec: str
    """``Kind/name``."""
    name: str
    """In AWS."""
    arn: str
    machine: bool
    """Whether it is a state machine of Step Functions."""
    steps: tuple[str, ...] = ()
    """The names of its steps; nothing where every state is one."""
    parameters: Mapping[str, Json] = field(default_factory=dict)
    """What a run may be given, and what it is by default."""
    stand_ins: Mapping[str, str] = field(default_factory=dict)
    """By job: the file of the repository that stands in for it in a sandbox."""


def run_to_json(run: Run) -> dict[str, Json]:
    """The JSON form."""
    return {
        "name": run.name,
        "arn": run.arn,
        "status": str(run.stage),
        "began": run.began,
        "ended": run.ended,
        "why": run.why,
        "steps": [
            {
                "name": step.name,
                "status": str(step.stage),
                "began": step.began,
                "ended": step.ended,
                "why": step.why,
                "tries": step.tries,
            }
            for step in run.steps
        ],
    }
