"""Code that AWS runs for pipelines: Glue jobs that put features in and split rows by their quality.

They run alone, beside Spark and boto3 of Glue, and import nothing of ours; kinds put them into S3
as assets. What decides in them is plain Python, and tests run it without Spark.
"""

from importlib.resources import files

OWN = "moorline:"
"""Begins the path of an asset that is one of these, and no file of a repository."""


def source(name: str) -> bytes:
    """The bytes of a job, such as ``ingest.py``.

    Raises:
        FileNotFoundError: there is no such job.
    """
    return files(__name__).joinpath(name).read_bytes()
