"""The embedded AWS of the folder that a command runs in."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reconciler import __version__
from reconciler.cli.frame.project import Project
from reconciler.model.diagnostic import Diagnostic
from reconciler.specs.overlay import EnvironmentView

if TYPE_CHECKING:
    from reconciler.sandbox.lifecycle import Running


class Started(NamedTuple):
    """A running sandbox, as a session has to know it."""

    url: str
    pace: float | None
    """How much faster than AWS's its rates are, where it throttles."""
    began: float
    """When it was empty, in seconds since the epoch."""
    lags: bool
    """Whether its reads lag behind its writes."""


def start_sandbox(project: Project, view: EnvironmentView) -> Started:
    """The running sandbox, started now when there is none."""
    from reconciler.sandbox import lifecycle  # noqa: PLC0415 - only where it is used

    try:
        running = lifecycle.ensure(
            state_folder(), account=view.account, region=view.region, project=Path.cwd()
        )
        _make_roles(running, view, _spelled_out(project))
        pace, began = lifecycle.pace(running), lifecycle.began(running)
        lags = lifecycle.lags(running)
    except (lifecycle.SandboxError, OSError) as error:
        project.fail([sandbox_finding(error)])
    return Started(running.url, pace, began, lags)


def _spelled_out(project: Project) -> tuple[str, ...]:
    """The AWS types that specs name themselves, whatever else they say."""
    specs = (each.data for each in project.read().documents if isinstance(each.data, dict))
    own = (each.get("spec") for each in specs if each.get("kind") == "Resource")
    named = (each.get("type") for each in own if isinstance(each, dict))
    return tuple(sorted({each for each in named if isinstance(each, str)}))


def _make_roles(running: Running, view: EnvironmentView, types: tuple[str, ...]) -> None:
    """Have the environment's roles there, made once for the same environment and types."""
    from reconciler.sandbox import lifecycle  # noqa: PLC0415 - only where it is used

    spec = view.spec
    if not (spec.roles.plan or spec.roles.apply or spec.roles.approve):
        return
    about = (__version__, view.name, view.platform, view.account, view.region, spec.roles, types)
    stamp = sha256(repr((*about, spec.receipts, spec.signing, spec.boundary)).encode()).hexdigest()
    if lifecycle.control(running, "iam").get("stamps", {}).get(view.name) != stamp:
        from reconciler.delivery.local import made  # noqa: PLC0415 - seldom

        document = {"roles": made(view, types), "stamps": {view.name: stamp}}
        lifecycle.control(running, "iam", document)


def sandbox_finding(error: Exception) -> Diagnostic:
    """Why there is no sandbox, and what to do."""
    from reconciler.sandbox import lifecycle  # noqa: PLC0415 - only where it is used

    if isinstance(error, lifecycle.MissingError):
        return Diagnostic("CLI015", str(error))
    help_ = "`moorline explain SANDBOX001` says where it lives"
    if isinstance(error, OSError):
        help_ = "name a folder that you may write in XDG_STATE_HOME"
    help_ = getattr(error, "help", "") or help_
    return Diagnostic("SANDBOX001", str(error), help=help_)


def state_folder() -> Path:
    """Where the sandbox of this folder keeps its state: in the user's state folder."""
    from reconciler.sandbox import lifecycle  # noqa: PLC0415 - only where it is used

    return lifecycle.folder_of(Path.cwd())
