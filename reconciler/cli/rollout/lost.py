"""Rollouts that run while no spec moves their weights: it was removed, or has another strategy.

Nothing raises such a candidate by itself. Its way back goes on, and its alarms take it back.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from reconciler.aws import strays as marked
from reconciler.aws.errors import AwsError
from reconciler.aws.rollout.driving import About
from reconciler.aws.rollout.reading import Reading, read
from reconciler.cli.rollout.scene import Scene
from reconciler.cli.world.asking import gone, without
from reconciler.cli.world.live import World
from reconciler.cli.world.rollouts import about_of
from reconciler.compile import compiler
from reconciler.compile.rollouts import Known
from reconciler.kinds.rollout.spec import Rollout
from reconciler.kinds.rollout.standing import weighed
from reconciler.model.diagnostic import Diagnostic
from reconciler.rollout.phase import BACK
from reconciler.rollout.values import CANDIDATE, Doing

_STOPS = "pause or abort stops that"


def strays(world: World, known: Mapping[str, Known]) -> list[Scene]:
    """All of an environment: one call, and four for each that there is.

    Raises:
        AwsError: AWS did not say.
    """
    return [_scene(world, each, spec) for each, spec in _found(world, known)]


def stray(world: World, known: Mapping[str, Known], name: str) -> Scene | None:
    """The one with a name, which may be its endpoint's; nothing where none runs so.

    Raises:
        AwsError: AWS did not say.
    """
    for each, spec in _found(world, known):
        if name in {_name(each, spec), each.endpoint}:
            return _scene(world, each, spec)
    return None


def weighs(known: Known) -> bool:
    """Whether a spec has a canary; tests and shadows are driven otherwise."""
    return isinstance(known.spec.model, Rollout) and weighed(known.spec.model)


def unread(error: AwsError) -> Diagnostic:
    """That nobody knows whether there are some."""
    text = f"whether a rollout runs whose spec is gone could not be found out: {error}"
    return Diagnostic("DRIVE005", text, help="the role needs tag:GetResources; run it again")


def _found(world: World, known: Mapping[str, Known]) -> Iterator[tuple[marked.Stray, Known | None]]:
    by_endpoint = {each.endpoint: each for each in known.values()}
    for each in marked.strays(world.session, compiler.place_of(world.view)):
        spec = by_endpoint.get(each.endpoint)
        if spec is not None and weighs(spec):
            continue
        found = read(world.session, each.endpoint)
        if found is not None and _runs(found):
            yield each, spec


def _runs(found: Reading) -> bool:
    """Whether the endpoint is still on what its marks tell of, or only lacks their end."""
    live, marks = found.live, found.live.marks
    if marks is None or marks.ended:
        return False
    if marks.fault:
        return CANDIDATE in found.names and len(found.names) > 1
    home = marks.doing in BACK and live.config == marks.base
    over = marks.doing is Doing.FINISH and live.config == marks.target
    return found.on_trial or home or over


def _name(found: marked.Stray, spec: Known | None) -> str:
    return spec.name if spec is not None else found.spec.partition("/")[2] or found.endpoint


def _scene(world: World, found: marked.Stray, spec: Known | None) -> Scene:
    name, made, note = _name(found, spec), marked.Made(), ""
    try:
        made = marked.made(world.session, compiler.place_of(world.view), found.spec)
    except AwsError as error:
        note = f" (its alarms could not be found: {error.code})"
    if made.machine:
        note = f" (until an apply its machine in AWS drives it all the same: {_STOPS})"
    if spec is None:
        asked = gone(name, world.view, note)
        about = About(endpoint=found.endpoint, asked=asked, alarms=made.alarms)
        return Scene(world.project, world, name, about)
    about = about_of(world.session, spec, without(spec, note))
    every = tuple(dict.fromkeys((*about.alarms, *made.alarms)))
    return Scene(world.project, world, name, replace(about, alarms=every), spec)
