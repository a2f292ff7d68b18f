"""No line is longer than the terminal, from 60 columns on, and nothing of it is left out."""

from __future__ import annotations

import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from pathlib import Path

import pytest
from hypothesis import given, settings, strategies as st
from rich.console import Console
from sweeps import LONG

from reconciler.model.diagnostic import Diagnostic, Span
from reconciler.render.text import diagnostics, drift, history, plan as text, progress
from reconciler.render.vocabulary.fold import fold
from reconciler.render.vocabulary.ink import cells

from . import events, plans
from .plans import changed, data, made, span, updated
from .test_drift import FOUND
from .test_outcome import CASES as OUTCOMES

WIDTHS = (60, 80, 120, 200)
PAINT = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]")
LONG_NAME = "acme-prod-fraud-detector-with-a-name-that-goes-on-and-on-77e0c1d4"
WIDE = updated(
    "SageMaker::EndpointConfig",
    LONG_NAME,
    changed("ProductionVariants/primary/CoreDumpConfig/DestinationS3Uri", "s3://a/b", "s3://a/c",
            at=span("rollouts/production/a-file-with-a-long-name-of-its-own", 1021)),
    changed("ExecutionRoleArn", "arn:aws:iam::1234:role/a", "arn:aws:iam::1234:role/b"),
    at=span("rollouts/production/a-file-with-a-long-name-of-its-own", 1009),
)  # fmt: skip
PLAN = data(
    WIDE,
    plans.ENDPOINT,
    plans.MODEL,
    *plans.LOST_GROUP,
    made("SNS::Topic", "t", at=span("x", 1)),
    diagnostics=(plans.deferred(),),
)
RECEIPT = {
    "id": "20261123T074415.123Z-1a2b3c4d",
    "environment": "prod", "account": "123456789012", "region": "eu-west-1",
    "who": "arn:aws:sts::123456789012:assumed-role/moorline-apply/moorline-alice@acme.example",
    "started": "2026-11-23T07:44:15Z", "ended": "2026-11-23T07:52:01Z",
    "commit": "4f2c9e1d00ff4f2c9e1d00ff4f2c9e1d00ff4f2c", "changed": True,
    "plan": "0" * 64, "result": "failed", "resumes": "", "reverts": "",
    "steps": [{"id": "s", "type": "AWS::SageMaker::EndpointConfig", "name": LONG_NAME,
               "action": "create", "result": "failed", "code": "APPLY007", "cause": "",
               "spec": ""}],
    "calls": [{"step": "s", "service": "sagemaker", "method": "create_endpoint_config",
               "seconds": 0.25, "attempts": 3, "error": "ThrottlingException"}],
    "resources": {},
}  # fmt: skip
SOURCE = "spec: {" + ", ".join(f"key{n}: value{n}" for n in range(30)) + "}"
FINDINGS = [
    Diagnostic(
        "SPEC012",
        "'recrod' is no field of this kind, which has some more; did you mean 'record'?",
        Span("specs/features/a-file-with-a-long-name-of-its-own.yaml", 1, 161, 6),
        "write the name of a field as the reference of the kind says it, or leave it out",
    ),
    Diagnostic("ENV001", f"which environment? There are: {LONG_NAME}", None, "add `-e NAME`"),
]


def outcome(width: int) -> str:
    del width
    return "\n".join(progress.outcome_text(*case, color=True) for case in OUTCOMES.values())


PAGES = {
    "plan": lambda width: text.text(PLAN, color=True, width=width),
    "plan, everything": lambda width: text.text(PLAN, color=True, width=width, verbose=True),
    "drift": lambda width: drift.text(data(*FOUND, WIDE), color=True, width=width),
    "history": lambda _: history.table([RECEIPT, RECEIPT], color=True),
    "one apply": lambda _: history.full(RECEIPT, color=True),
    "outcome": outcome,
}


def squeezed(shown: str) -> str:
    return re.sub(r"\s+", "", PAINT.sub("", shown))


def longest(shown: str) -> int:
    return max(cells(PAINT.sub("", line)) for line in shown.split("\n"))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("page", PAGES.values(), ids=PAGES)
def test_every_page_fits(page, width):
    whole = page(width)
    shown = fold(whole, width)
    assert longest(shown) <= width
    assert squeezed(shown) == squeezed(whole)
    assert fold(shown, width) == shown


@pytest.mark.parametrize("width", WIDTHS)
def test_findings_fit_and_the_caret_stays_under_the_fault(width):
    sources = {FINDINGS[0].at.file: SOURCE}
    shown = diagnostics.text(FINDINGS, sources, color=False, width=width)
    assert longest(shown) <= width
    lines = shown.split("\n")
    (caret,) = (at for at, line in enumerate(lines) if "^" in line)
    start = lines[caret].index("^")
    assert lines[caret - 1][start : start + 6] == SOURCE[160:166]
    plain = squeezed(diagnostics.text(FINDINGS, {}, color=False))
    assert plain == squeezed(diagnostics.text(FINDINGS, {}, color=False, width=width))


@pytest.mark.parametrize("width", WIDTHS)
def test_progress_fits(width):
    console = Console(file=io.StringIO(), force_terminal=True, width=width, color_system=None)
    with progress.live(console, 3) as sink:
        for event in events.RUN:
            sink(event)
    shown = PAINT.sub("\n", console.file.getvalue()).replace("\r", "\n")
    assert longest(shown) <= width
    assert "acme-prod-fraud" in shown


@pytest.mark.parametrize(
    ("line", "width", "shown"),
    [
        ("", 10, [""]),
        ("as it is", 10, ["as it is"]),
        ("one two three", 8, ["one two", "  three"]),
        ("      one two three", 16, ["      one two", "        three"]),
        ("specs/rollouts/fraud.yaml:12", 16, ["specs/rollouts/", "  fraud.yaml:12"]),
        ("AWS::S3::Bucket/acme", 12, ["AWS::S3::", "  Bucket/", "  acme"]),
        ("0123456789abcdef", 10, ["0123456789", "  abcdef"]),
        ("               at the edge", 20, ["          at the", "          edge"]),
        ("火火火火火火火火", 8, ["火火火火", "  火火火", "  火"]),
        ("\x1b[1mone two\x1b[0m three", 8, ["\x1b[1mone two\x1b[0m", "  three"]),
        ("\x1b[1mone two three\x1b[0m", 8, ["\x1b[1mone two", "  three\x1b[0m"]),
    ],
)
def test_a_line_goes_on_below(line, width, shown):
    assert fold(line, width).split("\n") == shown


@settings(max_examples=2_000 if LONG else 60, deadline=None, derandomize=True)
@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=200), st.integers(20, 90))
def test_any_text_fits_and_is_all_there(words, width):
    shown = fold(words, width)
    assert longest(shown) <= width
    assert squeezed(shown) == squeezed(words)
    painted = fold(f"\x1b[1m{words}\x1b[0m", width)
    assert PAINT.sub("", painted) == shown
    assert painted.count("\x1b") == 2


def on_a_terminal(columns: int, folder: Path, *arguments: str) -> str:
    """What a command writes to a terminal of so many columns."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    code = "from reconciler.cli.main import main; main()"
    bare = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "CI"}}
    process = subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, cwd=folder, env=bare,
    )  # fmt: skip
    os.close(theirs)
    out: list[bytes] = []

    def read() -> None:
        try:
            while part := os.read(ours, 65_536):
                out.append(part)
        except OSError:  # the other end is closed
            pass

    reader = threading.Thread(target=read)
    reader.start()
    process.wait(timeout=60)
    reader.join()
    os.close(ours)
    return b"".join(out).decode().replace("\r\n", "\n")


@pytest.mark.parametrize("arguments", [("explain", "PLAN004"), ("validate",)])
def test_a_command_asks_the_terminal_how_wide_it_is(tmp_path, arguments):
    shown = on_a_terminal(60, tmp_path, *arguments)
    assert len(shown.splitlines()) > 1
    assert longest(shown) <= 60
