"""One rollout of an environment, and the way to its endpoint."""

from __future__ import annotations

from dataclasses import dataclass

from reconciler.aws.rollout.driving import About, Look, look
from reconciler.cli.frame.project import Exit, Project
from reconciler.cli.world.live import World
from reconciler.cli.world.rollouts import ENDPOINT
from reconciler.compile.rollouts import Known
from reconciler.model.address import Address
from reconciler.model.diagnostic import Diagnostic
from reconciler.resources.api import OWNERSHIP
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
