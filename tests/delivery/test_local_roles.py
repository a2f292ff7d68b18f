"""Which AWS types the sandbox's roles of an environment suffice for."""

from __future__ import annotations

from pathlib import Path

from reconciler.cli.frame.project import Project
from reconciler.cli.world.embedded import _spelled_out

SPECS = """\
apiVersion: moorline/v1
kind: Resource
metadata: {name: events}
spec: {type: AWS::Kinesis::Stream, properties: {ShardCount: 1}}
---
apiVersion: moorline/v1
kind: Resource
metadata: {name: odd}
spec: {type: [AWS::SQS::Queue]}
---
apiVersion: moorline/v1
kind: Resource
metadata: {name: none}
---
- no mapping
---
apiVersion: moorline/v1
kind: Security
metadata: {name: core}
spec: {type: AWS::SNS::Topic}
"""


def test_types_that_specs_name_themselves_are_added(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "environments").mkdir()
    (tmp_path / "specs" / "all.yaml").write_text(SPECS, encoding="utf-8")
    project = Project(tmp_path / "specs", tmp_path / "environments", as_json=False, no_color=True)
    assert _spelled_out(project) == ("AWS::Kinesis::Stream",)
