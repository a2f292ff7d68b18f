"""What is interrupted: a first apply, an update of everything, a destroy, of two platforms."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from engine.platform import FAULTS

from reconciler.sandbox.inprocess import Sandbox
from reconciler.sandbox.seed import release as released, upload
from reconciler.sandbox.state import snapshot

from .example import ARTIFACTS, MODEL_FILES, REGISTRY, SETTLED, Example
from .live import State, state
from .scene import CHANGED, Axe, Ending, Saved, Scene, given, small
from .walk import Walk, walk

Name = Literal[
    "apply",
    "update",
    "destroy",
    "example apply",
    "example release",
    "example update",
    "example destroy",
]
SMALL: tuple[Name, ...] = ("apply", "update", "destroy")
EXAMPLE: tuple[Name, ...] = (
    "example apply",
    "example release",
    "example update",
    "example destroy",
)
NEVER = -1


@dataclass
class Stage:
    """A run that can be repeated from the same start; `reference` is how it ends undisturbed."""

    scene: Scene
    start: Saved
    destroy: bool
    reference: State
    ends: Ending
    writes: int
    """Calls of the undisturbed run that change something."""
    calls: int
    every: int = 1
    """Of the states on the way one in so many is gone back to."""

    def again(self) -> Scene:
        """Back at the start, in a new process."""
        self.start.back()
        self.scene.restart()
        return self.scene

    def killed(self, nth: int, *, after: bool, writes: bool = True) -> Axe:
        """Run from the start until the kill."""
        self.again()
        axe = Axe(nth, after=after, writes=writes)
        assert self.scene.dies(axe, destroy=self.destroy)
        return axe

    @cached_property
    def walk(self) -> Walk:
        """Every state on the way; made when it is first asked for."""
        self.again()
        return walk(self.scene, destroy=self.destroy, every=self.every)


def prepare(aws: Sandbox, name: Name) -> Stage:
    """The stage of that name, from an empty account."""
    scene = _example(aws, name) if name in EXAMPLE else _small(aws, name)
    return stage(scene, destroy=name.endswith("destroy"))


DONE: dict[str, Any] = {}
"""States that several stages start from, made once in a process."""


def _done(scene: Scene, name: str, work: Callable[[], None]) -> None:
    """Do some work, or put AWS where it was after it."""
    if name not in DONE:
        work()
        DONE[name] = snapshot.take()
        return
    scene.aws.reset()
    snapshot.put_back(DONE[name])


def _small(aws: Sandbox, name: Name) -> Scene:
    scene = small(aws)
    if name != "apply":
        _done(scene, "small", scene.finish)
    if name == "update":
        scene.text, scene.tags = CHANGED, "team: risk"
    return scene


def _example(aws: Sandbox, name: Name) -> Scene:
    """A model is approved before `release`; another one, with every edit, before `update`."""
    scene = Example(aws)
    given(scene, SETTLED)
    if name == "example apply":
        return scene
    _done(scene, "example", scene.finish)
    release(scene)
    if name == "example release":
        return scene
    _done(scene, "example, released", scene.finish)
    if name == "example update":
        release(scene)
        scene.edited = True
    return scene


def release(scene: Scene) -> None:
    """Somebody approves a version of one model of the example, and uploads the other's file."""
    released(scene.client("sagemaker"), scene.client("s3"), REGISTRY, ARTIFACTS)
    for key in MODEL_FILES:
        upload(scene.client("s3"), ARTIFACTS, key)


def stage(scene: Scene, *, destroy: bool = False) -> Stage:
    """What the scene is about to do, done once."""
    start = Saved(scene.aws)
    counted = Axe(NEVER, writes=False).arm(FAULTS), Axe(NEVER).arm(FAULTS)
    scene.restart()
    plan = scene.plan(destroy=destroy)
    for axe in counted:
        axe.seen = 0
    outcome = scene.carry_out(plan)
    FAULTS.clear()
    scene.restart()
    left = tuple(step.id for step in scene.plan(destroy=destroy).steps)
    refused = frozenset(step.id for step in plan.refused)
    ends = Ending(frozenset(outcome.failed), refused, left)
    assert outcome.ok == (not left) == ends.well
    assert destroy or outcome.ok
    calls, writes = (axe.seen for axe in counted)
    assert 0 < writes < calls
    return Stage(scene, start, destroy, state(scene), ends, writes, calls)
