"""Which process it is: a number alone says nothing once its process has ended.

The time of the start tells it from another that got the same number.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

PROC = Path("/proc")
PS = Path("/bin/ps")


def started(pid: int, proc: Path = PROC) -> str | None:
    """When the process started, in this machine's own words; None when it has ended."""
    if pid <= 0:
        return None
    return _from_proc(pid, proc) if (proc / "self" / "stat").exists() else _from_ps(pid)


def _from_proc(pid: int, proc: Path) -> str | None:
    try:
        # after the name, which may hold blanks: state is field 3, start time field 22
        fields = (proc / str(pid) / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None
    if fields[0] in "ZX":
        return None
    boot = ""
    with suppress(OSError):
        boot = (proc / "sys/kernel/random/boot_id").read_text().strip()
    return f"{boot}/{fields[19]}"


def _from_ps(pid: int) -> str | None:
    done = subprocess.run(  # noqa: S603  (the system's own ps)
        [PS, "-o", "stat=", "-o", "lstart=", "-p", str(pid)],
        capture_output=True,
        text=True,
        check=False,
        env={"LC_ALL": "C", "TZ": "UTC"},
    )
    state, _, when = done.stdout.strip().partition(" ")
    return None if not when or state.startswith("Z") else when.strip()


def terminate(pid: int, since: str) -> None:
    """Ask a process to end, if it is still the one that started then."""
    if sys.platform == "linux":
        with suppress(OSError):
            handle = os.pidfd_open(pid)  # keeps naming this process, whoever gets the number next
            try:
                if started(pid) == since:
                    signal.pidfd_send_signal(handle, signal.SIGTERM)
            finally:
                os.close(handle)
            return
    if started(pid) == since:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGTERM)
