"""The generated data is what the generators make of their sources today."""

import json
import zipfile
from pathlib import Path

import pytest
from sweeps import sample

from reconciler.facts.files import schemas
from reconciler.facts.pack import ARCHIVE, INDEX, DamagedPack, Pack, file_of

TYPES = frozenset(
    {
        "AWS::SageMaker::FeatureGroup",
        "AWS::SageMaker::ModelPackage",
        "AWS::S3::Bucket",
        "AWS::EMR::Cluster",
        "AWS::Logs::LogGroup",
        "AWS::CloudWatch::Alarm",
    }
)
LIMIT = 2_500_000  # bytes; one type is read at a time, but all are installed
PACK = Pack(schemas() / "aws")


def test_the_texts_are_fresh() -> None:
    aws = pytest.importorskip("schemas.generate.aws")
    try:
        fresh = dict(aws.collect(TYPES))
    except aws.SourceMissing:
        pytest.skip("cfn-lint is not installed")
    assert set(fresh) == TYPES
    assert [name for name, text in fresh.items() if PACK.text(name).decode() != text] == []


def test_the_index_says_where_the_facts_come_from() -> None:
    aws = pytest.importorskip("schemas.generate.aws")
    try:
        origin = aws.origin()
    except aws.SourceMissing:
        pytest.skip("cfn-lint is not installed")
    assert (schemas() / "aws" / INDEX).read_text(encoding="utf-8").startswith(f"# {origin}\n")


def test_every_type_that_any_region_has_is_there() -> None:
    aws = pytest.importorskip("schemas.generate.aws")
    try:
        folder = aws.source()
    except aws.SourceMissing:
        pytest.skip("cfn-lint is not installed")
    stated = {
        name
        for file in (folder / "providers").glob("*-*.json")
        for name in json.loads(file.read_bytes())
    }
    assert {name for name in stated if name.startswith("AWS::")} == set(PACK.entries)


def test_the_same_texts_make_the_same_bytes(tmp_path: Path) -> None:
    pack = pytest.importorskip("schemas.generate.pack")
    texts = [(name, PACK.text(name).decode()) for name in sorted(TYPES)]
    for folder in ("first", "second"):
        pack.write(tmp_path / folder, texts, "somewhere")
    for name in (ARCHIVE, INDEX):
        made = [(tmp_path / folder / name).read_bytes() for folder in ("first", "second")]
        assert made[0] == made[1]
    index = (tmp_path / "first" / INDEX).read_text(encoding="utf-8").splitlines()
    current = (schemas() / "aws" / INDEX).read_text(encoding="utf-8").splitlines()
    assert {it.split("\t")[0] for it in index[2:]} == TYPES
    assert {(*it.split("\t")[:2], it[-16:]) for it in index[2:]} <= {
        (*it.split("\t")[:2], it[-16:]) for it in current[2:]
    }


def test_the_archive_is_a_zip_that_the_index_describes() -> None:
    with zipfile.ZipFile(schemas() / "aws" / ARCHIVE) as archive:
        assert archive.namelist() == [file_of(name) for name in PACK.entries]
        assert {it.date_time for it in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for name in sample([*PACK.entries], 20):
            assert archive.read(file_of(name)) == PACK.text(name)


@pytest.mark.parametrize("what", ["another text", "no line", "a cut archive"])
def test_an_index_of_another_archive_is_an_error(tmp_path: Path, what: str) -> None:
    pack = pytest.importorskip("schemas.generate.pack")
    pack.write(tmp_path, [("AWS::A::B", "{}"), ("AWS::A::C", '{"a":1}')], "somewhere")
    index, archive = tmp_path / INDEX, tmp_path / ARCHIVE
    if what == "another text":
        digest = Pack(tmp_path).entries["AWS::A::C"].digest
        index.write_text(index.read_text().replace(digest, "0" * 16))
    elif what == "no line":
        index.write_text(index.read_text().replace("AWS::A::B\t", "AWS::A::B "))
    else:
        archive.write_bytes(archive.read_bytes()[:40])
    with pytest.raises(DamagedPack):
        Pack(tmp_path).text("AWS::A::C")


def test_what_changed_between_two_archives_is_shown_by_type_and_line(tmp_path: Path) -> None:
    pack = pytest.importorskip("schemas.generate.pack")
    gone, new, same = ('{"gone":1}\n', '{"new":1}\n', '{\n "same": 1\n}\n')
    old = [("AWS::A::Gone", gone), ("AWS::A::Same", same), ("AWS::B::C", '{\n "b": 1\n}\n')]
    now = [("AWS::A::Same", same), ("AWS::B::C", '{\n "c": 1\n}\n'), ("AWS::New::One", new)]
    pack.write(tmp_path / "old", old, "x")
    pack.write(tmp_path / "new", now, "y")
    shown = "".join(pack.changes(tmp_path / "new", str(tmp_path / "old")))
    assert [line for line in shown.splitlines() if not line.startswith("@@")] == [
        "--- a/AWS::A::Gone",
        "+++ b/AWS::A::Gone",
        '-{"gone":1}',
        "--- a/AWS::B::C",
        "+++ b/AWS::B::C",
        '- "b": 1',
        '+ "c": 1',
        "--- a/AWS::New::One",
        "+++ b/AWS::New::One",
        '+{"new":1}',
    ]


def test_the_additions_are_fresh() -> None:
    made = pytest.importorskip("schemas.generate.additions")
    current = (schemas() / "aws" / "additions.json").read_text(encoding="utf-8")
    fresh = made.text(made.collect(schemas() / "aws"))
    if json.loads(current)["source"] != json.loads(fresh)["source"]:
        pytest.skip("made from another version of botocore")
    assert current == fresh


def test_the_data_stays_small() -> None:
    assert sum(it.stat().st_size for it in (schemas() / "aws").iterdir()) < LIMIT


def test_no_prose_is_copied() -> None:
    words = {b'"description":"', b'"title":"', b'"$comment":', b'"sourceUrl"', b'"examples":['}
    found = [name for name in PACK.entries if any(word in PACK.text(name) for word in words)]
    assert found == []


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"^[a-z]+$", r"^[a-z]+$"),
        (r"^[a-z]+\Z", r"^[a-z]+$"),
        (r"^[\w-.]+$", r"^[\w\-.]+$"),
        (r"^(/(?!\.)+[^$]+)$", r"^(/(?!\.)[^$]+)$"),
        (r"^[a-z$", None),
    ],
    ids=["good", "end of text", "hyphen after a class", "repeated look-ahead", "hopeless"],
)
def test_patterns_are_mended_or_dropped(pattern: str, expected: str | None) -> None:
    patterns = pytest.importorskip("schemas.generate.patterns")
    assert expected == patterns.repaired(pattern)
