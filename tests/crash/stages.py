"""What is interrupted: the first apply, an update of everything, a destroy."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from reconciler.sandbox.inprocess import Sandbox

from .live import State, state
from .scene import CHANGED, Axe, Saved, Scene, small

Name = Literal["apply", "update", "destroy"]
NAMES: tuple[Name, ...] = ("apply", "update", "destroy")


NEVER = -1


@dataclass(slots=True)
class Stage:
    """A run that can be repeated from the same start; `reference` is how it ends undisturbed."""

    scene: Scene
    start: Saved
    destroy: bool
    reference: State
    writes: int
    """Calls of the undisturbed run that change something."""
    calls: int

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


def prepare(aws: Sandbox, name: Name, path: Path) -> Stage:
    """The stage of the small platform."""
    scene = small(aws)
    if name != "apply":
        scene.finish()
    if name == "update":
        scene.text, scene.tags = CHANGED, "team: risk"
    return stage(scene, path, destroy=name == "destroy")


def stage(scene: Scene, path: Path, *, destroy: bool = False) -> Stage:
    """What the scene is about to do, done once."""
    start = Saved(scene.aws, path)
    counted = Axe(NEVER, writes=False), Axe(NEVER)
    for axe in counted:
        start.back()
        assert not scene.dies(axe, destroy=destroy)
    scene.restart()
    assert scene.plan(destroy=destroy).is_empty
    return Stage(scene, start, destroy, state(scene), counted[1].seen, counted[0].seen)
