"""`moorline sandbox`: the embedded AWS of this folder, kept between commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from reconciler.cli.frame.nested import Nested
from reconciler.cli.frame.project import Project
from reconciler.cli.world.embedded import sandbox_finding, state_folder

MEANT = {
    "clean": "reset",
    "clear": "reset",
    "delete": "reset",
    "destroy": "reset",
    "down": "stop",
    "find": "status",
    "kill": "stop",
    "ls": "list",
    "ps": "list",
    "restart": "start",
    "rm": "reset",
    "run": "start",
    "show": "status",
    "up": "start",
}
"""What the verbs below are called elsewhere."""
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


class Sandbox(Nested):
    """The verbs of the embedded AWS."""

    meant = MEANT


@click.group("sandbox", cls=Sandbox)
def command() -> None:
    """Start, find, stop or empty the embedded AWS.

    Environments with `sandbox: true` start and find it by themselves. It listens
    on 127.0.0.1 only, and what it holds survives between commands and restarts.

    Each folder has its own, kept below XDG_STATE_HOME (else ~/.local/state) and
    never in the folder itself. A folder that was moved or copied starts a new one.
    MOORLINE_SANDBOX_STATE names another folder for the state, by absolute path.
    """


def _guarded(action: Callable[[Any], dict[str, Any]], *, as_json: bool) -> None:
    from reconciler.sandbox import lifecycle  # noqa: PLC0415 - only where it is used

    try:
        answer = action(lifecycle)
    except (lifecycle.SandboxError, OSError) as error:
        Project(Path(), Path(), as_json).fail([sandbox_finding(error)])
    if as_json:
        click.echo(json.dumps(answer, sort_keys=True, default=str))
    else:
        click.echo(answer["text"])


@command.command("start")
@click.option("--account", default="123456789012", show_default=True, help="Account it stands for.")
@click.option("--region", default="eu-west-1", show_default=True, help="Region it stands for.")
@click.option(
    "--idle",
    metavar="TIME",
    help="End it when unused for so long: 30m, 8h, 2d; 0 for never. Its state is kept. "
    "[default: MOORLINE_SANDBOX_IDLE, else 8h]",
)
@JSON
def start(account: str, region: str, idle: str | None, *, as_json: bool) -> None:
    """Start the sandbox, or find the one that runs."""

    def action(lifecycle: Any) -> dict[str, Any]:  # noqa: ANN401 - a module
        here = Path.cwd()
        running = lifecycle.ensure(
            state_folder(), account=account, region=region, idle=idle, project=here
        )
        text = f"sandbox at {running.url} (process {running.pid})"
        return {"running": True, "url": running.url, "pid": running.pid, "text": text}

    _guarded(action, as_json=as_json)


@command.command("status")
@JSON
def status(*, as_json: bool) -> None:
    """Say whether it runs, where, and what it holds."""

    def action(lifecycle: Any) -> dict[str, Any]:  # noqa: ANN401 - a module
        found = lifecycle.status(state_folder())
        if found is None:
            return {"running": False, "text": "no sandbox runs here; `moorline sandbox start`"}
        calls = sum(found.get("calls", {}).values())
        resources = sum(found.get("resources", {}).values())
        text = (
            f"sandbox on port {found['port']} (process {found['pid']}): "
            f"{resources} resources, {calls} calls served"
        )
        return {**found, "running": True, "text": text}

    _guarded(action, as_json=as_json)


@command.command("throttle")
@click.option(
    "--share",
    type=click.FloatRange(0, min_open=True),
    default=1.0,
    show_default=True,
    help="What part of AWS's rates is left for you.",
)
@click.option("--off", is_flag=True, help="Take calls as fast as they come again.")
@JSON
def throttle(share: float, *, off: bool, as_json: bool) -> None:
    """Let it throttle as AWS does, until it is stopped or reset.

    Each family of operations has the rate of an AWS account, on the sandbox's
    faster clock, and calls beyond it are answered with the service's own error.
    """

    def action(lifecycle: Any) -> dict[str, Any]:  # noqa: ANN401 - a module
        running = lifecycle.find(state_folder())
        if running is None:
            return {"running": False, "text": "no sandbox runs here; `moorline sandbox start`"}
        given = {"share": 0.0 if off else share}
        found = lifecycle.control(running, "throttling", given)
        text = "it takes calls as fast as they come"
        if found["share"]:
            text = f"it takes {found['share']:.4g} of AWS's rates, at {found['pace']:.4g} times"
            text = f"{text} their speed"
        return {**found, "running": True, "text": text}

    _guarded(action, as_json=as_json)


@command.command("stop")
@click.option("--all", "every", is_flag=True, help="Stop those of all folders.")
@JSON
def stop(*, every: bool, as_json: bool) -> None:
    """Stop it; its state is kept for the next start."""

    def action(lifecycle: Any) -> dict[str, Any]:  # noqa: ANN401 - a module
        if every:
            count = lifecycle.stop_all()
            return {"stopped": count, "text": f"{count} stopped; their state is kept"}
        stopped = lifecycle.stop(state_folder())
        text = "sandbox stopped; its state is kept" if stopped else "no sandbox runs here"
        return {"stopped": stopped, "text": text}

    _guarded(action, as_json=as_json)


@command.command("list")
@JSON
def list_(*, as_json: bool) -> None:
    """List the sandboxes of all folders.

    Those of folders that are gone are among them; `stop --all` ends them too.
    """

    def action(lifecycle: Any) -> dict[str, Any]:  # noqa: ANN401 - a module
        found = lifecycle.listed()
        text = "\n".join(_line(each) for each in found) or "no folder has a sandbox"
        return {"sandboxes": found, "text": text}

    _guarded(action, as_json=as_json)


def _line(found: dict[str, Any]) -> str:
    where = f"port {found['port']} (process {found['pid']})" if found["running"] else "stopped"
    gone = "" if found["exists"] or not found["project"] else ", which is gone"
    return f"{where}: {_shown(found['project'])}{gone}; state in {_shown(found['folder'])}"


def _shown(path: str | None) -> str:
    if path is None:
        return "a folder that was not noted"
    return path if path.isprintable() else repr(path)


@command.command("reset")
@JSON
def reset(*, as_json: bool) -> None:
    """Empty it."""

    def action(lifecycle: Any) -> dict[str, Any]:  # noqa: ANN401 - a module
        lifecycle.reset(state_folder())
        return {"reset": True, "text": "sandbox emptied"}

    _guarded(action, as_json=as_json)
