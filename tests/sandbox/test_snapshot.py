"""Snapshots: what is kept, what is refused, and that a file is never half written."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from reconciler.sandbox.state import snapshot

from .cases import make_config, make_model
from .conformance import refused

if TYPE_CHECKING:
    from pathlib import Path

    from reconciler.sandbox.inprocess import Sandbox

FITTING = json.dumps(snapshot.stamp()).encode() + b"\n"
DAMAGED = {
    "garbage": b"no snapshot at all",
    "of another version": b'{"format": 1, "moto": "0.0.1", "python": "3.11"}\nrest',
    "empty": b"",
    "cut short": FITTING + b"\x80\x05\x95",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_a_file_that_does_not_fit_is_ignored_with_a_warning(
    aws: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    make_model(aws.client("sagemaker"))
    path = tmp_path / "snapshot.pickle"
    path.write_bytes(content)
    assert snapshot.load(path) is False
    assert "Ignored" in caplog.text
    assert len(aws.client("sagemaker").list_models()["Models"]) == 1


def test_an_absent_file_is_no_matter(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert snapshot.load(tmp_path / "snapshot.pickle") is False
    assert caplog.text == ""


def test_a_deployment_under_way_goes_on_after_loading(aws: Sandbox, tmp_path: Path) -> None:
    client = aws.client("sagemaker")
    make_model(client)
    make_config(client)
    aws.outcome("fraud", "failed", "because")
    client.create_endpoint(EndpointName="fraud", EndpointConfigName="config-1")
    aws.outcome("fraud", "rollback")
    path = tmp_path / "snapshot.pickle"
    snapshot.save(path)
    aws.reset()
    text = "Could not find endpoint"
    refused("ValidationException", text, client.describe_endpoint, EndpointName="fraud")
    assert snapshot.load(path) is True
    assert client.describe_endpoint(EndpointName="fraud")["EndpointStatus"] == "Creating"
    aws.clock.advance(600)
    shown = client.describe_endpoint(EndpointName="fraud")
    assert (shown["EndpointStatus"], shown["FailureReason"]) == ("Failed", "because")
    assert [item.name for item in tmp_path.iterdir()] == ["snapshot.pickle"]
