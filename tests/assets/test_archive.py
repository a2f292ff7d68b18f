"""Archives: the same bytes from the same files, and whole for everybody who opens them."""

from __future__ import annotations

import gzip
import hashlib
import io
import stat
import tarfile
import zipfile

import pytest

from reconciler.assets.archive import Member, gzipped, packed
from reconciler.model.asset import Form

FILES = [
    Member("train.py", b"print('hello')\n", False),
    Member("lib/__init__.py", b"", False),
    Member("bin/bootstrap", b"#!/bin/sh\n" * 9000, True),
    Member("lib/größe.py", "x = 'ü'\n".encode(), False),
    Member("deep/" * 30 + "file.txt", b"far down", False),
]


def test_a_zip_has_every_file_with_its_bit() -> None:
    with zipfile.ZipFile(io.BytesIO(packed(FILES, Form.ZIP))) as made:
        assert made.testzip() is None
        assert {each: made.read(each) for each in made.namelist()} == {
            each.name: each.content for each in FILES
        }
        modes = {each.filename: each.external_attr >> 16 for each in made.infolist()}
        assert {name for name, mode in modes.items() if mode & stat.S_IXUSR} == {"bin/bootstrap"}
        assert {each.date_time for each in made.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_a_tar_has_every_file_with_its_bit_and_nobody_s_name() -> None:
    with tarfile.open(fileobj=io.BytesIO(packed(FILES, Form.TAR))) as made:
        found = made.getmembers()
        contents = {each.name: made.extractfile(each).read() for each in found}  # type: ignore[union-attr]
    assert contents == {each.name: each.content for each in FILES}
    assert {each.name for each in found if each.mode & 0o100} == {"bin/bootstrap"}
    assert {(each.mtime, each.uid, each.gid, each.uname, each.gname) for each in found} == {
        (0, 0, 0, "", "")
    }


@pytest.mark.parametrize("size", [0, 1, 65_534, 65_535, 65_536, 131_070, 200_000])
def test_a_gzip_of_stored_blocks_is_one(size: int) -> None:
    data = bytes(range(256)) * (size // 256 + 1)
    assert gzip.decompress(gzipped(data[:size])) == data[:size]


@pytest.mark.parametrize(
    ("form", "digest"),
    [
        (Form.ZIP, "419efb26fa813ce52ec486cb791a8caf807361874dd95aa5c696cffd0cea75d6"),
        (Form.TAR, "d5033fbb5b8a586772c44730986de17c18bfe822f1daf86b3d120c9631017331"),
    ],
)
def test_the_bytes_are_these_on_every_machine(form: Form, digest: str) -> None:
    for files in (FILES, FILES[::-1]):
        assert hashlib.sha256(packed(files, form)).hexdigest() == digest


def test_a_file_as_it_is_is_one() -> None:
    assert packed(FILES[:1], Form.FILE) == FILES[0].content
    with pytest.raises(ValueError, match="one file"):
        packed(FILES, Form.FILE)
