"""The end of a command's process, without taking down all that was imported.

Python clears every module and collects all garbage before it ends, a fifth of a short command's
time. All that somebody might see is done first: threads end, what registered itself for the end is
called, and the streams are written out.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading


def leave(code: object) -> None:
    """End the process with a code of `SystemExit`; returns where Python has to do it itself."""
    code = 0 if code is None else code
    if not isinstance(code, int):  # a text, which Python prints
        return
    threading._shutdown()  # type: ignore[attr-defined]  # noqa: SLF001 - as Python's own end does
    atexit._run_exitfuncs()  # noqa: SLF001 - the same
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):  # nobody reads any more: Python knows its code for it
        return
    os._exit(code & 0xFF)
