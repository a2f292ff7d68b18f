"""Options that several verbs have."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from reconciler.cli.frame import completing

F = TypeVar("F", bound=Callable[..., Any])


def folders(command: F) -> F:
    """Options that say where the files are and how output looks."""
    for option in (
        click.option(
            "--specs",
            "specs",
            type=click.Path(path_type=Path),
            default=Path("specs"),
            show_default=True,
            help="Folder or file with the specs.",
        ),
        click.option(
            "--environments",
            "environments",
            type=click.Path(path_type=Path),
            default=Path("environments"),
            show_default=True,
            help="Folder or file with the environments.",
        ),
        click.option("--json", "as_json", is_flag=True, help="Print JSON for machines."),
        click.option("--no-color", is_flag=True, help="Print without colours."),
    ):
        command = option(command)
    return command


def environment(command: F) -> F:
    """The option that names the environment."""
    return click.option(
        "-e",
        "--environment",
        "name",
        metavar="NAME",
        envvar="MOORLINE_ENVIRONMENT",
        shell_complete=completing.environments,
        help="The environment, as in environments/NAME.yaml.",
    )(command)


def _seconds(_context: click.Context, _option: click.Parameter, text: str | None) -> float:
    from reconciler.kinds.api import seconds  # noqa: PLC0415 - only where it is asked for

    try:
        return float(seconds(text)) if text else 0.0
    except (ValueError, KeyError):
        raise click.BadParameter(f"{text!r} is no duration; write 30s, 10m or 1h") from None


wait_option = click.option(
    "--wait",
    metavar="DURATION",
    callback=_seconds,
    help="Wait for an apply of someone else that is under way, as in 10m.",
)


def exceptions(command: F) -> F:
    """Options that name resources for which a plan makes an exception."""
    adopt = click.option(
        "--adopt",
        multiple=True,
        metavar="ADDRESS",
        shell_complete=completing.addresses,
        help="Take over an existing resource, as TYPE/NAME. May be repeated.",
    )
    retry = click.option(
        "--retry",
        multiple=True,
        metavar="ADDRESS",
        shell_complete=completing.addresses,
        help="Try an update again that failed before, as TYPE/NAME. May be repeated.",
    )
    return adopt(retry(command))


def sign_key(command: F) -> F:
    """The option that names the key of plan files."""
    return click.option(
        "--sign-key",
        "sign_key",
        type=click.Path(path_type=Path, exists=True, dir_okay=False),
        help="A file with the secret that plan files are signed with (HMAC-SHA256)."
        " MOORLINE_PLAN_KEY may hold the secret itself; `signing` of the environment, a key"
        " in AWS KMS, goes before both.",
    )(command)
