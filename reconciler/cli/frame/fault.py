"""What a command says when it stops for a reason that nobody foresaw, written for people."""

from __future__ import annotations

import errno
import os
import shlex
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from reconciler.model.diagnostic import Diagnostic

EXTRAS = {
    "cfnlint": "lint",
    "cloudpickle": "sandbox",
    "flask": "sandbox",
    "flask_cors": "sandbox",
    "moto": "sandbox",
    "sagemaker": "sagemaker",
    "werkzeug": "sandbox",
}
"""The extra of the package that has a module."""
_REFUSALS = frozenset(
    {
        errno.EACCES,
        errno.EDQUOT,
        errno.EIO,
        errno.EISDIR,
        errno.ELOOP,
        errno.EMFILE,
        errno.ENAMETOOLONG,
        errno.ENFILE,
        errno.ENOENT,
        errno.ENOSPC,
        errno.ENOTDIR,
        errno.EPERM,
        errno.EROFS,
    }
)
_ALONE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EMFILE, errno.ENFILE})
"""Refusals that tell enough without a file's name."""
_CHANGING = frozenset({"apply", "revert"})
_PACKAGE = Path(__file__).parents[2]


def finding(error: Exception, arguments: Sequence[str]) -> Diagnostic:
    """What is said of an error that no verb has caught.

    Args:
        error: what was raised.
        arguments: those of the command, the verb first.
    """
    if isinstance(error, ModuleNotFoundError) and error.name:
        return missing(error.name)
    if isinstance(error, OSError) and _is_refusal(error):
        name = os.fsdecode(error.filename) if error.filename else ""
        text = f"the system refused{f' {name!r}' if name else ''}: {error.strerror}"
        return Diagnostic("CLI016", text, help=f"{_left(arguments)}mend that and run this again")
    text = f"Moorline has a fault: {type(error).__name__}: {error}"
    if place := _place(error):
        text = f"{text}\nin {place}"
    again = shlex.join(["moorline", *arguments])
    help_ = f"{_left(arguments)}report it with what `MOORLINE_DEBUG=1 {again}` prints"
    return Diagnostic("CLI009", text, help=help_)


def missing(module: str) -> Diagnostic:
    """That a package is not installed, in one line that says what to install."""
    top = module.partition(".")[0]
    if extra := EXTRAS.get(top):
        text = f"the package {top!r} is missing: install it with `pip install 'moorline[{extra}]'`"
    else:
        text = f"the package {top!r} is missing, so this installation is not whole:"
        text = f"{text} `pip install --force-reinstall moorline` mends it"
    return Diagnostic("CLI015", text)


def _is_refusal(error: OSError) -> bool:
    return error.errno in _ALONE or (error.errno in _REFUSALS and bool(error.filename))


def _left(arguments: Sequence[str]) -> str:
    """What a verb may leave that changes AWS."""
    changes = bool(_CHANGING & {*arguments[:1]})
    return "`moorline plan` shows what is left to do; " if changes else ""


def _place(error: Exception) -> str:
    """The line of ours that it happened in, as ``plan/diff.py:12, in compared``."""
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(_PACKAGE):
            return f"{path.relative_to(_PACKAGE).as_posix()}:{frame.lineno}, in {frame.name}"
    return ""


def arguments() -> list[str]:
    """Those of this process, without its own name."""
    return sys.argv[1:]
