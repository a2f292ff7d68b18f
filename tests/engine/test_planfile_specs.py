"""The digests of specs in a plan file: for the receipt of its apply, under the file's digest."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from reconciler.model.plan import Plan
from reconciler.model.value import canonical, digest
from reconciler.planfile import file as planfile
from reconciler.planfile.file import PlanFile

NOW = datetime(2026, 11, 23, 7, 44, 40, tzinfo=UTC)
PLAN = Plan("dev", "acme", "123456789012", "eu-west-1", commit="4f2c9e1")
SPECS = {"Rollout/scorer": "b" * 32, "DataSource/raw": "a" * 32}
FILE = planfile.make(PLAN, now=NOW, lifetime=60, specs=SPECS)


def sealed(file: PlanFile, **change: Any) -> bytes:
    """A file as another program would write it, with a digest of its own; None leaves out."""
    body = {**orjson.loads(planfile.pack(file)), **change}
    body = {key: item for key, item in body.items() if change.get(key, "") is not None}
    rest = {key: item for key, item in body.items() if key not in {"digest", "signature"}}
    return canonical({**body, "digest": digest(rest)})


def test_they_are_read_back_and_their_order_changes_no_byte() -> None:
    data = planfile.pack(FILE)
    assert planfile.unpack(data) == (FILE, [])
    assert orjson.loads(data)["specs"] == SPECS
    turned = planfile.make(PLAN, now=NOW, lifetime=60, specs=dict(reversed(SPECS.items())))
    assert planfile.pack(turned) == data


def test_they_are_under_the_digest() -> None:
    data = planfile.pack(FILE).replace(b"a" * 32, b"c" * 32)
    file, found = planfile.unpack(data)
    assert (file, [each.code for each in found]) == (None, ["STALE001"])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        pytest.param(sealed(FILE, specs=None), "STALE001", id="none"),
        pytest.param(sealed(FILE, specs={"a": 1}), "STALE001", id="digests that are none"),
        pytest.param(sealed(FILE, specs=[]), "STALE001", id="a list"),
        pytest.param(sealed(FILE, format_version=0), "STALE001", id="format 0"),
        pytest.param(sealed(FILE, format_version=True), "STALE001", id="no number"),
        pytest.param(sealed(FILE, format_version=planfile.FORMAT - 1), "STALE002", id="older"),
        pytest.param(sealed(FILE, format_version=planfile.FORMAT + 1), "STALE002", id="newer"),
    ],
)
def test_what_contradicts_its_format_is_refused(data: bytes, code: str) -> None:
    file, found = planfile.unpack(data)
    assert (file, [each.code for each in found]) == (None, [code])
