"""`moorline sandbox`: its state is this folder's, and survives a restart."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sweeps import only_long

from reconciler.sandbox import lifecycle
from reconciler.sandbox.home import place

from .folder import Apart, Folder

BUCKET = "kept-while-stopped"
LOCATION = {"LocationConstraint": "eu-west-1"}


def buckets(folder: Folder) -> list[str]:
    return [bucket["Name"] for bucket in folder.client("s3").list_buckets()["Buckets"]]


def test_a_sandbox_starts_answers_keeps_its_state_and_is_emptied(small: Folder) -> None:
    def sandbox(verb: str, *more: str) -> dict[str, object]:
        return small.run("sandbox", verb, "--json", *more, expect=0).json

    assert sandbox("status")["running"] is False
    assert sandbox("stop")["stopped"] is False

    first = sandbox("start")
    assert first["running"] is True
    assert sandbox("start")["pid"] == first["pid"]
    small.client("s3").create_bucket(Bucket=BUCKET, CreateBucketConfiguration=LOCATION)
    assert sandbox("status")["resources"] == {"s3:bucket": 1}

    assert sandbox("stop")["stopped"] is True
    assert lifecycle.find(small.state) is None
    assert sandbox("start")["pid"] != first["pid"]
    assert buckets(small) == [BUCKET]

    assert sandbox("reset")["reset"] is True
    assert buckets(small) == []


def test_it_throttles_and_commands_keep_to_its_rates(small: Folder) -> None:
    def throttle(*more: str) -> dict[str, object]:
        return small.run("sandbox", "throttle", "--json", *more, expect=0).json

    small.run("sandbox", "stop", expect=0)
    assert throttle()["running"] is False
    small.run("sandbox", "start", expect=0)
    running = lifecycle.find(small.state)
    assert running is not None
    assert lifecycle.pace(running) is None
    assert throttle("--share", "0.5")["share"] == 0.5
    assert lifecycle.pace(running) == lifecycle.control(running, "clock")["speed"]
    small.run("plan", "-e", "local", expect=0)
    assert throttle("--off")["share"] == 0
    assert lifecycle.pace(running) is None
    small.run("sandbox", "throttle", "--share", "0", expect=1)


def test_the_words_for_people_are_one_line(small: Folder) -> None:
    for verb in ("status", "stop", "reset"):
        said = small.run("sandbox", verb, expect=0)
        assert (said.out.count("\n"), said.err) == (1, "")


def test_a_sandbox_that_cannot_start_is_a_finding(small: Folder) -> None:
    lifecycle.stop(small.state)
    state = small.state
    place.prepared(state)
    kept = state.with_name("kept")
    state.rename(kept)
    state.write_text("in the way")
    try:
        assert small.run("plan", "-e", "local", "--json", expect=1).codes == ["SANDBOX001"]
        assert small.run("sandbox", "start", "--json", expect=1).codes == ["SANDBOX001"]
    finally:
        state.unlink()
        kept.rename(state)


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    folder = Apart(tmp_path / "project")
    folder.path.mkdir()
    yield folder
    folder.path.mkdir(exist_ok=True)
    folder.run("sandbox", "stop", "--all")


@only_long
def test_a_sandbox_whose_folder_is_gone_is_listed_and_stopped(apart: Apart) -> None:
    assert apart.run("sandbox", "list", expect=0).out == "no folder has a sandbox\n"
    started = apart.run("sandbox", "start", "--json", expect=0).json
    apart.path.rename(apart.path.with_name("moved"))
    other = Apart(apart.path.with_name("moved"))
    other.home.symlink_to(apart.home)  # the user may keep the state elsewhere
    assert other.run("sandbox", "status", "--json", expect=0).json["running"] is False
    (found,) = other.run("sandbox", "list", "--json", expect=0).json["sandboxes"]
    assert (found["project"], found["exists"]) == (str(apart.path.resolve()), False)
    assert (found["running"], found["pid"]) == (True, started["pid"])
    assert "which is gone" in other.run("sandbox", "list", expect=0).out
    assert other.run("sandbox", "stop", "--all", "--json", expect=0).json["stopped"] == 1
    assert other.run("sandbox", "stop", "--all", "--json", expect=0).json["stopped"] == 0
    (found,) = other.run("sandbox", "list", "--json", expect=0).json["sandboxes"]
    assert found["running"] is False


def test_a_time_that_is_none_is_a_finding(apart: Apart) -> None:
    assert apart.run("sandbox", "start", "--idle", "soon", "--json", expect=1).codes == [
        "SANDBOX001"
    ]
    said = apart.given({"MOORLINE_SANDBOX_IDLE": "soon"}, "sandbox", "start", "--json")
    assert (said.code, said.codes) == (1, ["SANDBOX001"])
