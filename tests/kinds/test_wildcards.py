"""What gets into a policy as a name has no wildcard and no variable of IAM's in it."""

from __future__ import annotations

import pytest

from .world import spec_of

WAY = "arn:aws:{}:eu-west-1:123456789012:{}"
LAND = "auth: {apiKey: {header: X, secretName: s}}, items: $, pages: {single: {}}"
BAD = "rest: {url: 'https://a.example/x', AUTH, land: {to: raw, path: HERE}}".replace("AUTH", LAND)
SPECS = [
    ("DataSource", "s3: {prefix: HERE}", "a/b"),
    ("DataSource", "s3: {accessLogs: {to: logs, path: HERE}}", "a/b"),
    ("DataSource", f"{BAD}\ncolumns: {{id: string}}", "a/b"),
    ("DataSource", "kafka: {topic: ab, existing: {cluster: HERE}, lake: {to: raw}}",
     WAY.format("kafka", "cluster/a/0d3b4a2e-1")),
    ("DataSource", "kinesis: {deliver: {to: raw, errors: HERE}}", "a/b"),
    ("DataPipeline", ("trigger: {newData: {source: raw, path: HERE}}\n"
     "steps: [{name: a, glue: {script: a.py}}]"), "a/b"),
    ("DataPipeline", ("trigger: {manual: {}}\n"
     "steps: [{name: a, glue: {script: a.py}, writes: {out: {source: raw, path: HERE}}}]"), "a/b"),
    ("DataPipeline", "trigger: {manual: {}}\nsteps: [{name: a, lambda: {existing: HERE}}]",
     WAY.format("lambda", "function:a")),
    ("Monitor", ("rollout: a\nalarms: [{metric: Invocations, below: 1}]\n"
     "subscribers: {queues: [HERE]}"), WAY.format("sqs", "a")),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "text", "good"), SPECS)
def test_no_wildcard_gets_into_a_policy(kind: str, text: str, good: str) -> None:
    assert spec_of(kind, text.replace("HERE", f"'{good}'"))[1] == []
    for sign in ("*", "?", "${aws:username}"):
        # the sign in the middle of the last part
        head, tail = good[:-1], good[-1]
        spec, found = spec_of(kind, text.replace("HERE", f"'{head}{sign}{tail}'"))
        assert spec is None, sign
        assert found
