"""Schedules of an autoscaler's bounds: what AWS would refuse in the middle of an apply."""

from __future__ import annotations

import pytest

from .platform import codes, compiled

SERVING = """
  model: {image: "123456789012.dkr.ecr.eu-west-1.amazonaws.com/fraud:1", artifact: "s3://team/1.tar.gz"}
  serve: {realtime: {instanceType: ml.c7g.xlarge, instances: 2}}
  autoscale:
    atLeast: 1
    atMost: 4
    schedules: {night: {atMost: 2, timezone: ZONE, schedule: "WHEN"}}
"""


@pytest.mark.parametrize(
    ("when", "zone", "refused"),
    [
        ("cron(0 20 * * ? *)", "Europe/Berlin", False),
        ("cron(nonsense)", "UTC", True),
        ("rate(0 minutes)", "UTC", True),
        ("at(yesterday)", "UTC", True),
        ("cron(0 20 * * ? *)", "Mars/Olympus", True),
    ],
)
def test_a_schedule_that_cannot_be_is_told_before(when: str, zone: str, refused: bool) -> None:
    text = SERVING.replace("ZONE", zone).replace("WHEN", when)
    _, found = compiled(("Rollout", "fraud", text))
    assert ("SCHED001" in codes(found)) == refused
