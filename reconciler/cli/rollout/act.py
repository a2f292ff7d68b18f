"""An action of a rollout from its plan to its end: shown, agreed to, looked at again, sent."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import click

from reconciler.aws.errors import AwsError, Denied, Expired, Retry
from reconciler.aws.rollout.driving import Look, carry_out, same
from reconciler.aws.rollout.sending import MOVE, BusyError, MovedError, Told
from reconciler.cli.frame.project import Exit, say
from reconciler.cli.rollout import said
from reconciler.cli.rollout.kept import kept
from reconciler.cli.rollout.scene import Scene, Stop
from reconciler.cli.world import receipts
from reconciler.model.value import Json
from reconciler.render.text import rollout as text
from reconciler.render.vocabulary.rollout import word_of
from reconciler.rollout.values import Act

PATIENCE = (5.0, 20.0)
"""Seconds between readings that AWS throttles or answers in part; each is tried several times."""
SOON = 2.0
"""Seconds after which a look is made again before anything is sent."""
MOST = 4
"""Actions in a row of one step: marks alone move nothing, so what follows is sent at once."""


@dataclass(slots=True)
class Driver:
    """Sends the actions of one rollout, each shown and agreed to before."""

    scene: Scene
    yes: bool
    needed: bool = True
    """Whether nothing is sent without the lease of the environment."""
    wait: float = 0.0
    """Seconds to wait for an apply of someone else."""
    told: list[Told] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    """What kept it from going further this time, where that is no fault."""
    shown: bool = False
    """Whether all of it was shown; then the next thing is enough."""
    quiet: bool = False
    """Whether what is planned was shown already."""

    def look(self, word: str = "") -> Look:
        """How it stands.

        Raises:
            Stop: nobody knows, or there is none.
        """
        for pause in PATIENCE:
            try:
                return self.scene.look(word)
            except Retry:
                self.scene.world.session.clock.sleep(pause)
            except AwsError as error:
                raise asked(error, self.scene, sent=bool(self.told)) from error
        try:
            return self.scene.look(word)
        except AwsError as error:
            raise asked(error, self.scene, sent=bool(self.told)) from error

    def step(self, word: str = "", seen: Look | None = None) -> Look:
        """Look, and send the one next thing; what follows marks that move nothing as well.

        `seen` is a look that was just made.

        Raises:
            Stop: it goes no further.
        """
        found = seen or self.look(word)
        for number in range(MOST):
            self.show(found)
            if not found.sends:
                return found
            again = self._agreed(found, word if not number else "")
            if again is None or not self._sent(again):
                return found if again is None else self.look()
            marked = again.action is not None and again.action.act is Act.MARK
            found = self.look()
            if not marked:
                return found
        return found

    def show(self, found: Look) -> None:
        """Print a look and what is next."""
        if self.quiet or self.scene.project.as_json:
            return
        data = said.whole(self.scene, found)
        color = self.scene.project.color
        say(f"  {text.line(data)}" if self.shown else text.status(data, color=color))
        self.shown = True

    def _agreed(self, found: Look, word: str) -> Look | None:
        """The look that is carried out, under the lease.

        It is a new one where a person took their time, or someone else had the lease before. What
        moves in the moment between is seen when it is sent.
        """
        project, began = self.scene.project, self.scene.world.session.clock.now()
        asks = not self.yes
        if asks:
            if not project.terminal:
                raise Stop("DRIVE003", f"nobody said yes to {self.plan(found)}", "give --yes",
                           Exit.BLOCKED)  # fmt: skip
            click.confirm(f"{self.plan(found).capitalize()}?", abort=True, err=True)
            self.yes = True
        if self.needed:
            receipts.take(self.scene.world, self.wait)
        if not asks and self.scene.world.session.clock.now() - began < SOON:
            return found
        again = self.look(word)
        if same(found, again):
            return again
        why = again.action.why if again.action is not None else "nothing runs"
        text_ = f"{self.scene.about.endpoint} is not as it was shown: {why}"
        if not again.sends:
            self.notes.append(text_)
            return None
        raise Stop("DRIVE002", text_, "look at it and run this again", Exit.STALE)

    def plan(self, found: Look) -> str:
        """What is about to be sent, in words: ``promote on acme-prod-scorer``."""
        data, on = said.whole(self.scene, found), f"on {self.scene.about.endpoint}"
        if found.action is None or found.action.act is not Act.MARK:
            return f"{text.planned(data)} {on}"
        word = word_of(found.signals.word)
        return f"{word} {on}" if word else f"{text.planned(data)} {on}: {data['next']['why']}"

    def _sent(self, found: Look) -> bool:
        """Send it; false where AWS will take it later.

        Raises:
            Stop: somebody else has moved it, or AWS refused.
        """
        try:
            with kept(self.scene, found, needed=self.needed) as hear:
                left = carry_out(self.scene.world.session, found, _both(self.told.append, hear))
        except MovedError as error:
            raise Stop("DRIVE002", str(error), "run this again", Exit.STALE) from error
        except BusyError as error:
            self.notes.append(f"{error}; the next run goes on")
            return False
        except Retry as error:
            self.notes.append(f"{error}; nothing else was sent, the next run goes on")
            return False
        except AwsError as error:
            raise asked(error, self.scene, found) from error
        self.notes += [left] if left else []
        return True

    def data(self, found: Look) -> dict[str, Json]:
        """What it did and how it stands, for machines."""
        receipt = receipts.report(self.scene.world) if self.told else None
        return {
            **said.whole(self.scene, found),
            "sent": said.calls(self.told),
            "notes": list(self.notes),
            "receipt": receipt,
        }


def _both(first: Callable[[Told], object], second: Callable[[Told], object]) -> Any:  # noqa: ANN401
    def hear(each: Told) -> None:
        first(each)
        second(each)

    return hear


GONE = "Could not find endpoint configuration"
"""What SageMaker says of a configuration that somebody has deleted."""


def asked(error: AwsError, scene: Scene, found: Look | None = None, *, sent: bool = False) -> Stop:
    """What AWS refused, or did not say; `sent` says that something was sent before."""
    endpoint = scene.about.endpoint
    if isinstance(error, Expired):
        help_ = f"log in again, then `moorline rollout advance {scene.name}` goes on; AWS waits"
        return Stop("SESSION002", f"the credentials ended: {error}", help_)
    if isinstance(error, Retry):
        text_ = f"{endpoint} could not be read, so nothing is known: {error}"
        before = "what was sent before that stands" if sent else "nothing was sent"
        return Stop("DRIVE005", text_, f"{before}; run it again")
    if isinstance(error, Denied):
        config = found.action.config if found is not None and found.action is not None else ""
        return Stop("DRIVE005", f"{endpoint}: {error}", _rights(scene, config, error.what))
    if GONE in str(error):
        help_ = (
            "it was deleted: an apply of the specs as they were when it was live (`git revert`)"
            " makes it anew, then the rollout goes on; traffic stays where it is until then"
        )
        return Stop("DRIVE005", f"{endpoint}: {error}", help_)
    return Stop("DRIVE005", f"{endpoint}: {error}", "`moorline explain DRIVE005` says more")


def _rights(scene: Scene, config: str, what: str) -> str:
    """What the role needs: of an update of an endpoint both resources it is authorised on.

    Source: Service Authorization Reference, SageMaker, UpdateEndpoint.
    """
    if not what.startswith("sagemaker."):
        return f"the role may not call {what.partition(' ')[0]}; trying again does not help"
    view = scene.view
    here = f"arn:aws:sagemaker:{view.region}:{view.account}"
    needs = f"{here}:endpoint/{scene.about.endpoint}"
    if config:
        needs = f"{MOVE} on {needs} and on {here}:endpoint-config/{scene.about.endpoint}-*"
    return f"the role needs {needs}; trying again does not help"
