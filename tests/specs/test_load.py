"""Which files are read, in which order, and what happens to those that cannot be."""

from reconciler.specs.load import load


def write(folder, files):
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())


def test_files_are_read_in_order_and_hidden_ones_skipped(tmp_path):
    write(
        tmp_path,
        {
            "specs/b.yaml": "b: 1", "specs/a.yml": "a: 1", "specs/c/d.json": '{"d": 1}',
            "specs/.hidden.yaml": "x: 1", "specs/.git/e.yaml": "x: 1", "specs/readme.md": "x",
        },
    )  # fmt: skip
    loaded = load([tmp_path / "specs"], relative_to=tmp_path)
    assert [document.file for document in loaded.documents] == [
        "specs/a.yml", "specs/b.yaml", "specs/c/d.json",
    ]  # fmt: skip
    assert loaded.diagnostics == ()
    assert loaded.files == 3
    assert loaded.sources["specs/a.yml"] == "a: 1"


def test_a_file_is_read_once(tmp_path):
    write(tmp_path, {"a.yaml": "a: 1"})
    (tmp_path / "b.yaml").symlink_to(tmp_path / "a.yaml")
    loaded = load([tmp_path, tmp_path / "a.yaml"], relative_to=tmp_path)
    assert [document.file for document in loaded.documents] == ["a.yaml"]


def test_an_error_in_one_file_leaves_the_others(tmp_path):
    write(tmp_path, {"a.yaml": "a: [", "b.yaml": "b: 1", "c.yaml": b"\xff"})
    loaded = load([tmp_path], relative_to=tmp_path)
    assert [document.data for document in loaded.documents] == [{"b": 1}]
    assert [(found.code, found.at.file) for found in loaded.diagnostics] == [
        ("YAML003", "a.yaml"), ("YAML015", "c.yaml"),
    ]  # fmt: skip


def test_a_folder_in_itself(tmp_path):
    write(tmp_path, {"specs/a.yaml": "a: 1"})
    (tmp_path / "specs/loop").symlink_to(tmp_path / "specs")
    loaded = load([tmp_path / "specs"], relative_to=tmp_path)
    assert [found.code for found in loaded.diagnostics] == ["YAML023"]
    assert len(loaded.documents) == 1


def test_a_dangling_link(tmp_path):
    (tmp_path / "a.yaml").symlink_to(tmp_path / "gone.yaml")
    assert [found.code for found in load([tmp_path]).diagnostics] == ["YAML021"]


def test_a_missing_folder(tmp_path):
    (found,) = load([tmp_path / "specs"], relative_to=tmp_path).diagnostics
    assert found.code == "YAML021"
    assert found.at.file == "specs"


def test_nothing_found(tmp_path):
    (found,) = load([tmp_path], relative_to=tmp_path).diagnostics
    assert (found.code, found.at) == ("YAML022", None)


def test_a_file_larger_than_the_limit_is_not_read_whole(tmp_path):
    write(tmp_path, {"a.yaml": "#" * 2_000_000})
    (found,) = load([tmp_path], relative_to=tmp_path).diagnostics
    assert found.code == "YAML014"


def test_a_file_outside_is_shown_with_its_path(tmp_path):
    write(tmp_path, {"one/a.yaml": "a: 1", "two/b.yaml": "b: 1"})
    loaded = load([tmp_path / "one", tmp_path / "two"], relative_to=tmp_path / "one")
    assert [document.file for document in loaded.documents] == ["a.yaml", "../two/b.yaml"]
