"""The embedded AWS of the folder that a command runs in."""

from __future__ import annotations

from pathlib import Path

from reconciler.cli.frame.project import Project
from reconciler.model.diagnostic import Diagnostic
from reconciler.specs.overlay import EnvironmentView


def start_sandbox(project: Project, view: EnvironmentView) -> str:
    """The address of the running sandbox, started now when there is none."""
    from reconciler.sandbox import lifecycle  # noqa: PLC0415 - only where it is used

    try:
        return lifecycle.ensure(
            state_folder(), account=view.account, region=view.region, project=Path.cwd()
        ).url
    except (lifecycle.SandboxError, OSError) as error:
        project.fail([sandbox_finding(error)])


def sandbox_finding(error: Exception) -> Diagnostic:
    """Why there is no sandbox, and what to do."""
    help_ = "`moorline explain SANDBOX001` says where it lives"
    if isinstance(error, OSError):
        help_ = "name a folder that you may write in XDG_STATE_HOME"
    help_ = getattr(error, "help", "") or help_
    return Diagnostic("SANDBOX001", str(error), help=help_)


def state_folder() -> Path:
    """Where the sandbox of this folder keeps its state: in the user's state folder."""
    from reconciler.sandbox import lifecycle  # noqa: PLC0415 - only where it is used

    return lifecycle.folder_of(Path.cwd())
