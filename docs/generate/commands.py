"""The page of all commands, from click's own descriptions of them."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import click

from docs.generate import markdown
from reconciler.cli.frame.project import Exit
from reconciler.cli.main import VERBS, main

MEANINGS = {
    Exit.OK: "Nothing to do, or all done.",
    Exit.ERROR: "An error, or wrong usage. Nothing was changed unless `apply` says so.",
    Exit.CHANGES: "`plan --detailed-exitcode`: there are changes.",
    Exit.BLOCKED: "Refused by the environment's `protection`; nothing was changed.",
    Exit.DRIFT: "`drift`: AWS differs from the specs.",
    Exit.STALE: "`apply`: a plan file may not be applied, or AWS is not as the plan saw it.",
}


def page() -> Iterator[str]:
    """Blocks of the page."""
    yield "# Commands"
    yield markdown.prose(main.help or "")
    yield markdown.bullets(
        f"[`moorline {verb}`]({markdown.anchor(f'moorline {verb}')}): {about}"
        for verb, about in VERBS.items()
    )
    for verb in VERBS:
        module = importlib.import_module(f"reconciler.cli.verbs.{verb}")
        yield from _command(module.command, f"moorline {verb}", "##")
    yield "## Exit codes"
    yield markdown.table(
        ("code", "meaning"),
        ((str(int(code)), MEANINGS.get(code, code.name.lower())) for code in Exit),
    )


def _command(command: click.Command, path: str, level: str) -> Iterator[str]:
    yield f"{level} {path}"
    context = click.Context(command, info_name=path)
    usage = " ".join([path, *command.collect_usage_pieces(context)])
    yield markdown.block(usage, "text")
    yield markdown.prose((command.help or "").replace("\b", ""))
    options = [option for option in command.params if isinstance(option, click.Option)]
    yield markdown.table(("option", "does", "default"), map(_option, options))
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            if inner is not None:
                yield from _command(inner, f"{path} {name}", level + "#")


def _option(option: click.Option) -> tuple[str, str, str]:
    names = ", ".join(markdown.code(name) for name in [*option.opts, *option.secondary_opts])
    value = "" if option.is_flag else f" {_value(option)}"
    given = markdown.prose(option.help or "")
    if option.envvar:
        given += f" Also read from {markdown.code(option.envvar)}."
    fixed = markdown.code(option.default) if isinstance(option.default, str | Path) else ""
    return names + value, given, fixed


def _value(option: click.Option) -> str:
    if isinstance(option.type, click.Choice):
        return " or ".join(markdown.code(choice) for choice in option.type.choices)
    return option.metavar or option.type.name.upper()
