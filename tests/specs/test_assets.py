"""What an environment has to say of assets, and where it is told that it does not."""

from __future__ import annotations

import pytest

from reconciler.compile import compiler, packing
from reconciler.model.asset import Packed, Refusal
from reconciler.model.diagnostic import Diagnostic
from reconciler.specs import overlay
from reconciler.specs.source import parse

TEXT = """\
apiVersion: moorline/v1
kind: Environment
metadata: {name: dev}
spec: {platform: acme, account: "123456789012", region: eu-west-1%s}
---
apiVersion: moorline/v1
kind: DataSource
metadata: {name: code, owner: us}
spec: %s
---
apiVersion: moorline/v1
kind: Training
metadata: {name: fraud, owner: us}
spec:
  algorithm: {framework: sklearn, version: "1.2-1"}
  code: {folder: training, entryPoint: train.py}
  compute: {instanceType: ml.m5.large}
  inputs: {train: {source: code, path: in}}
  output: {to: code}
"""
AT = ", assets: {source: code}"


def found(assets: str, store: str, *refusals: Refusal) -> list[Diagnostic]:
    documents = parse(TEXT % (assets, store), "platform.yaml").documents
    view, told = overlay.resolve(documents, "dev")
    assert view is not None, told
    specs, read = compiler.read(documents, view)
    keys = packing.wanted(specs)
    packed = {key: refusals or Packed(*key, "ab" * 32, 10, 1, ("train.py",)) for key in keys}
    specs, more = packing.given(specs, packed)
    return [*read, *more, *compiler.build(specs, view)[1]]


@pytest.mark.parametrize(
    ("assets", "store", "says", "line"),
    [
        ("", "{s3: {}}", "ASSET001", 16),
        (", assets: {source: nowhere}", "{s3: {}}", "SPEC021", 4),
        (AT, "{s3: {receivesAccessLogs: true}}", "write their access logs", 4),
        (AT, "{s3: {lifecycle: {expireAfter: 30d}}}", "removed after 30d", 4),
        (
            AT,
            "{s3: {lifecycle: {archiveAfter: 90d, archiveTo: glacier}}}",
            "cannot be read any more after 90d",
            4,
        ),
        (AT, "{s3: {lifecycle: {archiveAfter: 90d, archiveTo: standardIa}}}", "", 0),
        (AT, "{s3: {existing: the-lake}}", "", 0),
        (AT, "{s3: {}}", "", 0),
    ],
)
def test_where_assets_go(assets: str, store: str, says: str, line: int) -> None:
    told = found(assets, store)
    if not says:
        assert told == []
        return
    (one,) = [each for each in told if each.is_error]
    assert says in f"{one.code} {one.message}"
    assert one.at is not None
    assert one.at.line == line


def test_what_may_not_go_is_told_where_the_spec_names_it() -> None:
    (one,) = found(AT, "{s3: {}}", Refusal("ASSET004", "'training/x' is a link", "put it there"))
    assert (one.code, str(one.at)) == ("ASSET004", "platform.yaml:16:18")


DRIVEN = """\
kind: Rollout
metadata: {name: fraud, owner: us}
spec:
  model:
    image: 123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud@sha256:%s
    artifact: s3://team-models/fraud/1.tar.gz
  serve: {realtime: {instanceType: ml.c7g.xlarge, instances: 4}}
  strategy: {canary: {steps: [5%%, 100%%], bake: 10m}}
  drive: aws
  analysis: [{metric: Invocation5XXErrors, atMost: 1%%}]
"""


@pytest.mark.parametrize(
    ("assets", "store", "code"),
    [(AT, "{bucket: x}", "SPEC0"), (", assets: {source: nowhere}", "{s3: {}}", "SPEC021")],
)
def test_a_lacking_place_of_moorlines_own_code_is_told_once(
    assets: str, store: str, code: str
) -> None:
    """It was GRAPH006 beside it, "a fault of Moorline"."""
    before = TEXT[: TEXT.index("kind: Training")]
    text = before % (assets, store) + DRIVEN % ("a" * 64)
    documents = parse(text, "platform.yaml").documents
    view, _ = overlay.resolve(documents, "dev")
    assert view is not None
    specs, read = compiler.read(documents, view)
    told = [*read, *compiler.build(specs, view)[1]]
    codes = {each.code for each in told if each.is_error}
    assert "GRAPH006" not in codes
    assert all(each.startswith(code) for each in codes), codes
