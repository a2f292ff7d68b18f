"""Code that AWS runs for pipelines: features put in, rows split by their quality, pages pulled.

A file is a Glue job, a folder a Lambda function. They run alone, beside Spark and boto3, and import
nothing of ours but what is packed with them; kinds put them into S3 as assets. What decides in them
is plain Python, and tests run it without Spark and without AWS.
"""

import io
import zipfile
from importlib.resources import files

OWN = "moorline:"
"""Begins the path of an asset that is one of these, and no file of a repository."""
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

    Raises:
        FileNotFoundError: there is no such job.
    """
    inside = sorted(
        each.name for each in files(__name__).joinpath(name).iterdir() if each.name.endswith(".py")
    )
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for each in inside:
            entry = zipfile.ZipInfo(f"{name}/{each}", _DATE)
            entry.external_attr, entry.create_system = _PLAIN, _UNIX
            archive.writestr(entry, source(f"{name}/{each}"))
    return made.getvalue()
