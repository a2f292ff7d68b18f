"""Commands that are stopped in the middle: nothing is lost, and a rerun goes on."""

from __future__ import annotations

import signal

import pytest

from .folder import Folder

PLAN = ("plan", "-e", "local", "--json", "--detailed-exitcode")
DETECTOR = "acme-local-fraud-detector"


@pytest.fixture(scope="module")
def stopped(applied: Folder) -> dict[str, object]:
    """Ctrl-C while an endpoint takes its time; then the endpoint is ready and apply goes on."""
    applied.edit(
        "environments/dev.yaml",
        "endpointInstanceType: ml.c6i.large",
        "endpointInstanceType: ml.c6i.xlarge",
    )
    applied.control("clock", {"mode": "manual", "durations": {"endpoint": 3600}})
    first = applied.stop_after(
        f"{DETECTOR} Updating", signal.SIGINT, "apply", "-e", "local", "--yes"
    )
    busy = applied.run(*PLAN)
    applied.control("clock", {"advance": 3700})
    return {
        "first": first,
        "busy": busy,
        "rerun": applied.run("apply", "-e", "local", "--yes"),
        "plan": applied.run(*PLAN),
    }


def test_ctrl_c_ends_with_an_error_and_says_what_remains(stopped) -> None:
    first = stopped["first"]
    assert first.code == 1
    assert "APPLY010" in first.text
    assert DETECTOR in first.out


def test_after_ctrl_c_the_old_config_is_still_there(stopped) -> None:
    assert "APPLY007" not in stopped["first"].text
    deleted = [name for action, name in stopped["plan"].steps if action == "delete"]
    assert deleted == []


def test_after_ctrl_c_a_rerun_finishes(stopped) -> None:
    assert stopped["rerun"].code == 0, stopped["rerun"].text[-2000:]
    assert (stopped["plan"].code, stopped["plan"].steps) == (0, [])


def test_killed_in_the_middle_a_rerun_converges(example: Folder) -> None:
    killed = example.stop_after("done", signal.SIGKILL, "apply", "-e", "local", "--yes")
    assert killed.code == -signal.SIGKILL
    left = example.run(*PLAN, expect=2)
    assert len(left.steps) > 0
    assert left.json["summary"]["unchanged"] > 0
    example.run("apply", "-e", "local", "--yes", expect=0)
    assert example.run(*PLAN, expect=0).steps == []
