"""What jobs of SageMaker meet: results and failures by the name of a step or a job."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from fnmatch import fnmatchcase
from typing import Any


@dataclass(slots=True)
class Script:
    """What a simulated job does: by the name of its step in a pipeline, or by its own."""

    name: str
    """The name, or a pattern as of a shell."""
    metrics: dict[str, Any] = field(default_factory=dict)
    """By metric, its final value; of trials a list, one after another."""
    files: dict[str, Any] = field(default_factory=dict)
    """By ``OUTPUT/PATH`` of a processing job, what it writes there: a text, or JSON."""
    seconds: float = 0.0
    """How long its work takes."""
    error: str = ""
    """The reason with which it fails."""
    interrupted: int = 0
    """How often a job on spot capacity is interrupted."""
    result: Any = None
    """What the function of a Lambda step gives back."""
    nth: int = 1
    """Which try from now on is the first one."""
    times: int = 0
    """How many tries; no limit where it is zero."""
    seen: int = 0

    def __post_init__(self) -> None:
        """Refuse what cannot be meant.

        Raises:
            ValueError: a number is out of range.
        """
        if self.nth < 1 or min(self.times, self.seconds, self.interrupted) < 0:
            raise ValueError(f"{self.name}: nth is from 1; times, seconds, interrupted from 0")

    def fits(self, names: tuple[str, ...]) -> bool:
        """Whether this try is one of those meant; one that fits has been seen."""
        if not any(fnmatchcase(each, self.name) for each in names):
            return False
        self.seen += 1
        return self.seen >= self.nth and (not self.times or self.seen < self.nth + self.times)


@dataclass(slots=True)
class Trainings:
    """Scripts of jobs, and what is said of runs whose jobs were simulated."""

    scripts: list[Script] = field(default_factory=list)

    def take(self, *names: str) -> Script:
        """The last script that a job has come to, or one that says nothing."""
        fitting = [each for each in self.scripts if each.fits(names)]
        return fitting[-1] if fitting else Script("*")

    def clear(self) -> None:
        """Back to nothing."""
        self.scripts.clear()

    def state(self) -> dict[str, Any]:
        """What the control API shows."""
        return {"scripts": [asdict(each) for each in self.scripts]}
