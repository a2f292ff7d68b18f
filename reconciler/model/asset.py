"""A file or folder of the repository as the bytes that go to S3: which they are, not they."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

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
    """The files as they are called inside of an archive, sorted; of one file its own name."""

    @property
    def leaf(self) -> str:
        """The last part of its key: its digest, with the ending that its form has."""
        plain = self.form is Form.FILE
        return self.digest + (PurePosixPath(self.path).suffix if plain else f".{self.form}")


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
