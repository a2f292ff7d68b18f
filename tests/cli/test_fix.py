"""`moorline fix` on a folder: what it writes, what it refuses, and what it says."""

from __future__ import annotations

from pathlib import Path

from .folder import Folder

OLD = """\
apiVersion: moorline/v1
kind: FeatureGroup
metadata: {name: a, labels: {tier: gold}}
spec:
  online: {ttl: 30d} # short
"""
NEW = OLD.replace("labels", "tags").replace("ttl", "expireAfter")


def old(tmp_path: Path) -> Folder:
    folder = Folder(tmp_path)
    folder.write("specs/a.yaml", OLD)
    folder.write("environments/dev.yaml", "kind: Environment\n")
    return folder


def test_a_folder_is_rewritten_once(tmp_path: Path) -> None:
    folder = old(tmp_path)
    checked = folder.run("fix", "--check", expect=1)
    assert "specs/a.yaml:5  ttl → expireAfter" in checked.out
    assert "2 changes to make in 1 file" in checked.out
    assert (tmp_path / "specs/a.yaml").read_text() == OLD
    said = folder.run("fix", "--json", expect=0).json
    assert said["written"] is True
    assert said["diagnostics"] == []
    assert [(each["file"], len(each["changes"])) for each in said["files"]] == [("specs/a.yaml", 2)]
    assert (tmp_path / "specs/a.yaml").read_text() == NEW
    assert (tmp_path / "environments/dev.yaml").read_text() == "kind: Environment\n"
    assert "today's words" in folder.run("fix", "--check", expect=0).out


def test_what_is_left_is_named_and_the_rest_is_written(tmp_path: Path) -> None:
    folder = old(tmp_path)
    text = NEW.replace(
        "{expireAfter: 30d}", "{ttl: 30d, expireAfter: 1d}\n  offline: {format: Glue}"
    )
    folder.write("specs/b.yaml", text)
    folder.write("specs/c.yaml", "a: [")
    said = folder.run("fix", expect=0)
    assert "ttl → expireAfter is left as it is: 'expireAfter' is there too" in said.err
    assert (tmp_path / "specs/b.yaml").read_text() == text.replace("Glue", "glue")
    again = folder.run("fix", "--check", expect=1)
    assert "today's words" not in again.out
    assert "'specs/c.yaml' cannot be read" in again.err


def test_a_link_is_not_replaced_by_a_file(tmp_path: Path) -> None:
    """Neither inside the project nor out of it, and nothing that it leads to is written."""
    folder = old(tmp_path / "project")
    outside = tmp_path / "outside.yaml"
    outside.write_text(OLD)
    (tmp_path / "project/specs/out.yaml").symlink_to(outside)
    folder.write("kept/b.yaml", OLD)
    (tmp_path / "project/specs/in.yaml").symlink_to(tmp_path / "project/kept/b.yaml")
    said = folder.run("fix", "--json", expect=1)
    assert "CLI014" in said.codes
    assert (tmp_path / "project/specs/in.yaml").is_symlink()
    assert outside.read_text() == OLD
    assert (tmp_path / "project/kept/b.yaml").read_text() == OLD
    assert (tmp_path / "project/specs/a.yaml").read_text() == NEW


def test_a_file_outside_that_was_named_is_not_written(tmp_path: Path) -> None:
    folder = old(tmp_path / "project")
    outside = tmp_path / "outside.yaml"
    outside.write_text(OLD)
    said = folder.run("fix", "--specs", str(outside), "--json", expect=1)
    assert said.codes == ["CLI014"]
    assert outside.read_text() == OLD
