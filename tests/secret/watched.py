"""A platform whose commands run among planted secrets; every output byte is looked at."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from urllib.request import Request, urlopen

from reconciler.sandbox import lifecycle
from reconciler.sandbox.server.control import PREFIX
from tests.cli.folder import MOORLINE, Folder
from tests.cli.result import LIMIT, Result

from .canaries import MIXED, TOKENS

PLANTED = {
    "AWS_ACCESS_KEY_ID": TOKENS["AWS access key id"],
    "AWS_SECRET_ACCESS_KEY": "canary-one/" + MIXED,
    "AWS_SESSION_TOKEN": "canary-two+" + MIXED * 2,
    "GITHUB_TOKEN": 'canary"three-with-quote-1',
    "DB_PASSWORD": "canary four with blanks 1",
    "CLIENT_SECRET": "canary-five-plain-words-only",
    "MOORLINE_PLAN_KEY": "canary-six-" + MIXED,
}
EVERYWHERE = tuple({*PLANTED.values(), *TOKENS.values()})


def leaks(text: str, canaries: tuple[str, ...] = EVERYWHERE) -> list[str]:
    """The canaries that a text shows, in part or in whole."""
    bare = "".join(text.split())
    return [
        canary
        for canary in canaries
        if canary in text or "".join(canary.split())[-14:] in bare.replace('\\"', '"')
    ]


@dataclass(frozen=True)
class Watched(Folder):
    """A folder whose user has secrets in the environment."""

    def variables(self, **more: str) -> dict[str, str]:
        return super().variables(**PLANTED, **more)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return self.spawn([str(MOORLINE), *arguments])

    def python(self, code: str, **more: str) -> Result:
        """Run a program of our own in the same surroundings."""
        process = self.spawn([sys.executable, "-c", code], **more)
        out, err = process.communicate(timeout=LIMIT)
        return Result(process.returncode, out, err)

    def spawn(self, command: list[str], **more: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command,
            cwd=self.path,
            env=self.variables(**more),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def run(self, *arguments: str, given: str = "", expect: int | None = None) -> Result:
        """Run a command; no secret may come out of any."""
        result = super().run(*arguments, given=given, expect=expect)
        assert not leaks(result.text), (leaks(result.text), result.text)
        return result

    def forget_faults(self) -> None:
        """Let the sandbox answer again."""
        running = lifecycle.find(self.state)
        assert running is not None
        request = Request(f"{running.url}{PREFIX}faults", method="DELETE")
        with urlopen(request, timeout=LIMIT):
            pass

    def written(self) -> dict[str, str]:
        """What the commands left behind; the snapshot is AWS itself and not output."""
        return {
            str(path): path.read_text(errors="replace")
            for folder in (self.path, self.state)
            for path in sorted(folder.rglob("*"))
            if path.is_file() and path.suffix not in {".pickle", ".yaml"}
        }


def watched(path: Path) -> Watched:
    return Watched(path)
