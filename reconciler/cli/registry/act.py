"""A decision from its plan to its end: shown, agreed to, looked at again, sent, proved."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from reconciler.aws.errors import AwsError
from reconciler.aws.registry import deciding
from reconciler.cli.frame.project import Exit, say
from reconciler.cli.registry import said
from reconciler.cli.registry.pins import Pins, sharing
from reconciler.cli.registry.scene import Scene
from reconciler.model.value import Json
from reconciler.registry import approval
from reconciler.registry.decision import Decision, name_of
from reconciler.render.text import progress, registry as text

F = TypeVar("F", bound=Callable[..., Any])
SHORTEST = 8
"""Characters of a digest that tell it from others."""


def options(command: F) -> F:
    """What all decisions take."""
    for option in (
        click.option("--note", default="", metavar="TEXT", help="Why; it is kept with it."),
        click.option("-y", "--yes", is_flag=True, help="Do not ask."),
    ):
        command = option(command)
    return command


evidence_option = click.option(
    "--evidence",
    default="",
    metavar="DIGEST",
    help="Decide only if the evidence has this digest, as `check --json` gives it.",
)


@dataclass(slots=True)
class Act:
    """What is to be done to a version; `decide` looks at AWS anew each time."""

    scene: Scene
    action: str
    number: int
    decide: Callable[[], Decision]
    yes: bool
    evidence: str = ""
    pins: Pins = field(default_factory=Pins)

    def run(self) -> Exit:
        """The exit code of the command. Exits where AWS or a file does not let it go on."""
        decision = self.decide()
        self._as_seen(decision)
        data = self._data(decision)
        if not self.scene.project.as_json:
            say(text.decision(data, color=self.scene.project.color))
        if decision.refused:
            return self._refused(data)
        if decision.nothing and not self.pins.made:
            return self._end(data, [])
        if self._agreed():
            self._unmoved(decision)
        done = self._sent(decision)
        self._written()
        return self._end(data, done)

    def _data(self, decision: Decision) -> dict[str, Json]:
        found = said.decision(self.scene, self.action, self.number, decision, self.pins.lines())
        found["notes"] += [*sharing(self.scene, self.pins)]
        return found

    def _as_seen(self, decision: Decision) -> None:
        """Exit where the evidence is not what whoever decides has looked at."""
        if not self.evidence:
            return
        if len(self.evidence) < SHORTEST:
            raise click.UsageError(f"--evidence takes at least {SHORTEST} characters of a digest")
        found = decision.evidence
        if not found.startswith(self.evidence):
            self._moved(f"it is {found[:16]}, not {self.evidence[:16]}")

    def _moved(self, how: str) -> None:
        name = f"version {self.number} of {self.scene.registry.name!r}"
        message = f"the evidence of {name} is another one now: {how}"
        self.scene.fail("DECISION005", message, "look at it and decide again", Exit.STALE)

    def _refused(self, data: dict[str, Json]) -> Exit:
        if self.scene.project.as_json:
            self.scene.project.print_json({**data, "done": False})
            return Exit.BLOCKED
        message = f"{self.action} is refused: {'; '.join(data['refused'])}"
        help_ = "`moorline explain DECISION003` says what to do"
        return self.scene.fail("DECISION003", message, help_, Exit.BLOCKED)

    def _agreed(self) -> bool:
        """Whether a person was asked, and took their time. Exits where nobody says yes."""
        if self.yes:
            return False
        if not self.scene.project.terminal:
            message = f"nobody said yes to {self.action} version {self.number}"
            self.scene.fail("DECISION004", message, "give --yes", Exit.BLOCKED)
        question = f"{self.action.capitalize()} version {self.number} in {self.scene.view.name}?"
        click.confirm(question, abort=True, err=True)
        return True

    def _unmoved(self, shown: Decision) -> None:
        """Look at everything again. Exits where it is not what was agreed to."""
        self.scene.versions(anew=True)
        self.scene.now = datetime.now(UTC)
        again = self.decide()
        if shown.evidence != again.evidence:
            self._moved("something that a rule looks at has changed since it was shown")
        if again.lines != shown.lines or again.refused:
            self._moved("the versions are not as they were shown")

    def _sent(self, decision: Decision) -> list[deciding.Done]:
        scene = self.scene
        try:
            with progress.reading(terminal=scene.project.terminal) as told:
                done = deciding.carry_out(scene.session, decision, told)
        except AwsError as error:
            lines = ", ".join(f"{each.what} {each.after}" for each in decision.lines)
            scene.asked(error, f"version {self.number} ({lines})")
        for each in done:
            if each.lost:
                message = f"version {each.update.version} is not as was asked: "
                scene.fail("DECISION007", message + "; ".join(each.lost), _whose(each))
        return done

    def _written(self) -> None:
        try:
            if self.pins.made:
                self.pins.write()
        except OSError as error:
            message = f"no file was changed: {error}"
            self.scene.fail("DECISION008", message, "run it again to write them")

    def _end(self, data: dict[str, Json], done: Iterable[deciding.Done]) -> Exit:
        number = len([*done])
        if self.scene.project.as_json:
            self.scene.project.print_json({**data, "done": True})
        elif number or self.pins.made:
            say("")
            if number:
                say(f"done: {data['action']} version {self.number}")
            if self.pins.made:
                say("the files say it now: commit them, and the next plan has it")
        return Exit.OK


def _whose(each: deciding.Done) -> str:
    """Who else decided, where the record says so."""
    other = next((line for line in each.lost if line.startswith(approval.BY)), "")
    found = other.partition("'")[2].partition("'")[0]
    return f"{name_of(found)} decided at the same time" if found else "look at how it stands"
