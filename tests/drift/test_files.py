"""Files are written all or none, with every byte that is not meant as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.cli.world.keep import Files


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.yaml").write_bytes(b"\xef\xbb\xbfa: 1 # one\r\nb: 2\r\n")
    (tmp_path / "b.yaml").write_bytes(b"b: 1")
    return tmp_path


def read() -> Files:
    files = Files()
    assert files.text("a.yaml") == "a: 1 # one\r\nb: 2\r\n"
    assert files.text("b.yaml") == "b: 1"
    return files


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_marks_and_line_ends_stay(folder: Path) -> None:
    files = read()
    files.write({"a.yaml": files.text("a.yaml").replace("1", "5"), "b.yaml": "b: 5"})
    assert contents(folder) == {
        "a.yaml": b"\xef\xbb\xbfa: 5 # one\r\nb: 2\r\n",
        "b.yaml": b"b: 5",
    }


@pytest.mark.parametrize("spoiled", ["a.yaml", "b.yaml"])
def test_a_file_that_was_changed_meanwhile_keeps_all_from_being_written(
    spoiled: str, folder: Path
) -> None:
    files = read()
    (folder / spoiled).write_bytes(b"other: 1\n")
    before = contents(folder)
    with pytest.raises(OSError, match=f"{spoiled} was changed meanwhile"):
        files.write({"a.yaml": "a: 5", "b.yaml": "b: 5"})
    assert contents(folder) == before


@pytest.mark.parametrize("spoiled", ["a.yaml", "b.yaml"])
def test_a_file_that_is_gone_keeps_all_from_being_written(spoiled: str, folder: Path) -> None:
    files = read()
    (folder / spoiled).unlink()
    before = contents(folder)
    with pytest.raises(OSError, match="No such file"):
        files.write({"a.yaml": "a: 5", "b.yaml": "b: 5"})
    assert contents(folder) == before


def test_a_link_is_written_through(folder: Path) -> None:
    (folder / "real").mkdir()
    (folder / "b.yaml").rename(folder / "real" / "b.yaml")
    (folder / "b.yaml").symlink_to("real/b.yaml")
    files = read()
    files.write({"b.yaml": "b: 5"})
    assert (folder / "b.yaml").is_symlink()
    assert (folder / "real" / "b.yaml").read_bytes() == b"b: 5"
