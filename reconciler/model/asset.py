"""A file or folder of the repository as the bytes that go to S3: which they are, not they."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from reconciler.model.diagnostic import Severity, Span

FOLDER = "assets"
"""Every key of an asset has this folder before its digest."""


class Form(StrEnum):
    """What is made of a file or folder."""

    FILE = "file"
    """The file as it is."""
    ZIP = "zip"
    """A zip, as Lambda and Glue's libraries are."""
    TAR = "tar.gz"
    """A tar under gzip, as SageMaker's source folders are."""


Key: TypeAlias = tuple[str, Form]
"""A path in the repository, and what is made of it."""


@dataclass(frozen=True, slots=True)
class Packed:
    """What was read of the repository; the same files give the same one on every machine."""

    path: str
    """Where in the repository, from its platform's folder."""
    form: Form
    digest: str
    """SHA-256 of the bytes that are put, in hexadecimal digits."""
    size: int
    """Bytes that are put."""
    files: int
    names: tuple[str, ...] = field(default=(), compare=False)
    """The files as they are called inside of an archive, sorted; of one file its own name. Nothing
    where nobody has looked."""

    @property
    def leaf(self) -> str:
        """The last part of its key: its digest, with the ending that its form has."""
        if self.form is not Form.FILE:
            return f"{self.digest}.{self.form}"
        _, dot, ending = self.path.rpartition("/")[2].rpartition(".")
        return f"{self.digest}{dot}{ending if dot else ''}"


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why what a spec names could not be read, or must not be put into a bucket."""

    code: str
    message: str
    help: str
    at: Span | None = None
    """Where in the repository; nothing where the line of the spec says it."""
    severity: Severity = Severity.ERROR


class ChangedError(Exception):
    """The bytes are not those that were planned, or cannot be read any more."""


def asset_to_json(asset: Packed) -> dict[str, Any]:
    """The JSON form, without the names of files."""
    return {
        "path": asset.path,
        "form": str(asset.form),
        "digest": asset.digest,
        "size": asset.size,
        "files": asset.files,
    }


def asset_from_json(data: Mapping[str, Any]) -> Packed:
    """The inverse of `asset_to_json`."""
    form = Form(data["form"])
    return Packed(data["path"], form, data["digest"], data["size"], data["files"])
