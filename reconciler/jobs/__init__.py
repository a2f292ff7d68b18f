"""Code that AWS runs for pipelines: features put in, rows split by their quality, pages pulled.

A file is a Glue job, a folder a Lambda function; the analysis runtime, which is a room of its own,
is a program in one file. They run alone, beside Spark and boto3, and import
nothing of ours but what is packed with them; kinds put them into S3 as assets. What decides in them
is plain Python, and tests run it without Spark and without AWS.
"""

import io
import zipfile
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable

OWN = "moorline:"
"""Begins the path of an asset that is one of these, and no file of a repository."""
RUNTIME = "analysis"
"""The analysis runtime as a job."""
PROGRAM = "moorline_analysis"
"""The package that it is in its archive."""
DRIVER = "driver"
"""The driver of rollouts as a job: a Lambda function, see `driver`."""
_START = "__main__.py"
_MAIN = b"""import sys

from moorline_analysis.command import main

sys.exit(main(sys.argv[1:]))
"""
_DATE = (1980, 1, 1, 0, 0, 0)
_PLAIN, _UNIX = 0o100644 << 16, 3


def source(name: str) -> bytes:
    """The bytes of a job, such as ``ingest.py``.

    Raises:
        FileNotFoundError: there is no such job.
    """
    return files(__name__).joinpath(name).read_bytes()


def package(name: str) -> bytes:
    """A job that is a folder, such as ``pull``, as a zip: the same bytes on every machine.

    `RUNTIME` is the analysis runtime, which Python runs as it is: ``python3 FILE.zip VERB``.
    `DRIVER` is what drives a rollout, from the files that drive it elsewhere.

    Raises:
        FileNotFoundError: there is no such job.
    """
    if name == RUNTIME:
        return _zip({_START: _MAIN, **_files(files("reconciler").joinpath(name), PROGRAM)})
    if name == DRIVER:
        return _zip(driver())
    return _zip(_files(files(__name__).joinpath(name), name))


_WHOLE = ("rollout", "aws/rollout", "aws/function")
_LEFT = "reconciler/aws/rollout/beside.py"
"""What needs specs, which a function does not have."""
_SINGLE = (
    "__init__",
    "aws/__init__",
    "aws/judging",
    "aws/measuring",
    "model/__init__",
    "resources/__init__",
    "resources/answers",
    "secret/__init__",
)
_FUNCTION = "reconciler.aws.function"
_IN_PLACE = {
    "aws/errors": f"{_FUNCTION}.errors",
    "aws/session": f"{_FUNCTION}.session",
    "model/change": f"{_FUNCTION}.values",
    "model/value": f"{_FUNCTION}.values",
    "resources/api": "reconciler.resources.answers",
    "secret/redact": f"{_FUNCTION}.values",
}
"""Modules that the files import, and the smaller ones that a function has in their place."""


def driver() -> dict[str, bytes]:
    """The files of the function that drives rollouts, by the name that they have in its zip."""
    root = files("reconciler")
    places = {name: f"from {other} import *\n".encode() for name, other in _IN_PLACE.items()}
    singles = {name: root.joinpath(*f"{name}.py".split("/")).read_bytes() for name in _SINGLE}
    found = {f"reconciler/{name}.py": body for name, body in (places | singles).items()}
    for folder in _WHOLE:
        found |= _files(root.joinpath(*folder.split("/")), f"reconciler/{folder}")
    found.pop(_LEFT)
    return found


def _files(folder: Traversable, name: str) -> dict[str, bytes]:
    """What is in a folder, by the name that it has in an archive."""
    return {
        f"{name}/{each.name}": each.read_bytes()
        for each in folder.iterdir()
        if each.name.endswith((".py", ".txt"))
    }


def _zip(members: Mapping[str, bytes]) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(members):
            entry = zipfile.ZipInfo(name, _DATE)
            entry.external_attr, entry.create_system = _PLAIN, _UNIX
            archive.writestr(entry, members[name])
    return made.getvalue()
