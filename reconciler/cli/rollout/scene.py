"""What the verbs of `moorline rollout` share: which rollouts, and the way to their endpoints.

To abort or to pause needs the environment and the name of an endpoint, and no spec that can be
read: what runs stands in the marks of the endpoint.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from reconciler.aws.rollout.driving import About, Look, look
from reconciler.cli.frame.project import Exit, Project
from reconciler.cli.world import live
from reconciler.cli.world.live import World
from reconciler.cli.world.rollouts import ENDPOINT, about_of, in_time
from reconciler.compile import compiler, naming
from reconciler.compile.request import Request
from reconciler.compile.rollouts import Known, rollouts
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.resources import api as resources
from reconciler.resources.api import OWNERSHIP
from reconciler.specs import overlay
from reconciler.specs.overlay import EnvironmentView


class Stop(Exception):
    """Why one rollout goes no further."""

    def __init__(self, code: str, message: str, help_: str = "", exit_: Exit = Exit.ERROR) -> None:
        super().__init__(message)
        self.found = Diagnostic(code, message, help=help_)
        self.exit = exit_


@dataclass(frozen=True, slots=True)
class Scene:
    """One rollout of an environment, and the way to it."""

    project: Project
    world: World
    name: str
    about: About
    known: Known | None = None
    """Its spec, where there is one that can be read."""

    @property
    def view(self) -> EnvironmentView:
        return self.world.view

    @property
    def address(self) -> Address:
        return Address(ENDPOINT, self.about.endpoint)

    def look(self, word: str = "") -> Look:
        """How it stands; `word` is what a person asks for.

        Raises:
            AwsError: AWS did not say all of it.
            Stop: there is no such endpoint, or it is not ours.
        """
        found = look(self.world.session, self.about, word)
        reading = found.reading
        if reading is None:
            text = f"there is no endpoint {self.about.endpoint!r} in {self.view.name}"
            raise Stop("DRIVE001", text, "apply makes it; --endpoint names another")
        own = (self.view.platform, self.view.name)
        said = tuple(reading.tags.get(key, "") for key in OWNERSHIP[:2])
        at = reading.arn.split(":")[3:5]
        if said != own or at != [self.view.region, self.view.account]:
            text = f"the endpoint {self.about.endpoint!r} is not of {own[0]} {own[1]}"
            raise Stop("DRIVE007", f"{text}: {reading.arn}", "nothing was sent")
        return found


def every(project: Project, environment: str | None, role: str) -> list[Scene]:
    """All rollouts of an environment that go step by step. Exits where the files are wrong."""
    request = live.request_of(project, environment)
    world = _world(project, request, role)
    known = rollouts(request.specs, request.view)
    return [_scene(world, each) for each in known.values() if each.drive]


def opened(project: Project, environment: str | None, name: str, role: str) -> Scene:
    """The rollout that the command line names. Exits where there is none."""
    request = live.request_of(project, environment)
    known = rollouts(request.specs, request.view)
    short = name.removeprefix("Rollout/")
    found = known.get(short) or next((it for it in known.values() if it.endpoint == name), None)
    if found is None:
        names = ", ".join(sorted(known)) or "none"
        text = f"no rollout is called {name!r} in {request.view.name}"
        help_ = f"there are: {names}; `status`, `pause` and `abort` need no spec, only the name"
        project.fail([Diagnostic("DRIVE001", text, help=help_)])
    return _scene(_world(project, request, role), found)


def by_endpoint(
    project: Project, environment: str | None, name: str | None, endpoint: str, role: str
) -> Scene:
    """The same for who only has names: no spec has to be right, or there.

    Exits where the environment itself cannot be read.
    """
    if not (name or endpoint):
        project.fail([Diagnostic("DRIVE001", "which rollout?", help="give NAME or --endpoint")])
    quiet = replace(project)
    view, known = _leniently(quiet, environment)
    short = (name or "").removeprefix("Rollout/")
    spec = known.get(short) or next((it for it in known.values() if it.endpoint == short), None)
    if spec is None:
        at = endpoint or conventional(short, view)
        request = Request((), view, compiler.policy_of(view, today=datetime.now(UTC).date()))
        return Scene(project, _world(project, request, role), short or at, About(endpoint=at))
    request = Request((spec.spec,), view, compiler.policy_of(view, today=datetime.now(UTC).date()))
    scene = _scene(_world(project, request, role), spec)
    return replace(scene, about=replace(scene.about, endpoint=endpoint or spec.endpoint))


def _leniently(
    project: Project, environment: str | None
) -> tuple[EnvironmentView, dict[str, Known]]:
    """The environment, and what of its specs can be read, whatever is wrong with the others."""
    try:
        loaded = project.read()
        view, _ = overlay.resolve(loaded.documents, environment or _only(project))
        if view is not None:
            specs, _ = project.checked(view)
            return view, rollouts(specs, view)
    except Exception as error:  # noqa: BLE001 - an abort must not fail for what else is wrong
        text = f"the specs cannot be read, so the endpoint alone is looked at: {error}"
        project.show([Diagnostic("DRIVE001", text, severity=Severity.WARNING)])
    alone = Project(project.specs, project.environments, project.as_json, project.no_color)
    alone.read_environments()
    return alone.view(environment), {}


def _only(project: Project) -> str:
    known = overlay.names(project.read().documents)
    return known[0] if len(known) == 1 else ""


def conventional(name: str, view: EnvironmentView) -> str:
    """How the endpoint of a rollout is called that does not say otherwise."""
    place, known = compiler.place_of(view), resources.load()
    if name.startswith(place.prefix):
        return name
    return naming.address(ENDPOINT, name, "", place, known).name


def _world(project: Project, request: Request, role: str) -> World:
    session = in_time(live.open_session(project, request.view, role), request.view)
    return World(project, request.view, session, request, time.monotonic())


def _scene(world: World, known: Known) -> Scene:
    return Scene(world.project, world, known.name, about_of(world.session, known), known)
