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

    Raises:
        FileNotFoundError: there is no such job.
    """
    if name == RUNTIME:
        return _zip({_START: _MAIN, **_files(files("reconciler").joinpath(name), PROGRAM)})
    return _zip(_files(files(__name__).joinpath(name), name))


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
