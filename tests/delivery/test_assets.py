"""What the roles may do with files of the repository that specs name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from engine.platform import FAULTS, join, spec

from reconciler.sandbox.inprocess import sandbox

from .judged import ACCOUNT, Known, delivered, everything, one
from .lives import Recorded, allowed, refused

TRAINING = """
  algorithm: {framework: sklearn, version: "1.2-1"}
  code: {folder: training, entryPoint: train.py}
  compute: {instanceType: ml.m5.large}
  inputs: {train: {source: kept, path: in}}
  output: {to: kept}
"""
KEY = "{keys: {data: {description: Files.}}}"
TEXT = join(
    spec("Security", "core", KEY),
    spec("DataSource", "kept", "{s3: {prefix: of, key: {security: core, key: data}}}"),
    spec("Training", "fraud", TRAINING),
)
TYPES = tuple(f"AWS::{each}" for each in ("IAM::Role", "KMS::Key", "S3::Bucket"))
TYPES += ("AWS::SageMaker::Pipeline", "Moorline::S3::Asset")
BUCKET = f"acme-dev-kept-{ACCOUNT}"


def test_the_roles_reach_the_files_and_no_data(tmp_path: Path) -> None:
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "train.py").write_text("print(1)\n")
    with sandbox() as aws:
        aws.faults = FAULTS
        scene = Recorded(aws, text=TEXT, assets="{source: kept, path: code}", root=tmp_path)
        scene.converge()
        sent = scene.book.sent
    assert {"s3.put_object", "s3.head_object"} <= {str(each) for each in sent}
    where = replace(everything("dev", assets=f"{BUCKET}/of/code/assets"), types=TYPES)
    roles = delivered(where, "dev")
    apply, plan = roles["moorline-dev-apply"], roles["moorline-dev-plan"]
    assert refused(apply, sent) == {}
    assert refused(plan, [each for each in sent if each.reads]) == {}
    assert allowed(plan, [each for each in sent if not each.reads]) == set()
    data = [
        one("s3", method, Known(), Bucket=BUCKET, Key=key)
        for method in ("GetObject", "PutObject", "DeleteObject")
        for key in ("of/in/x.csv", "of/code/x", "x")
    ]
    gone = one("s3", "DeleteObject", Known(), Bucket=BUCKET, Key="of/code/assets/x")
    assert allowed(apply, [*data, gone]) == set()
    assert allowed(plan, [*data, gone]) == set()
