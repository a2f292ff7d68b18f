"""`moorline sandbox`: the embedded AWS of this folder, kept between commands."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from reconciler.cli.frame.project import STATE, Project
from reconciler.model.diagnostic import Diagnostic

FOLDER = STATE / "sandbox"
JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON for machines.")


@click.group("sandbox")
def command() -> None:
    """Start, find, stop or empty the embedded AWS.

    Environments with `sandbox: true` start and find it by themselves. It listens
    on 127.0.0.1 only, and what it holds survives between commands and restarts.
    """


def _guarded(action: Callable[[Any], dict[str, Any]], *, as_json: bool) -> None:
    from reconciler.sandbox import lifecycle  # noqa: PLC0415 - only where it is used

    try:
        answer = action(lifecycle)
    except (lifecycle.SandboxError, OSError) as error:
        found = Diagnostic("SANDBOX001", str(error), help=f"is {str(FOLDER)!r} a folder of ours?")
        Project(Path(), Path(), as_json).fail([found])
    if as_json:
        click.echo(json.dumps(answer, sort_keys=True, default=str))
    else:
        click.echo(answer["text"])


@command.command("start")
@click.option("--account", default="123456789012", show_default=True, help="Account it stands for.")
@click.option("--region", default="eu-west-1", show_default=True, help="Region it stands for.")
@JSON
def start(account: str, region: str, *, as_json: bool) -> None:
    """Start the sandbox, or find the one that runs."""

    def action(lifecycle: Any) -> dict[str, Any]:  # noqa: ANN401 - a module
        running = lifecycle.ensure(FOLDER, account=account, region=region)
        text = f"sandbox at {running.url} (process {running.pid})"
        return {"running": True, "url": running.url, "pid": running.pid, "text": text}

    _guarded(action, as_json=as_json)


@command.command("status")
@JSON
def status(*, as_json: bool) -> None:
    """Say whether it runs, where, and what it holds."""

    def action(lifecycle: Any) -> dict[str, Any]:  # noqa: ANN401 - a module
        found = lifecycle.status(FOLDER)
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


@command.command("stop")
@JSON
def stop(*, as_json: bool) -> None:
    """Stop it; its state is kept for the next start."""

    def action(lifecycle: Any) -> dict[str, Any]:  # noqa: ANN401 - a module
        stopped = lifecycle.stop(FOLDER)
        text = "sandbox stopped; its state is kept" if stopped else "no sandbox runs here"
        return {"stopped": stopped, "text": text}

    _guarded(action, as_json=as_json)


@command.command("reset")
@JSON
def reset(*, as_json: bool) -> None:
    """Empty it."""

    def action(lifecycle: Any) -> dict[str, Any]:  # noqa: ANN401 - a module
        lifecycle.reset(FOLDER)
        return {"reset": True, "text": "sandbox emptied"}

    _guarded(action, as_json=as_json)
