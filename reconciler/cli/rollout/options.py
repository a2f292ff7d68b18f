"""Options and endings that the verbs of `moorline rollout` share."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click

from reconciler.cli.frame.project import Exit
from reconciler.rollout.homeward import LEFT

if TYPE_CHECKING:
    from reconciler.aws.rollout.driving import Look
    from reconciler.cli.rollout.act import Driver
    from reconciler.cli.rollout.scene import Scene, Stop
    from reconciler.model.diagnostic import Diagnostic
    from reconciler.model.value import Json

F = TypeVar("F", bound=Callable[..., Any])
BACK = frozenset({"aborting", "aborted", "rolled-back"})
"""What an abort leads to."""
OVER = BACK | {"failed"}
"""What is no fault of a command that came afterwards."""


def yes(command: F) -> F:
    """Not to be asked."""
    return click.option("-y", "--yes", is_flag=True, help="Do not ask.")(command)


def detailed(command: F) -> F:
    """Exit codes that tell what goes on by itself from what is over."""
    return click.option(
        "--detailed-exitcode",
        "detailed",
        is_flag=True,
        help="Exit with 2 while it goes on by itself, with 3 when it waits for a person.",
    )(command)


def endpoint(command: F) -> F:
    """The endpoint by its name in AWS, for when the specs cannot be read."""
    return click.option(
        "--endpoint",
        default="",
        metavar="NAME",
        help="The endpoint by its name in AWS; no spec has to be right, or there.",
    )(command)


def drives(scene: Scene) -> str:
    """Who drives it, by its spec."""
    return scene.known.drive if scene.known is not None else ""


def not_of_aws(scene: Scene) -> None:
    """Stop where a function in AWS drives it already.

    Raises:
        Stop: it does.
    """
    from reconciler.cli.rollout.scene import Stop  # noqa: PLC0415

    if drives(scene) == "aws":
        text = f"the spec of {scene.name!r} says `drive: aws`: a state machine drives it"
        raise Stop("DRIVE010", text, "pause, resume, promote and abort work with any driver")


def exit_of(data: Mapping[str, Json], *, detailed: bool = False, calm: Container[str] = ()) -> Exit:
    """What a rollout's status means for a command; words that are `calm` are no fault of it."""
    from reconciler.cli.rollout import said  # noqa: PLC0415

    word = str(data["status"])
    return Exit.OK if word in calm else said.code(word, detailed=detailed)


def end(
    driver: Driver, found: Look, *, detailed: bool = False, calm: Container[str] = ()
) -> NoReturn:
    """Print how it stands and exit with what that means."""
    from reconciler.cli.frame.project import say  # noqa: PLC0415
    from reconciler.render.text import rollout as text  # noqa: PLC0415

    scene = driver.scene
    data = driver.data(found)
    exit_ = exit_of(data, detailed=detailed, calm=calm)
    found_ = [*findings(data, exit_)]
    if scene.project.as_json:
        told = problems(found_)
        scene.project.print_json({**data, "exit": int(exit_), "diagnostics": told})
    else:
        if driver.told:
            say(f"\n{text.status(data, color=scene.project.color)}")
        for note in driver.notes:
            say(f"  {note}", err=True)
        scene.project.show(found_)
    raise SystemExit(exit_)


_BY_HAND = "put it back by hand, or `moorline rollout abort`"
_GONE = (
    "`moorline plan` says whether an apply makes it again; else an apply of the specs as they were"
    " does (`git revert`), or put the file back"
)
_FORWARD = "; `promote --full` goes on without a way back"
_UNREAD = (
    "an abort cannot tell the way back either: put the tags moorline:rollout* back (CloudTrail has"
    " AddTags and DeleteTags), or move the endpoint to its old configuration in AWS"
    " (UpdateEndpoint), then remove those tags"
)


def findings(data: Mapping[str, Json], exit_: Exit) -> Iterator[Diagnostic]:
    """Why a command ends as it does, where that is not well or waits for a person."""
    from reconciler.model.diagnostic import Diagnostic, Severity  # noqa: PLC0415
    from reconciler.render.vocabulary.rollout import ending  # noqa: PLC0415

    ended = str(data["ended"])
    why = f"{data['endpoint']}: {ending(ended) if ended else data['why']}"
    if data["lacks"]:
        text = f"{data['endpoint']}: {data['lacks']} is gone, which the way back needs"
        forward = "" if data["status"] in BACK else _FORWARD
        yield Diagnostic("DRIVE011", text, help=_GONE + forward, severity=Severity.WARNING)
    if exit_ is Exit.ROLLED_BACK and data["status"] == "ambiguous":
        yield Diagnostic("DRIVE004", why, help=_way_out(why))
    elif exit_ is Exit.ROLLED_BACK:
        help_ = "`moorline rollout history` has what was done; the version before has the traffic"
        yield Diagnostic("DRIVE006", why, help=help_ if data["ended"] else "")
    elif exit_ is Exit.BLOCKED:
        help_ = _helps(data.get("asked"))
        yield Diagnostic("DRIVE009", why, help=help_, severity=Severity.WARNING)


def _way_out(why: str) -> str:
    if LEFT in why:
        return "`moorline rollout abort` marks it as ended, and moves nothing"
    return _UNREAD if "cannot be read" in why else _BY_HAND


def _helps(asked: Json) -> str:
    """What a person can say, by what the spec asks for now."""
    if not asked:
        return "`moorline rollout resume`, `promote` or `abort`"
    if not asked["target"]:
        return "`moorline rollout abort` or `promote`, or mend what is said of its spec"
    return "`moorline apply` does what the spec asks for; or `moorline rollout abort` or `promote`"


def stopped(driver: Driver, stop: Stop) -> NoReturn:
    """Print why it goes no further, and exit."""
    driver.scene.project.fail([stop.found], code=stop.exit)


def worst(exits: Iterable[Exit]) -> Exit:
    """The exit code of several: a fault before what went back, that before what goes on."""
    order = (Exit.ERROR, Exit.STALE, Exit.ROLLED_BACK, Exit.BLOCKED, Exit.CHANGES)
    found = {*exits}
    return next((each for each in order if each in found), Exit.OK)


def problems(found: Iterable[Diagnostic]) -> list[Json]:
    """Findings for machines."""
    from reconciler.render.text import diagnostics  # noqa: PLC0415

    told: list[Json] = diagnostics.as_json([*found])
    return told
