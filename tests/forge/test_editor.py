"""Who wrote a comment and who changed it last, as the forge says it."""

from __future__ import annotations

import pytest

from reconciler.forge.api import Comment, ForgeError, Trouble

from .conftest import Scene
from .store import BOT, PERSON, number_of


def only(scene: Scene) -> Comment:
    (comment,) = scene.client().comments()
    return comment


def test_a_comment_has_the_number_of_its_author(scene: Scene) -> None:
    scene.store.note(7, PERSON, "hello")

    assert (only(scene).author, only(scene).author_id) == (PERSON, number_of(PERSON))


def test_a_comment_that_nobody_changed_has_no_editor(scene: Scene) -> None:
    scene.client().create_comment("hello")

    assert scene.client().edited_by(only(scene)) == ""


def test_the_editor_is_who_changed_it_last(scene: Scene) -> None:
    client = scene.client()
    made = client.create_comment("hello")
    scene.store.notes[0].editor = PERSON

    assert client.edited_by(only(scene)) == PERSON
    client.update_comment(made.id, "hello again")
    assert client.edited_by(only(scene)) == BOT == only(scene).author


def test_a_comment_that_is_gone_has_no_answer(scene: Scene) -> None:
    scene.client().create_comment("hello")
    comment = only(scene)
    scene.store.notes.clear()

    with pytest.raises(ForgeError) as caught:
        scene.client().edited_by(comment)
    assert caught.value.trouble is Trouble.REFUSED


@pytest.mark.parametrize("fault", ["html", "odd", "forbidden", "moved"])
def test_a_forge_that_does_not_say_it_is_not_believed(scene: Scene, fault: str) -> None:
    scene.client().create_comment("hello")
    comment = only(scene)
    scene.state.faults.append(fault)

    with pytest.raises(ForgeError):
        scene.client().edited_by(comment)
