"""Files of the repository as objects: put once, read back, put again when they are gone."""

from __future__ import annotations

from pathlib import Path

import pytest

from reconciler.model.value import to_json

from .platform import Platform, codes, join, spec, steps

CODE = "acme-dev-artifacts-123456789012"
TRAINING = """
  algorithm: {framework: sklearn, version: "1.2-1"}
  code: {folder: training, entryPoint: train.py}
  compute: {instanceType: ml.m5.large}
  inputs: {train: {source: artifacts, path: in}}
  output: {to: artifacts}
"""
TEXT = join(spec("DataSource", "artifacts", "{s3: {}}"), spec("Training", "fraud", TRAINING))


@pytest.fixture
def site(platform: Platform, tmp_path: Path) -> Platform:
    (tmp_path / "training").mkdir()
    (tmp_path / "training" / "train.py").write_text("print('hello')\n")
    platform.root, platform.text, platform.assets = tmp_path, TEXT, "{source: artifacts}"
    return platform


def test_first(site: Platform) -> None:
    plan = site.converge()
    print(steps(plan))
    print(to_json(plan.steps[0].desired))
    assert codes(plan) == []
