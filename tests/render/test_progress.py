"""Sinks of a run's events, each with a fake writer."""

from __future__ import annotations

import io
import json
import re
from typing import Any

import pytest
from rich.console import Console

from reconciler.model import tally
from reconciler.model.event import RunFinished, StepFailed, StepFinished, StepSkipped
from reconciler.render.text import progress
from reconciler.render.text.progress import outcome_text

from . import events
from .plans import made, plan, replaced, updated
from .test_outcome import Ended

ENDPOINT = "AWS::SageMaker::Endpoint acme-prod-fraud"
ALARM = "AWS::CloudWatch::Alarm acme-prod-fraud-latency"


def lines_of(make: Any, run: Any = events.RUN) -> list[str]:
    written: list[str] = []
    sink = make(written.append)
    for event in run:
        sink(event)
    return written


def plain(write):
    return progress.plain(write, clock_start=100.0)


def test_plain_says_when_a_step_ends_and_what_it_waits_for():
    assert lines_of(plain) == [
        "[   1.5s] create  AWS::IAM::Role acme-prod-train done (2 calls)",
        "[  12.0s] wait    AWS::SageMaker::Endpoint acme-prod-fraud Updating",
        "[  42.0s] wait    AWS::SageMaker::Endpoint acme-prod-fraud Updating",
        "[  52.0s] wait    AWS::SageMaker::Endpoint acme-prod-fraud RollingBack",
        f"[  62.0s] update  {ENDPOINT} failed APPLY007: SageMaker rolled it back",
    ]


def test_a_wait_in_one_state_is_repeated_every_thirty_seconds():
    polls = [events.waiting("Creating", 100.0 + second) for second in range(0, 95, 5)]
    assert [line[:9] for line in lines_of(plain, polls)] == [
        "[   0.0s]", "[  30.0s]", "[  60.0s]", "[  90.0s]",
    ]  # fmt: skip


STOPPED = [
    *events.RUN[:6],
    StepFailed(
        str(events.ENDPOINT), events.ENDPOINT, events.UPDATE, 103.0, "APPLY010",
        "interrupted while AWS works on it", "run it again",
    ),
    StepSkipped(str(events.ALARM), events.ALARM, events.CREATE, 103.0, "interrupted"),
    RunFinished(1, 1, 1, 103.0),
]  # fmt: skip
"""Ctrl-C while the endpoint takes its time."""
STEPS = plan(
    made("IAM::Role", "acme-prod-train"),
    updated("SageMaker::Endpoint", "acme-prod-fraud"),
    made("CloudWatch::Alarm", "acme-prod-fraud-latency"),
)
ENDED = Ended((str(events.ROLE),), (str(events.ENDPOINT),), (str(events.ALARM),), interrupted=True)


@pytest.mark.parametrize("on_a_terminal", [False, True])
def test_an_interruption_lists_each_step_once(on_a_terminal):
    console = terminal()
    if on_a_terminal:
        with progress.live(console, 3) as sink:
            for event in STOPPED:
                sink(event)
        lines = [line for line in shown(console).splitlines() if "✓" in line or "✗" in line]
    else:
        lines = lines_of(plain, STOPPED)
    lines += outcome_text(STEPS, ENDED, STOPPED, color=False).splitlines()
    for step in STEPS.steps:
        found = [line for line in lines if re.search(rf"{step.address.name}(?![\w-])", line)]
        assert len(found) == 1, found


def test_a_replacement_is_one_change_of_the_bar_and_of_the_outcome():
    old, new = replaced("SNS::Topic", "t")
    whole = plan(old, new, made("IAM::Role", "r"))
    run = [StepFinished(each.id, each.address, each.action, 1.0) for each in whole.steps]
    console = terminal()
    changes = tally.mains(whole.steps)
    with progress.live(console, len({*changes.values()}), changes) as sink:
        sink(run[0])
        assert "0/2" in shown(console)
        for event in run[1:]:
            sink(event)
    assert "2/2" in shown(console)
    half = Ended((old.id,), (), (new.id, whole.steps[2].id))
    said = outcome_text(whole, half, [], color=False)
    assert "2 not tried" in said
    assert said.count("± replace") == 1


def test_a_step_that_ends_twice_is_counted_once():
    done = StepFinished(str(events.ROLE), events.ROLE, events.CREATE, 1.0)
    late = StepFailed(str(events.ROLE), events.ROLE, events.CREATE, 2.0, "APPLY007", "gone again")
    console = terminal()
    with progress.live(console, 2) as sink:
        sink(done)
        sink(late)
    assert "2/2" not in shown(console)


def test_json_lines_are_one_object_for_each_event():
    found = [json.loads(line) for line in lines_of(progress.json_lines)]
    assert [each["event"] for each in found] == [
        *["step_started", "call_sent", "call_sent", "step_finished"],
        *["step_started", "call_sent", *["step_waiting"] * 4],
        *["step_failed", "step_skipped", "run_finished"],
    ]
    assert found[0] == {
        "event": "step_started",
        "at": 100.0,
        "step": str(events.ROLE),
        "type": "AWS::IAM::Role",
        "name": "acme-prod-train",
        "action": "create",
    }


def test_json_lines_leave_parameters_of_calls_out():
    assert not any("Secret" in line for line in lines_of(progress.json_lines))


def test_tee_hands_events_to_every_sink_in_order():
    seen: list[tuple[int, Any]] = []
    sink = progress.tee(lambda e: seen.append((1, e)), lambda e: seen.append((2, e)))
    sink(events.RUN[0])
    assert seen == [(1, events.RUN[0]), (2, events.RUN[0])]


def terminal() -> Console:
    return Console(file=io.StringIO(), force_terminal=True, width=100, color_system=None)


def shown(console: Console) -> str:
    assert isinstance(console.file, io.StringIO)
    return console.file.getvalue()


def test_live_leaves_a_line_for_each_step_that_ended():
    console = terminal()
    with progress.live(console, 3) as sink:
        for event in events.RUN:
            sink(event)
    text = shown(console)
    assert "✓ create  AWS::IAM::Role acme-prod-train  2 calls, 1.5 s" in text
    assert "✗ update  AWS::SageMaker::Endpoint acme-prod-fraud  APPLY007: SageMaker" in text
    assert "acme-prod-fraud-latency" not in text, "the outcome names what was not tried"


def test_live_shows_the_whole_name_and_the_state_of_a_running_step():
    console = Console(file=io.StringIO(), force_terminal=True, width=80, color_system=None)
    with progress.live(console, 3) as sink:
        for event in events.RUN[4:8]:
            sink(event)
    assert "~ Endpoint acme-prod-fraud Updating" in shown(console)


def test_live_takes_its_display_away_at_the_end():
    console = terminal()
    with progress.live(console, 3) as sink:
        sink(events.RUN[0])
    assert shown(console).endswith("\x1b[1A\x1b[2K")


def test_live_reads_names_as_text_and_not_as_markup():
    console = terminal()
    with progress.live(console, 1) as sink:
        address = events.Address("AWS::SNS::Topic", "[red]\x1b[31m")
        sink(StepFinished("s", address, events.CREATE, 1.0))
    assert "[red]\\x1b[31m" in shown(console)


@pytest.mark.parametrize("name", ["rich", "cfnlint"])
def test_heavy_libraries_are_not_imported_with_the_renderers(name, tmp_path):
    import subprocess
    import sys

    code = (
        "import sys; from reconciler.render.cloudformation import template;"
        "from reconciler.render.machine import graph;"
        "from reconciler.render.text import drift, plan, progress;"
        f"sys.exit({name!r} in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
