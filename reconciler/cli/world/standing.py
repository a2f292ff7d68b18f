"""Code that does jobs of a run on this machine: the one place where code of a repository runs.

Files of the repository stand in for jobs of Spark; scripts of a training are run as they were put
into the sandbox, since their containers are Python with a framework.

Only `moorline run --watch` in a sandbox comes here: whoever gives that command, for that run, on
this machine. A plan, an apply, a drift report, `validate`, and what the sandbox does by itself by
schedules and events, never do. The file is one that could be an asset: plain, inside, not ignored
by Git, no secret in it. It runs in a process of its own, without this one's environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, TypeVar

from reconciler.cli.frame.project import say
from reconciler.cli.world.embedded import start_sandbox
from reconciler.cli.world.running import Scene
from reconciler.model.asset import Form, Packed
from reconciler.model.diagnostic import Diagnostic
from reconciler.sandbox.standin import door

T = TypeVar("T")
FRAMEWORKS = ("sklearn", "tensorflow", "torch", "transformers", "xgboost")
"""What scripts of trainings import; where it is not installed, their jobs are simulated."""


def _there(module: str) -> bool:
    return find_spec(module) is not None


def said(files: Mapping[str, str]) -> str:
    """What will run on this machine: by job, the file that stands in for it."""
    pairs = ", ".join(f"{path} stands in for the job {job}" for job, path in sorted(files.items()))
    apart = "each in a process of its own" if len(files) > 1 else "in a process of its own"
    return (
        f"this run executes code of the repository on this machine: {pairs},"
        f" {apart} without your credentials, environment and network"
    )


def learns(spec: str) -> str:
    """What will run on this machine of a training."""
    return (
        f"this run executes code on this machine: the scripts of {spec}, each in a process of its"
        " own without your credentials, environment and network"
    )


class StandIns:
    """The stand-ins of a pipeline. Exits, before a run starts, where one may not run."""

    def __init__(self, scene: Scene) -> None:
        if not scene.view.spec.sandbox:
            raise ValueError("code of the repository runs for a sandbox only")
        self.scene = scene
        self.endpoint = start_sandbox(scene.project, scene.view).url
        self.files = self._files()
        self.begun = False

    def _files(self) -> dict[str, Path]:
        if not self.scene.what.stand_ins:
            return {}
        files = self.scene.project.repository
        wanted = {job: (path, Form.FILE) for job, path in self.scene.what.stand_ins.items()}
        read = files.read(wanted.values())
        found = [
            Diagnostic(each.code, f"{each.message} (it stands in for {job!r})", each.at, each.help)
            for job, key in wanted.items()
            if not isinstance(made := read[key], Packed)
            for each in made
        ]
        if found:
            self.scene.project.fail(found)
        return {job: files.root / path for job, (path, _) in wanted.items()}

    def announce(self, arn: str) -> None:
        """Say to the user and to the sandbox, before a run starts, what will run here."""
        if not self.scene.what.machine:
            names = ["python", *filter(_there, FRAMEWORKS)]
            self._told(lambda: door.announce(self.endpoint, arn, names))
            return
        if not self.files:
            return
        say(said({job: self.scene.what.stand_ins[job] for job in self.files}), err=True)
        self._told(lambda: door.announce(self.endpoint, arn, self.files))

    def serve(self, arn: str) -> None:
        """Do the jobs that wait."""
        if not self.scene.what.machine:
            for job in self._told(lambda: door.waiting(self.endpoint, arn)):
                self._learn(job)
            return
        for job in self._told(lambda: door.waiting(self.endpoint, arn)) if self.files else ():
            name = next(
                it for it in (job["job"], job.get("application"), job["state"]) if it in self.files
            )
            say(f"  {job['state']}: {self.scene.what.stand_ins[name]}", err=True)
            ended = self._told(partial(door.do, self.endpoint, job, self.files[name]))
            if not ended.ok:
                say(f"  {ended.error}", err=True)
            for line in ended.output.splitlines()[-20:]:
                say(f"  | {line}", err=True)

    def _learn(self, job: dict[str, Any]) -> None:
        """Do a job of a training."""
        if not self.begun:
            say(learns(self.scene.what.spec), err=True)
            self.begun = True
        say(f"  {job['state']}: {job['job']}", err=True)
        done = self._told(partial(door.learn, self.endpoint, job))
        if not done.mounted:
            say("  /opt/ml cannot be had here: texts that name it were changed", err=True)
        if error := done.told.get("error"):
            say(f"  {error}", err=True)
        for line in done.output.splitlines()[-20:]:
            say(f"  | {line}", err=True)
        if done.told.get("stopped"):
            say("  stopped early: worse than the median of the jobs before", err=True)

    def notes(self, arn: str) -> list[str]:
        """What the sandbox did not do in a run."""
        found = self._told(lambda: door.notes(self.endpoint, arn))
        return [f"{each['state']}: {each['note']}" for each in found]

    def _told(self, ask: Callable[[], T]) -> T:
        """What the sandbox says. Exits where it is gone."""
        try:
            return ask()
        except OSError as error:
            self.scene.fail("RUN007", f"the sandbox does not answer: {error}")
