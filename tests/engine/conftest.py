"""An empty account, and a platform in it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reconciler.sandbox.inprocess import Sandbox, sandbox

from . import specs
from .platform import FAULTS, Platform
from .team import KEPT, Now, Team


@pytest.fixture
def aws() -> Iterator[Sandbox]:
    with sandbox() as found:
        found.faults = FAULTS
        yield found
        FAULTS.clear()


@pytest.fixture
def platform(aws: Sandbox) -> Platform:
    return Platform(aws)


@pytest.fixture
def team(
    platform: Platform,
    aws: Sandbox,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Team:
    monkeypatch.chdir(tmp_path)
    location = {"LocationConstraint": "eu-west-1"}
    aws.client("s3").create_bucket(Bucket=KEPT, CreateBucketConfiguration=location)
    platform.text = specs.SERVING
    return Team(platform, aws, Now(), capsys)
