"""CPU seconds of the commands that must feel instant, with bytecode, median of five."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
from pathlib import Path

BIN = Path(sys.executable).with_name("moorline")
ROOT = Path(__file__).parents[1]
COMMANDS = (("--help",), ("validate",), ("explain", "AWS::S3::Bucket.BucketName"))


def cpu(arguments: tuple[str, ...]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([BIN, *arguments], cwd=ROOT, check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    for arguments in COMMANDS:
        cpu(arguments)
        seconds = statistics.median(cpu(arguments) for _ in range(5))
        print(f"moorline {' '.join(arguments)}: {seconds:.2f} s CPU")


if __name__ == "__main__":
    main()
