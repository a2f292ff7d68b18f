"""Every type says what a whole answer of each of its calls has."""

from __future__ import annotations

import pytest

from reconciler.delivery.actions import methods
from reconciler.resources.api import load

SELDOM = {"AWS::Glue::Table"}
"""What says nothing of a state while nothing happens to it: only views have one."""
TYPES = sorted(type_ for type_, it in load().items() if not it.packed)


@pytest.mark.parametrize("type_", TYPES)
def test_every_read_says_what_a_whole_answer_has(type_: str) -> None:
    resource = load()[type_]
    reads, _ = methods(resource)
    assert reads <= resource.wholes.keys()
    for method in reads:
        whole = resource.wholes[method]
        assert whole.has or whole.policies or whole.one_of or whole.items or whole.empty, method


@pytest.mark.parametrize("type_", TYPES)
def test_a_description_says_whose_it_is_and_in_which_state(type_: str) -> None:
    resource = load()[type_]
    whole = resource.whole
    assert whole.same or whole.each_same or whole.empty or whole.about
    has = whole.has | {f"{whole.items}.*.{each}" for each in whole.each}
    if resource.lifecycle and type_ not in SELDOM:
        assert resource.lifecycle.field in has


@pytest.mark.parametrize("type_", TYPES)
def test_what_makes_a_resource_answers_with_the_outputs_that_later_steps_need(type_: str) -> None:
    resource = load()[type_]
    made = {".".join(path) for path in resource.created.values()}
    assert made <= resource.wholes[resource.create.method].has
