"""The conformance runner and the set `oracle`, on small folders of cases."""

import json
from pathlib import Path

import pytest

from tests.conformance.__main__ import main
from tests.conformance.rulings import Judge, patterns, settled

HEADER = (
    "cfn_type,cfn_path,kind,tf_type,tf_attr,tf,tf_version,tf_546,"
    "cfn_schema,docs_2025,docs_2023,api,agree,note"
)


def write(folder: Path, *rows: str) -> Path:
    (folder / "oracle").mkdir()
    text = "\n".join((HEADER, *rows)) + "\n"
    (folder / "oracle" / "attributes.csv").write_text(text, encoding="utf-8")
    return folder


def test_a_missing_folder_is_absent(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(tmp_path), "--set", "oracle"]) == 0
    assert capsys.readouterr().out == "oracle: absent\n"


def test_a_failure_is_reported_and_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = write(
        tmp_path,
        "AWS::S3::Bucket,BucketName,leaf,,,update,,,,,,,True,",
        "AWS::S3::Bucket,Tags,leaf,,,update,,,,,,,True,",
        "AWS::S3::Bucket,Tags,leaf,,,update,,,replace,replace,,,False,",
    )
    report = tmp_path / "report.json"
    assert main([str(folder), "--set", "oracle", "--json", str(report)]) == 1
    assert capsys.readouterr().out == "oracle: 1 passed, 1 failed, 1 skipped\n"
    found = json.loads(report.read_bytes())["oracle"]
    assert "BucketName" in found["failures"][0]["case"]
    assert found["skips"][0]["why"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A", ["A"]),
        ("A, B", ["A", "B"]),
        ("A/B or C", ["A/B", "A/C"]),
        ("A/B/* and C", ["A/B/*", "C"]),
        ("A (remark, remark)", ["A"]),
    ],
)
def test_the_paths_that_a_ruling_names(text: str, expected: list[str]) -> None:
    assert patterns(text) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"agree": "True", "tf": "update"}, "update"),
        ({"cfn_path": "KeySpec", "tf": "update"}, "replace"),
        ({"api": "not_in_update"}, "replace"),
        ({"api": "UpdateBucket", "tf": "replace"}, "update"),
        ({"tf": "replace", "docs_2025": "replace", "cfn_schema": "update"}, "replace"),
        ({"tf": "replace", "docs_2025": "update"}, ""),
    ],
    ids=["agreed", "adjudicated", "no api", "api", "documentation and terraform", "nobody knows"],
)
def test_where_sources_disagree(row: dict[str, str], expected: str) -> None:
    ruling = {"cfn_type": "AWS::KMS::Key", "path": "KeySpec, KeyUsage", "recommended": "replace"}
    names = ("cfn_type", "cfn_path", "tf", "api", "agree", "docs_2025", "cfn_schema")
    full = dict.fromkeys(names, "") | {"cfn_type": "AWS::KMS::Key", "agree": "False"} | row
    assert settled(full, Judge([ruling]))[0] == expected
