"""Commands that are stopped in the middle: nothing is lost, and a rerun goes on."""

from __future__ import annotations

import signal

import pytest
from sweeps import only_long

from .folder import Folder
from .mistakes import spec
from .result import Result

PLAN = ("plan", "-e", "local", "--json", "--detailed-exitcode")
APPLY = ("apply", "-e", "local", "--yes")
DEV = "environments/dev.yaml"
DETECTOR = "acme-local-fraud-detector"


@pytest.fixture(scope="module")
def stopped(disposable: Folder) -> dict[str, Result]:
    """Ctrl-C while an endpoint takes its time; then it is ready and apply goes on."""
    disposable.edit(
        DEV, "endpointInstanceType: ml.c6i.large", "endpointInstanceType: ml.c6i.xlarge"
    )
    disposable.control("clock", {"mode": "manual", "durations": {"endpoint": 3600}})
    first = disposable.stop_after(f"{DETECTOR} Updating", signal.SIGINT, *APPLY)
    configs = disposable.client("sagemaker").list_endpoint_configs(NameContains=DETECTOR)
    kept = len(configs["EndpointConfigs"])  # the old one, both versions' together, the new one
    assert kept == 3, "a config went before its endpoint moved"
    disposable.control("clock", {"advance": 3700})
    return {"first": first, "rerun": disposable.run(*APPLY), "plan": disposable.run(*PLAN)}


def test_ctrl_c_ends_with_an_error_and_says_what_remains(stopped: dict[str, Result]) -> None:
    first = stopped["first"]
    assert first.code == 1
    assert "APPLY010" in first.text
    assert DETECTOR in first.out


def test_after_ctrl_c_a_rerun_finishes(stopped: dict[str, Result]) -> None:
    assert stopped["rerun"].code == 0, stopped["rerun"].text[-2000:]
    assert (stopped["plan"].code, stopped["plan"].steps) == (0, [])


@only_long
def test_killed_in_the_middle_a_rerun_converges(disposable: Folder) -> None:
    disposable.edit(DEV, "cost-centre: fraud-4711", "cost-centre: fraud-4712")
    disposable.write("specs/data/ledger.yaml", spec("DataSource", "ledger", "  s3: {}\n"))
    killed = disposable.stop_after("done", signal.SIGKILL, *APPLY)
    assert killed.code == -signal.SIGKILL
    rerun = disposable.run(*APPLY, "--json", expect=0).json
    assert len(rerun["outcome"]["done"]) == len(rerun["plan"]["steps"]) > 0
    assert rerun["plan"]["summary"]["unchanged"] > 0
    assert disposable.run(*PLAN, expect=0).steps == []
