"""A verb with verbs below it, which knows what people call them elsewhere."""

from __future__ import annotations

import importlib
from collections.abc import Mapping, Sequence

import click

from reconciler.cli.frame import brought


class Nested(click.Group):
    """A group that answers a verb of other tools with the one that was meant."""

    meant: Mapping[str, str] = {}
    """What is meant by words that are not near in spelling."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The verb that was asked for."""
        asked, known = args[0], self.list_commands(ctx)
        if asked not in known and not asked.startswith("-") and not ctx.resilient_parsing:
            from difflib import get_close_matches  # noqa: PLC0415 - only for a slip of the keys

            close = [self.meant.get(asked.lower(), ""), *get_close_matches(asked, known, n=1)]
            hint = next((f"did you mean {each!r}?" for each in close if each), "")
            hint = hint or f"there are {', '.join(known)}."
            ctx.fail(f"No such command {asked!r}; {hint}")
        name, command, rest = super().resolve_command(ctx, args)
        if command is not None:
            brought.refuse(ctx, name or "", command, rest)
        return name, command, rest


class Lazy(Nested):
    """A group whose commands are files of a folder, each imported when it is used."""

    folder: str
    """The package that has them, such as ``reconciler.cli.ci``."""
    names: Sequence[str]
    """In the order in which they are listed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(self.names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """A subcommand, imported now."""
        if cmd_name not in self.names:
            return None
        found: click.Command = importlib.import_module(f"{self.folder}.{cmd_name}").command
        return found
