"""The generated data is what the generators make of their sources today."""

import json
from pathlib import Path

import pytest

from reconciler.facts.files import schemas

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
LIMIT = 4_000_000  # bytes; the data is read one file at a time but installed as a whole


def test_the_files_are_fresh(tmp_path: Path) -> None:
    aws = pytest.importorskip("schemas.generate.aws")
    try:
        written = aws.write(tmp_path, TYPES)
    except aws.SourceMissing:
        pytest.skip("cfn-lint is not installed")
    assert len(TYPES) == len(written)
    stale = [
        it.name for it in written if it.read_bytes() != (schemas() / "aws" / it.name).read_bytes()
    ]
    assert stale == []


def test_the_additions_are_fresh() -> None:
    made = pytest.importorskip("schemas.generate.additions")
    current = (schemas() / "aws" / "additions.json").read_text(encoding="utf-8")
    fresh = made.text(made.collect(schemas() / "aws"))
    if json.loads(current)["source"] != json.loads(fresh)["source"]:
        pytest.skip("made from another version of botocore")
    assert current == fresh


def test_the_data_stays_small() -> None:
    assert sum(it.stat().st_size for it in (schemas() / "aws").glob("*.json")) < LIMIT


def test_no_prose_is_copied() -> None:
    words = {'"description":"', '"title":"', '"$comment":', '"sourceUrl"', '"examples":['}
    files = (schemas() / "aws").glob("AWS_*.json")
    assert [it.name for it in files if any(word in it.read_text() for word in words)] == []


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
