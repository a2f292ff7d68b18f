"""Which rollouts a verb of `moorline rollout` is about.

To abort or to pause needs the environment and the name of an endpoint, and no spec that can be
read: what runs stands in the marks of the endpoint.
"""

from __future__ import annotations

import time
from dataclasses import replace
from datetime import UTC, datetime

from reconciler.aws.errors import AwsError
from reconciler.aws.rollout.driving import About
from reconciler.cli.frame.project import Project
from reconciler.cli.rollout import lost
from reconciler.cli.rollout.scene import Scene
from reconciler.cli.world import live
from reconciler.cli.world.asking import asking
from reconciler.cli.world.live import World
from reconciler.cli.world.rollouts import ENDPOINT, about_of, in_time
from reconciler.compile import compiler, naming
from reconciler.compile.request import Request
from reconciler.compile.rollouts import Known, rollouts
from reconciler.compile.spec import Spec
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.resources import api as resources
from reconciler.specs import overlay
from reconciler.specs.overlay import EnvironmentView


def every(
    project: Project, environment: str | None, role: str
) -> tuple[list[Scene], list[Diagnostic]]:
    """All rollouts of an environment that go step by step, and those that run without a spec.

    With what could not be found out. Exits where the files are wrong.
    """
    request = live.request_of(project, environment)
    world = _world(project, request, role)
    known = rollouts(request.specs, request.view)
    driven = [each for each in known.values() if each.drive]
    try:
        strays = lost.strays(world, known)
    except AwsError as error:
        return [_scene(world, each) for each in driven], [lost.unread(error)]
    taken = {each.about.endpoint for each in strays}
    return [*(_scene(world, it) for it in driven if it.endpoint not in taken), *strays], []


def opened(project: Project, environment: str | None, name: str, role: str) -> Scene:
    """The rollout that the command line names. Exits where there is none."""
    request = live.request_of(project, environment)
    known = rollouts(request.specs, request.view)
    found, world = _named(name, known), _world(project, request, role)
    if found is not None and lost.weighs(found):
        return _scene(world, found)
    try:
        stray = lost.stray(world, known, found.name if found is not None else _short(name))
    except AwsError as error:
        project.fail([lost.unread(error)])
    if stray is not None:
        return stray
    if found is None:
        names = ", ".join(sorted(known)) or "none"
        text = f"no rollout is called {name!r} in {request.view.name}"
        help_ = f"there are: {names}; `status`, `pause` and `abort` need no spec, only the name"
        project.fail([Diagnostic("DRIVE001", text, help=help_)])
    return _scene(world, found)


def shown(
    project: Project, environment: str | None, name: str | None, endpoint: str, role: str
) -> Scene:
    """As `by_endpoint`, with what the specs ask for now where all of them can be read."""
    scene, known, specs = _found(project, environment, name, endpoint, role)
    if specs is None:
        return scene
    if scene.known is not None and lost.weighs(scene.known):
        asks = asking(scene.world.session, specs, scene.view, scene.known)
        return replace(scene, about=replace(scene.about, asked=asks))
    try:
        return lost.stray(scene.world, known, scene.name) or scene
    except AwsError as error:
        project.show([replace(lost.unread(error), severity=Severity.WARNING)])
        return scene


def by_endpoint(
    project: Project, environment: str | None, name: str | None, endpoint: str, role: str
) -> Scene:
    """The same for who only has names: no spec has to be right, or there.

    Exits where the environment itself cannot be read.
    """
    return _found(project, environment, name, endpoint, role)[0]


def _found(
    project: Project, environment: str | None, name: str | None, endpoint: str, role: str
) -> tuple[Scene, dict[str, Known], tuple[Spec, ...] | None]:
    """A rollout by names, with the rollouts of the specs; and these, where all can be read."""
    if not (name or endpoint):
        project.fail([Diagnostic("DRIVE001", "which rollout?", help="give NAME or --endpoint")])
    view, known, specs = _leniently(replace(project), environment)
    spec = _named(name or endpoint, known)
    policy = compiler.policy_of(view, today=datetime.now(UTC).date())
    if spec is None:
        short = _short(name or "")
        at = endpoint or conventional(short, view)
        world = _world(project, Request((), view, policy), role)
        scene = Scene(project, world, short or at, About(endpoint=at))
    else:
        world = _world(project, Request((spec.spec,), view, policy), role)
        about = replace(about_of(world.session, spec), endpoint=endpoint or spec.endpoint)
        scene = Scene(project, world, spec.name, about, spec)
    return scene, known, specs


def _leniently(
    project: Project, environment: str | None
) -> tuple[EnvironmentView, dict[str, Known], tuple[Spec, ...] | None]:
    """The environment, and what of its rollouts can be read, whatever is wrong with the others.

    With all specs, where nothing is wrong with any.
    """
    try:
        loaded = project.read()
        view, _ = overlay.resolve(loaded.documents, environment or _only(project))
        if view is not None:
            specs, found = project.checked(view)
            wrong = any(each.is_error for each in (*loaded.diagnostics, *found))
            return view, rollouts(specs, view), None if wrong else specs
    except Exception as error:  # noqa: BLE001 - an abort must not fail for what else is wrong
        text = f"the specs cannot be read, so the endpoint alone is looked at: {error}"
        project.show([Diagnostic("DRIVE001", text, severity=Severity.WARNING)])
    alone = Project(project.specs, project.environments, project.as_json, project.no_color)
    alone.read_environments()
    return alone.view(environment), {}, None


def _short(name: str) -> str:
    return name.removeprefix("Rollout/")


def _named(name: str, known: dict[str, Known]) -> Known | None:
    """A rollout by its name, or by that of its endpoint."""
    short = _short(name)
    return known.get(short) or next((it for it in known.values() if it.endpoint == short), None)


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
    asks = asking(world.session, world.request.specs, world.view, known)
    return Scene(world.project, world, known.name, about_of(world.session, known, asks), known)
