"""Every `moorline` command in a written file, read by the real parsers."""

from __future__ import annotations

import importlib
import re
import shlex
from pathlib import Path

import click
import pytest

from reconciler.cli.main import main

from .written import PROVIDERS, REPOSITORY, action_shells, shells

CONDITIONAL = re.compile(r"\$\{\w+:\+(.*?)\}(?=\s|$)", re.DOTALL)
VALUES = {
    "$MOORLINE_FORGE": "github",
    "$MOORLINE_REPOSITORY": "acme/platform",
    "$MOORLINE_REPORT_TO": "issue",
}
END = re.compile(r"\s(?:\|\||&&|\||>|<|;)(?=\s|$)|\)\s*$|;")


def lines(text: str) -> list[str]:
    """The commands of a shell text, with what only some runs give."""
    joined = text.replace("\\\n", " ")
    found = re.findall(r"^[^#\n]*?(?:^|[\s(])(moorline .*)$", joined, re.MULTILINE)
    whole = [END.split(CONDITIONAL.sub(r"\1", each))[0] for each in found]
    return [" ".join(each.split()) for each in whole if '"${words' not in each]


def documented() -> list[str]:
    text = (REPOSITORY / "docs/delivery.md").read_text()
    blocks = re.findall(r"^```(?:sh|bash)\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in lines(block)]


def written() -> list[str]:
    every = [*(s for p in PROVIDERS for s in shells(p)), *action_shells()]
    return sorted({line for shell in every for line in lines(shell.text)} | {*documented()})


def find(words: list[str], context: click.Context) -> tuple[click.Command, list[str]]:
    """The command that the words name, and its arguments."""
    group = context.command
    while isinstance(group, click.Group):
        name, found, words = group.resolve_command(context, words)
        assert found is not None, name
        if type(found) is click.Command and type(group) is not click.Group and not found.params:
            found = importlib.import_module(f"reconciler.cli.verbs.{name}").command
        group = found
    return group, words


def test_there_are_commands_to_read() -> None:
    assert len(written()) > 12


@pytest.mark.parametrize("line", written())
def test_a_written_command_exists(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "moorline-out").mkdir()
    for name in ("plan.json", "plan.file", "drift.json"):
        (tmp_path / "moorline-out" / name).write_text("{}")
    for name in ("$receipt", "locked.txt"):
        (tmp_path / name).write_text("{}")
    words = shlex.split(line)[1:]
    if words == ["--version"]:
        return

    command, rest = find([VALUES.get(word, word) for word in words], click.Context(main))
    command.make_context(command.name, rest)
