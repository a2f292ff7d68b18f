"""Secrets in spec files: found with their line, never printed."""

from __future__ import annotations

import time
from pathlib import Path
from textwrap import dedent

import pytest

from reconciler.kinds import api as kinds
from reconciler.model.diagnostic import Diagnostic, Severity
from reconciler.render.text import diagnostics
from reconciler.specs.load import Loaded, load

from .canaries import MIXED, TOKENS

ROOT = Path(__file__).parents[2]
CODE = "SECRET001"


def read(folder: Path, text: str, name: str = "a.yaml") -> Loaded:
    (folder / name).write_text(dedent(text))
    return load([folder], relative_to=folder)


def secrets(loaded: Loaded) -> list[Diagnostic]:
    return [found for found in loaded.diagnostics if found.code == CODE]


def shown(loaded: Loaded) -> str:
    found = loaded.diagnostics
    return diagnostics.text(found, loaded.sources, color=False) + repr(diagnostics.as_json(found))


@pytest.mark.parametrize(
    "frame",
    ["spec:\n  description: '{}'\n", "spec: {{list: [a, '{}']}}\n", "a: 1\n# old: {}\n"],
    ids=["a value", "a list", "a comment"],
)
@pytest.mark.parametrize("what", TOKENS)
def test_a_token_is_found_and_not_shown_in(what: str, frame: str, tmp_path: Path) -> None:
    token = TOKENS[what]
    if what == "AWS secret access key" and "#" in frame:
        pytest.skip("nothing but its randomness says what it is")
    loaded = read(tmp_path, frame.format(token))
    found = secrets(loaded)
    assert found
    assert found[0].at is not None
    assert found[0].at.line == 1 + frame.partition("{}")[0].count("\n")
    assert all(part not in shown(loaded) for part in (token, token[-16:]))


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("password", "hunter2"),
        ("DB_PASSWORD", "hunter2"),
        ("HF_TOKEN", "hunter2"),
        ("SecretAccessKey", "hunter2"),
        ("apiKey", "'12345678'"),
        ("DB_PASSWORD", "12345678"),
        ("url", "jdbc:postgresql://db/fraud?user=a&password=hunter2"),
        ("command", "train --db-password=hunter2"),
    ],
)
def test_a_value_under_a_secret_name_is_an_error(key: str, value: str, tmp_path: Path) -> None:
    loaded = read(tmp_path, f"environment:\n  {key}: {value}\n")
    assert [(each.severity, each.at.line) for each in secrets(loaded) if each.at] == [
        (Severity.ERROR, 2)
    ]
    assert not {"hunter2", "12345678"} & set(shown(loaded).replace("'", " ").split())
    assert "hunter2" not in shown(loaded)


def test_a_pair_of_name_and_value_is_read_as_such(tmp_path: Path) -> None:
    loaded = read(tmp_path, "env:\n- Name: DB_PASSWORD\n  Value: hunter2\n")
    assert [each.severity for each in secrets(loaded)] == [Severity.ERROR]
    assert "hunter2" not in shown(loaded)


@pytest.mark.parametrize("value", [MIXED, "8f14e45fceea167a5a36dedd4bea2543"])
def test_a_random_value_is_a_warning(value: str, tmp_path: Path) -> None:
    loaded = read(tmp_path, f"spec:\n  note: {value}\n")
    assert [each.severity for each in secrets(loaded)] == [Severity.WARNING]
    assert value not in shown(loaded)


@pytest.mark.parametrize(
    "line",
    [
        "password: '{{resolve:secretsmanager:prod/db:SecretString:password}}'",
        "DB_PASSWORD: '{{resolve:ssm-secure:/prod/db/password:1}}'",
        "url: 'postgres://admin:{{resolve:secretsmanager:db}}@db/fraud'",
        "token: ${huggingFaceToken}",
        "password: ''",
        "secretArn: arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/db-AbCdEf",
        "pad_token: <pad>",
        "max_new_tokens: '512'",
        "card_token_id: abc",
        "image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/f@sha256:" + "9c8d2f01" * 8,
        "commit: 4f2c9e1b7a0d4f2c9e1b7a0d4f2c9e1b7a0d4f2c",
        "digest: " + "9c8d2f01" * 8,
        "source: s3://acme-prod-raw-123456789012/kmeans-2018-01-18-19-25-36-887/aB3dE5fG7hJ9",
        "kmsKeyId: 1234abcd-12ab-34cd-56ef-1234567890ab",
        "role: arn:aws:iam::123456789012:role/AmazonSageMaker-ExecutionRole-20200101T123456",
        "policy: AmazonSageMakerFullAccessPolicy2024V2",
        "thumbprints: [9e99a48a9960b14926bb7f3b02e22da2b0ab7280]",
        "provider: token.actions.githubusercontent.com",
    ],
)
def test_ordinary_values_and_references_are_no_findings(line: str, tmp_path: Path) -> None:
    assert not secrets(read(tmp_path, f"spec:\n  {line}\n"))


def test_a_feature_may_be_called_after_a_token(tmp_path: Path) -> None:
    assert not secrets(read(tmp_path, "spec:\n  features:\n    card_token: string\n"))


def test_the_example_has_none() -> None:
    assert not secrets(load([ROOT / "specs", ROOT / "environments"]))


@pytest.mark.parametrize("kind", sorted(kinds.load()))
def test_the_example_of_a_kind_has_none(kind: str, tmp_path: Path) -> None:
    assert not secrets(read(tmp_path, kinds.load()[kind].example))


def test_a_broken_file_does_not_show_its_secrets(tmp_path: Path) -> None:
    loaded = read(tmp_path, "spec:\n  password: hunter2\n   bad: [\n  token: 'abc\n")
    assert loaded.diagnostics
    assert "hunter2" not in shown(loaded)


def test_looking_for_secrets_takes_little_time(tmp_path: Path) -> None:
    line = "  field{}: arn:aws:iam::123456789012:role/acme-prod-fraud-detector-{}\n"
    text = "spec:\n" + "".join(line.format(i, i) for i in range(2000))
    (tmp_path / "big.yaml").write_text(text)
    started = time.process_time()
    assert not secrets(load([tmp_path], relative_to=tmp_path))
    assert time.process_time() - started < 1
