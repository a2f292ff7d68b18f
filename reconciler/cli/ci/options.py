"""Options that say which forge is meant."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from reconciler.forge.detect import Wanted

F = TypeVar("F", bound=Callable[..., Any])


def forge(command: F) -> F:
    """Options that say which forge and repository, where the environment of CI does not."""
    for option in (
        click.option("--api-url", default="", metavar="URL", help="Address of the forge's API."),
        click.option(
            "--repository",
            default="",
            metavar="OWNER/NAME",
            help="The repository or project; else GITHUB_REPOSITORY or CI_PROJECT_ID.",
        ),
        click.option(
            "--provider",
            type=click.Choice(["github", "gitlab"]),
            help="The forge; else the one whose CI this runs in.",
        ),
    ):
        command = option(command)
    return command


def wanted(
    provider: str | None, repository: str, api_url: str, change: int | None = None
) -> Wanted:
    """What those options said."""
    from reconciler.forge.detect import Wanted  # noqa: PLC0415 - only where it is used

    return Wanted(provider or "", repository, change, api_url)
