"""What a person says of a rollout: pause, resume, promote, abort. Each is a plan first."""

from __future__ import annotations

from typing import NoReturn

from reconciler.aws.rollout.driving import Look
from reconciler.cli.frame.project import Exit
from reconciler.cli.rollout import options
from reconciler.cli.rollout.act import Driver
from reconciler.cli.rollout.scene import Scene, Stop
from reconciler.rollout.values import Act, Phase

_OVER = frozenset({Phase.IDLE, Phase.COMPLETED, Phase.ABORTED, Phase.ROLLED_BACK})
_ALONE = frozenset({"pause", "abort"})
"""What only stops others, and so needs no lease: its marks are seen before anything moves."""
_SAID = {"full": "promote"}
"""What a person typed, of a word whose marks have another."""
POLL = 15.0
"""Seconds between looks at an update that AWS is at."""
AGAIN = (1.0, 2.0, 4.0, 8.0)
"""Seconds before an abort is said again that somebody else's marks were written over."""


def say(scene: Scene, word: str, *, yes: bool, detailed: bool = False) -> NoReturn:
    """Write a word into the marks, and send what follows from it at once."""
    driver = Driver(scene, yes=yes, needed=word not in _ALONE)
    try:
        after = driver.step(word, _running(driver, word))
    except Stop as stop:
        options.stopped(driver, stop)
    options.end(driver, after, detailed=detailed)


def _running(driver: Driver, word: str) -> Look:
    """How it stands, with what was said; exits where nothing runs, as an abort then should.

    Raises:
        Stop: there is nothing to do that to.
    """
    found = driver.look(word)
    action = found.action
    over = found.ended and action is not None and action.act is Act.NOTHING
    if action is not None and action.phase not in _OVER and not over:
        return found
    scene = driver.scene
    text = f"no rollout of {scene.about.endpoint} is in progress"
    said = _SAID.get(word, word)
    if word == "abort":
        driver.show(found)
        driver.notes.append(f"{text}; nothing was sent")
        options.end(driver, found, calm=options.OVER)
    because = f": {action.why}" if action is not None else ""
    help_ = "`moorline rollout status` shows how it stands"
    raise Stop("DRIVE008", f"{text}, so there is nothing to {said}{because}", help_)


def firmly(driver: Driver, word: str, seen: Look | None = None) -> Look:
    """A step that is taken again where somebody else has moved something in the same moment.

    Nothing takes an abort back: neither a driver that was quicker, nor a pause that was slower.

    Raises:
        Stop: it goes no further.
    """
    for pause in AGAIN:
        try:
            return driver.step(word, seen)
        except Stop as stop:
            if stop.exit is not Exit.STALE:
                raise
        driver.scene.world.session.clock.sleep(pause)
        seen = None
    return driver.step(word)


def abort(scene: Scene, *, yes: bool, patient: bool) -> NoReturn:
    """Take all traffic back, now or at the end of the update that AWS is at.

    It has its own time: what is interrupted is the waiting, never what was asked for.
    """
    driver = Driver(scene, yes=yes, needed=False)
    try:
        found = firmly(driver, "abort", _running(driver, "abort"))
        while patient and found.action is not None and found.action.phase not in _OVER:
            if found.action.act in {Act.HOLD, Act.STOP, Act.NOTHING}:
                break
            if found.action.act is Act.WAIT:
                scene.world.session.clock.sleep(POLL)
            driver.quiet = True
            # said again where another driver wrote its marks over the word in the same moment
            found = firmly(driver, "" if found.action.phase is Phase.ABORTING else "abort")
    except Stop as stop:
        options.stopped(driver, stop)
    except KeyboardInterrupt:
        driver.notes.append("the abort stands in the marks: whoever drives the rollout ends it")
        found = driver.look()
    options.end(driver, found, calm=options.BACK)
