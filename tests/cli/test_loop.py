"""The loop on the example: plan, apply, nothing to do; what it waits for is there; again."""

from __future__ import annotations

from pathlib import Path

import pytest

from .result import Result

Story = dict[str, Result]
WAITING = {
    "acme-local-fraud-detector", "acme-local-fallback-scorer", "acme-local-scheme-reports",
}  # fmt: skip
"""One waits for an approved version, one for its file, and a source for its secret."""


@pytest.fixture(scope="module")
def story(told: tuple[Path, Story]) -> Story:
    return told[1]


@pytest.mark.parametrize(
    ("command", "code"),
    [
        pytest.param("first plan", 2, id="2 for a plan with changes when asked in detail"),
        pytest.param("first apply", 0, id="0 for an apply that did everything"),
        pytest.param("rollout plan", 2, id="2 for a plan of the rollout"),
        pytest.param("rollout apply", 0, id="0 for an apply of the rollout"),
        pytest.param("last plan", 0, id="0 for a plan without changes"),
    ],
)
def test_the_exit_code_is(command: str, code: int, story: Story) -> None:
    assert story[command].code == code, story[command].text[-2000:]


def test_the_first_plan_only_creates(story: Story) -> None:
    assert {action for action, _ in story["first plan"].steps} == {"create"}
    assert len(story["first plan"].steps) >= 35


def test_what_is_without_its_model_or_secret_waits_and_says_so(story: Story) -> None:
    found = story["first plan"].codes
    assert (set(found), found.count("PLAN010")) == ({"ACCESS001", "PLAN010"}, 3)
    assert not WAITING & {name for _, name in story["first plan"].steps}


def test_models_and_a_secret_make_what_waited_and_nothing_else(story: Story) -> None:
    steps = story["rollout plan"].steps
    assert {name for _, name in steps} >= WAITING
    assert {action for action, _ in steps} == {"create"}
    assert [name for _, name in steps if not any(each in name for each in WAITING)] == []
    assert set(story["rollout plan"].codes) == {"SECRET005", "STATE003"}


def test_apply_carries_out_the_plan_that_was_shown(story: Story) -> None:
    shown, done = story["rollout plan"].json, story["rollout apply"].json
    assert done["plan"]["digest"] == shown["digest"]
    assert sorted(done["outcome"]["done"]) == sorted(step["id"] for step in shown["steps"])
    assert (done["outcome"]["failed"], done["failures"]) == ([], [])


def test_after_it_nothing_is_left(story: Story) -> None:
    last = story["last plan"].json
    assert last["steps"] == []
    first, rollout = story["first plan"], story["rollout plan"]
    assert rollout.json["summary"]["unchanged"] == len(first.steps)
    assert last["summary"]["unchanged"] == len(first.steps) + len(rollout.steps)


def test_apply_reports_each_step_on_standard_error_and_the_result_on_standard_output(
    story: Story,
) -> None:
    said = story["first apply"]
    for _, name in story["first plan"].steps:
        assert any(name in line and "done" in line for line in said.err.splitlines()), name
    assert "Applied" in said.out


def test_with_json_apply_prints_nothing_else(story: Story) -> None:
    said = story["rollout apply"].err.splitlines()  # a slow machine is told that AWS is read
    assert [line for line in said if not line.startswith("reading AWS")] == []
