"""What `run`, `stop` and `retry` share: which pipeline, who says yes, and following a run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from types import ModuleType
from typing import NoReturn

import click

from reconciler.aws import machines, trainings
from reconciler.aws.errors import AwsError, Denied, Expired
from reconciler.aws.session import Session
from reconciler.cli.frame.project import Exit, Project, say
from reconciler.cli.world import live
from reconciler.compile import compiler, running as compiled
from reconciler.model.diagnostic import Diagnostic
from reconciler.model.run import Run, Runnable, Stage, run_to_json
from reconciler.render.text import runs as text
from reconciler.specs.overlay import EnvironmentView

POLL, SOON = 5.0, 0.5
"""Seconds between two looks: of AWS, and of a sandbox."""
_GONE = frozenset({"StateMachineDoesNotExist", "ResourceNotFound", "ExecutionDoesNotExist"})


@dataclass(frozen=True, slots=True)
class Scene:
    """A pipeline of an environment, and the way to it."""

    project: Project
    view: EnvironmentView
    session: Session
    what: Runnable

    @property
    def way(self) -> ModuleType:
        """The calls of the service that runs it."""
        return machines if self.what.machine else trainings

    def fail(self, code: str, message: str, help_: str = "", exit_: Exit = Exit.ERROR) -> NoReturn:
        """Say why it goes no further, and end."""
        self.project.fail([Diagnostic(code, message, help=help_)], code=exit_)

    def asked(self, error: AwsError, run: str = "") -> NoReturn:
        """What AWS refused, and end. `run` is the name of the run that it is about."""
        if error.code in _GONE:
            text_ = f"{self.what.name!r} is not in AWS: {error}"
            self.fail("RUN002", text_, "apply first, or name another run")
        again = f"`moorline run {self.what.spec} --watch --name {run}`"
        goes_on = f"if it was started, it goes on by itself, and {again} follows it" if run else (
            "a run that was started goes on by itself"
        )  # fmt: skip
        self.fail("RUN007", str(error), f"{_remedy(error)}{goes_on}")

    def look(self, arn: str, name: str = "") -> Run:
        """How a run stands."""
        try:
            found: Run = self.way.look(self.session, arn)
        except AwsError as error:
            self.asked(error, name)
        return found


def _remedy(error: AwsError) -> str:
    if isinstance(error, Expired):
        return "log in again; "
    return "whoever calls needs the right to do so; " if isinstance(error, Denied) else ""


def opened(project: Project, name: str | None, id_: str, *, yes: bool, does: str) -> Scene:
    """The pipeline that the command line names. Exits when it is none, or nobody says yes.

    The account is checked before anything else is asked of it. `does` ends the question.
    """
    request = live.request_of(project, name)
    known = compiled.runnable(request.specs, request.view)
    id_ = next((each for each in known if each.lower() == id_.lower()), id_)
    if id_ not in known:
        kind = [each for each in known if each.partition("/")[2] == id_.partition("/")[2]]
        names = ", ".join(kind or sorted(known)) or "none"
        found = Diagnostic(
            "RUN001", f"nothing that runs is called {id_!r}", help=f"there are: {names}"
        )
        project.fail([found])
    view, what = request.view, known[id_]
    if not view.spec.sandbox and not yes:
        if not project.terminal:
            text_ = f"{does} {id_} in {view.name} works on real data, and nobody said yes"
            found = Diagnostic("RUN005", text_, help="give --yes")
            project.fail([found], code=Exit.BLOCKED)
        click.confirm(f"{does} {id_} in {view.name} ({view.account})?", abort=True, err=True)
    return Scene(project, view, live.open_session(project, view, "apply"), what)


def chosen(scene: Scene, name: str | None, want: Callable[[Stage], bool], does: str) -> str:
    """The ARN of the run that is meant: the named one, or the only or newest that fits."""
    going = want(Stage.RUNNING)
    try:
        known = scene.way.runs(scene.session, scene.what, going=going and name is None)
    except AwsError as error:
        scene.asked(error)
    fits = [each for each in known if want(each[2])]
    named = [each for each in known if name in (each[0], each[1], each[1].rpartition("/")[2])]
    if name is not None:
        if not named:
            scene.fail("RUN004", f"{scene.what.spec} has no run {name!r}", _list(known))
        if not want(named[0][2]):
            scene.fail("RUN004", f"{name!r} is {named[0][2]}: there is nothing to {does}")
        return str(named[0][1])
    if not fits:
        scene.fail("RUN004", f"{scene.what.spec} has no run to {does}", _list(known))
    if going and len(fits) > 1:
        scene.fail("RUN004", f"{len(fits)} runs of {scene.what.spec} go on", _list(fits))
    return str(fits[0][1])


def _list(known: Iterable[tuple[str, str, Stage]]) -> str:
    names = [f"{name} ({stage})" for name, _, stage in known][:5]
    return f"there are: {', '.join(names)}" if names else "it has had none"


def follow(
    scene: Scene, arn: str, serve: Callable[[], object] | None = None, name: str = ""
) -> Run:
    """Look at a run until it is over, telling each step that begins or ends.

    `serve` does what the run waits for here: stand-ins of a sandbox.
    """
    told: dict[str, str] = {}
    clock = scene.session.clock
    while True:
        run = scene.look(arn, name)
        for line in text.news(run, told, scene.what.steps):
            if not scene.project.as_json:
                say(line, err=True)
        if run.stage.over:
            return run
        if serve is not None:
            serve()
        clock.sleep(SOON if scene.view.spec.sandbox else POLL)


def report(scene: Scene, done: list[Run]) -> Exit:
    """Say how runs went; the exit code of the command."""
    links = {run.arn: _links(scene, run) for run in done}
    if scene.project.as_json:
        runs = [{**run_to_json(run), "links": links[run.arn]} for run in done]
        scene.project.print_json({"spec": scene.what.spec, "runs": runs, "at": time.time()})
    else:
        for run in done:
            say(text.summary(run, links[run.arn], scene.what.spec))
    bad = [run for run in done if run.stage.over and run.stage is not Stage.SUCCEEDED]
    return Exit.ERROR if bad else Exit.OK


def _links(scene: Scene, run: Run) -> dict[str, str]:
    if scene.view.spec.sandbox:
        return {}
    return text.links(run, scene.what, scene.view.region, compiler.place_of(scene.view).partition)
