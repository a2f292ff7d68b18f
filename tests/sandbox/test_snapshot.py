"""Snapshots: what is kept, what is refused, and that a file is never half written."""

from __future__ import annotations

import json
import os
import pickle
from typing import TYPE_CHECKING

import pytest

from reconciler.sandbox.home import place
from reconciler.sandbox.state import snapshot

from .cases import make_config, make_model
from .conformance import refused

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reconciler.sandbox.inprocess import Sandbox

KEY, ANOTHER = b"k" * 32, b"a" * 32
STAMP = json.dumps(snapshot.stamp()).encode() + b"\n"


def sealed(content: bytes, key: bytes = KEY) -> bytes:
    return place.seal(key, "snapshot", content).encode() + b"\n" + content


class Payload:
    """What runs when it is unpickled."""

    def __init__(self, marker: Path) -> None:
        self.marker = marker

    def __reduce__(self) -> object:
        return os.mkdir, (str(self.marker),)


def payload(marker: Path) -> bytes:
    return STAMP + pickle.dumps(Payload(marker))


FORGED: dict[str, Callable[[bytes], bytes]] = {
    "garbage": lambda _: b"no snapshot at all",
    "nothing": lambda _: b"",
    "no seal": lambda content: content,
    "an empty seal": lambda content: b"\n" + content,
    "the seal of another key": lambda content: sealed(content, ANOTHER),
    "the seal of something else": lambda content: sealed(STAMP).partition(b"\n")[0] + content,
    "a seal for another purpose": lambda content: (
        place.seal(KEY, "address", content).encode() + b"\n" + content
    ),
    "more behind it": lambda content: sealed(content) + b".",
    "a cut": lambda content: sealed(content)[:-1],
    "another stamp": lambda content: sealed(content).replace(b'"moto"', b'"MOTO"'),
}


@pytest.mark.parametrize("forge", FORGED.values(), ids=FORGED.keys())
def test_a_file_that_no_sandbox_of_this_user_wrote_is_refused_unread(
    tmp_path: Path, forge: Callable[[bytes], bytes]
) -> None:
    path, marker = tmp_path / snapshot.FILE, tmp_path / "marker"
    path.write_bytes(forge(payload(marker)))
    with pytest.raises(snapshot.RefusedError, match="Refused the snapshot") as refused:
        snapshot.load(path, KEY)
    assert str(path) in str(refused.value)
    assert not marker.exists()


def test_what_is_refused_would_run_if_it_were_sealed(tmp_path: Path) -> None:
    path, marker = tmp_path / snapshot.FILE, tmp_path / "marker"
    path.write_bytes(sealed(payload(marker)))
    snapshot.load(path, KEY)
    assert marker.exists()


def test_a_link_is_refused_even_to_a_sealed_file(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_bytes(sealed(payload(tmp_path / "marker")))
    path = tmp_path / snapshot.FILE
    path.symlink_to("elsewhere")
    with pytest.raises(snapshot.RefusedError, match="Refused the snapshot"):
        snapshot.load(path, KEY)
    assert not (tmp_path / "marker").exists()


DAMAGED = {
    "of another version": b'{"format": 2, "moto": "0.0.1", "python": "3.11"}\nrest',
    "cut short before it was sealed": STAMP + b"\x80\x05\x95",
}


@pytest.mark.parametrize("content", DAMAGED.values(), ids=DAMAGED.keys())
def test_our_own_file_that_does_not_fit_is_ignored_with_a_warning(
    aws: Sandbox, tmp_path: Path, caplog: pytest.LogCaptureFixture, content: bytes
) -> None:
    make_model(aws.client("sagemaker"))
    path = tmp_path / snapshot.FILE
    path.write_bytes(sealed(content))
    assert snapshot.load(path, KEY) is False
    assert "Ignored" in caplog.text
    assert len(aws.client("sagemaker").list_models()["Models"]) == 1


def test_an_absent_file_is_no_matter(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    assert snapshot.load(tmp_path / snapshot.FILE, KEY) is False
    assert caplog.text == ""


def test_a_deployment_under_way_goes_on_after_loading(aws: Sandbox, tmp_path: Path) -> None:
    client = aws.client("sagemaker")
    make_model(client)
    make_config(client)
    aws.outcome("fraud", "failed", "because")
    client.create_endpoint(EndpointName="fraud", EndpointConfigName="config-1")
    aws.outcome("fraud", "rollback")
    path = tmp_path / snapshot.FILE
    snapshot.save(path, KEY)
    aws.reset()
    text = "Could not find endpoint"
    refused("ValidationException", text, client.describe_endpoint, EndpointName="fraud")
    assert snapshot.load(path, KEY) is True
    assert client.describe_endpoint(EndpointName="fraud")["EndpointStatus"] == "Creating"
    aws.clock.advance(600)
    shown = client.describe_endpoint(EndpointName="fraud")
    assert (shown["EndpointStatus"], shown["FailureReason"]) == ("Failed", "because")
    assert [item.name for item in tmp_path.iterdir()] == ["snapshot.pickle"]
