"""The tutorial does what it says: its commands run as written and print what it shows.

`…` in the shown output stands for any text, alone on a line for any lines. Times,
commits and widths of gaps may differ. `make golden` writes what is printed now into
the blocks without a `…`.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cli.folder import BIN, plain
from cli.forks import program
from cli.result import LIMIT

from reconciler.sandbox import lifecycle

from .markdown import blocks

PAGE = Path(__file__).parents[2] / "docs/tutorial.md"
LONGEST = 10 * LIMIT
"""Seconds of one command: a search trains 20 models."""
UPDATE = bool(os.environ.get("UPDATE_GOLDEN"))
VARYING = (
    (re.compile(r"^reading AWS: .*\n", re.MULTILINE), ""),  # where it takes over two seconds
    (re.compile(r"\b\d+\.\d s\b"), "0.0 s"),
    (re.compile(r"\[ *\d+\.\ds\]"), "[0.0s]"),
    (re.compile(r"\b(commit|of) [0-9a-f]{7}\b"), r"\1 0000000"),
    (re.compile(r"\b20\d{6}T\d{6}\.\d{3}Z-[0-9a-f]{8}\b"), "ID"),
    (re.compile(r"\b20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ\b"), "TIME"),
    (re.compile(r" {2,}"), "  "),
)


@dataclass(slots=True)
class Reader:
    """Somebody who does what the tutorial says, in a folder of their own."""

    folder: Path
    code: int = 0
    differences: list[str] = field(default_factory=list)

    def type(self, command: str) -> str:
        """Run a command as in one shell: the folder and the last exit code are kept."""
        script = f"(exit {self.code})\n{command}\ncode=$?\npwd > {self.pwd}\nexit $code"
        done = subprocess.run(
            ["bash", "-c", script], cwd=self.here, env=self._variables(), stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False,
            timeout=LONGEST,
        )  # fmt: skip
        self.code = done.returncode
        return done.stdout

    @property
    def pwd(self) -> Path:
        return self.folder / "pwd"

    @property
    def here(self) -> Path:
        return Path(self.pwd.read_text().strip()) if self.pwd.exists() else self.folder / "home"

    def patch(self, difference: str) -> None:
        """Make the change that a block shows."""
        subprocess.run(
            ["git", "apply", "-"], input=difference, text=True, cwd=self.here, check=True
        )

    def save(self, program: str) -> None:
        """Save a file under the name in its first line."""
        name = program.partition("\n")[0].removeprefix("# ")
        (self.here / name).parent.mkdir(parents=True, exist_ok=True)
        (self.here / name).write_text(program)

    def _variables(self) -> dict[str, str]:
        who = {f"GIT_{role}_{what}": "reader" for role in ("AUTHOR", "COMMITTER")
               for what in ("NAME", "EMAIL")}  # fmt: skip
        path = f"{program(self.folder)}{os.pathsep}{BIN}{os.pathsep}{os.environ['PATH']}"
        return plain(PATH=path, GIT_CONFIG_GLOBAL=os.devnull, **who)


def commands(session: str) -> Iterator[tuple[str, str]]:
    """Each command of a block and the output that is shown under it."""
    for part in re.split(r"^\$ ", session, flags=re.MULTILINE)[1:]:
        command, _, output = part.partition("\n")
        yield command, output


def even(text: str) -> str:
    """The text without what is another each time."""
    for pattern, same in VARYING:
        text = pattern.sub(same, text)
    return "\n".join(line.rstrip() for line in text.strip("\n").splitlines())


def agrees(shown: str, printed: str) -> bool:
    """Whether the output is the one shown, `…` being anything."""
    lines = [
        r"(?:.*\n)*" if line == "…" else re.escape(line).replace("…", ".*") + r"\n"
        for line in even(shown).splitlines()
    ]
    return re.fullmatch("".join(lines), f"{even(printed)}\n".lstrip("\n")) is not None


@pytest.fixture
def reader(tmp_path: Path) -> Iterator[Reader]:
    (tmp_path / "home").mkdir()
    reader = Reader(tmp_path)
    yield reader
    lifecycle.stop(lifecycle.folder_of(tmp_path / "home/shop"))


def test_the_tutorial_does_what_it_says(reader: Reader) -> None:
    page = PAGE.read_text()
    written, after = "", 0
    for block in blocks(page):
        written += page[after : block.start]
        after = block.end
        written += _followed(reader, block.language, block.text)
    written += page[after:]
    if UPDATE:
        PAGE.write_text(written)
    else:
        assert not reader.differences, "\n".join(reader.differences)


def _followed(reader: Reader, language: str, text: str) -> str:
    """Do what a block says; the block as it should be."""
    if language == "diff":
        reader.patch(text)
    elif language in {"python", "yaml"}:
        reader.save(text)
    elif language == "console":
        return "".join(_typed(reader, *each) for each in commands(text))
    return text


def _typed(reader: Reader, command: str, shown: str) -> str:
    printed = reader.type(command)
    if agrees(shown, printed):
        return f"$ {command}\n{shown}"
    reader.differences.append(f"$ {command}\n-- shown:\n{shown}-- printed:\n{printed}")
    end = "\n" if shown.endswith("\n\n") else ""
    return (
        f"$ {command}\n{printed.rstrip()}\n{end}" if "…" not in shown else f"$ {command}\n{shown}"
    )


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        ("a 1.9 s\n", "a 0.4 s", True),
        ("commit 1d81099   x", "commit 911100d x", False),
        ("commit 1d81099   x", "commit 911100d  x", True),
        ("a\n…\nd", "a\nb\nc\nd", True),
        ("a …, d", "a bc, d", True),
        ("a …, d", "a b\nc, d", False),
        ("a", "a\nb", False),
    ],
)
def test_what_is_compared(shown: str, printed: str, expected: bool) -> None:
    assert agrees(shown, printed) is expected
