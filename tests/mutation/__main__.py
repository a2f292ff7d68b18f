"""Change the code in many small ways, and count the changes that a unit test notices.

Run as `python -m tests.mutation [--show] [FILE...]`. mutmut works on a copy in a
temporary folder. Random tests are left out, so that the figures repeat.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from tests.mutation.results import KILLED, Mutant, by_file, parsed, score

ROOT = Path(__file__).parents[2]
MUTMUT = Path(sys.executable).with_name("mutmut")
FILES = (
    "reconciler/aws/apply.py",
    "reconciler/aws/step.py",
    "reconciler/plan/approvals.py",
    "reconciler/plan/diff.py",
    "reconciler/plan/objections.py",
    "reconciler/plan/order.py",
    "reconciler/plan/protect.py",
    "reconciler/plan/retire.py",
)
NEEDED = ("pyproject.toml", "environments", "reconciler", "schemas", "specs", "tests")
BAR = 85.0
WORKERS = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """Run and report; the exit code is 1 when a file or the whole is below the bar."""
    options = _options(arguments)
    files = sorted(options.file or FILES)
    started = time.monotonic()
    with TemporaryDirectory(prefix="moorline-mutation-") as name:
        folder = Path(name)
        _copy(folder, files)
        ran = _mutmut(folder, "run", "--max-children", str(WORKERS))
        if ran.returncode:
            print(ran.stdout[-3000:], ran.stderr[-3000:], sep="\n", file=sys.stderr)
            return 2
        mutants = [*parsed(_mutmut(folder, "results", "--all", "true").stdout.splitlines())]
        _list(folder, mutants, show=options.show)
    scores = {**by_file(mutants, files), "all": score(mutants)}
    for file, each in scores.items():
        print(f"{file}: {each}")
    print(f"{time.monotonic() - started:.0f} s with {WORKERS} workers; the bar is {BAR:.0f} %")
    return 1 if any(each.percent < BAR for each in scores.values()) else 0


def _copy(folder: Path, files: Iterable[str]) -> None:
    """What the unit tests need, and a configuration that names the files to change."""
    unwanted = shutil.ignore_patterns("__pycache__")
    for name in NEEDED:
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, ignore=unwanted)
        else:
            shutil.copy(source, target)
    lines = [
        "[mutmut]",
        "source_paths = reconciler",
        "also_copy =\n  environments\n  schemas\n  specs",
        "pytest_add_cli_args_test_selection = tests/unit",
        "pytest_add_cli_args =\n  -m\n  not hypothesis",
        "timeout_multiplier = 5",
        *("only_mutate =", *(f"  {file}" for file in files)),
    ]
    (folder / "setup.cfg").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _mutmut(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [MUTMUT, *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def _list(folder: Path, mutants: Iterable[Mutant], *, show: bool) -> None:
    """Name what was not killed; with `show`, print what each changes."""
    for mutant in mutants:
        if mutant.status not in KILLED:
            print(f"{mutant.status}: {mutant.name}")
            if show:
                print(_mutmut(folder, "show", mutant.name).stdout)


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.mutation", description=__doc__)
    parser.add_argument("file", nargs="*", metavar="FILE", help="only these files")
    parser.add_argument("--show", action="store_true", help="show what survived")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
