"""One comment, whoever comments at the same time."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from sweeps import LONG, met

from reconciler.forge.api import LIMIT
from reconciler.forge.sticky import Done, Outcome, Post, TooLongError, upsert

from .conftest import Scene
from .store import BOT, PERSON, Direct, Store

MARKER = "<!-- moorline:plan:prod -->"


def post(text: str = "one bucket", run: int = 0, *, quiet: bool = False) -> Post:
    return Post(MARKER, f"{MARKER}\n{text}\n", quiet, run)


def bodies(store: Store) -> list[str]:
    return [each.body for each in store.notes if each.author == BOT]


# -- one after the other


def test_the_first_run_comments(scene: Scene) -> None:
    outcome = upsert(scene.client(), post())
    assert outcome.done is Done.CREATED
    assert bodies(scene.store) == [post().body]


def test_an_unchanged_text_writes_nothing(scene: Scene) -> None:
    upsert(scene.client(), post(run=1))
    scene.state.asked.clear()
    assert upsert(scene.client(), post(run=2)).done is Done.UNCHANGED
    assert [each for each in scene.state.written if "graphql" not in each] == []


def test_a_changed_text_is_edited_in_place(scene: Scene) -> None:
    upsert(scene.client(), post("one", 1))
    (note,) = scene.store.notes
    id_ = note.id
    assert upsert(scene.client(), post("two", 2)).done is Done.UPDATED
    assert [(each.id, "two" in each.body) for each in scene.store.notes] == [(id_, True)]


def test_a_comment_among_hundreds_is_found(scene: Scene) -> None:
    scene.state.page = 3
    for number in range(20):
        scene.store.note(7, PERSON, f"remark {number}")
    upsert(scene.client(), post("one"))
    for number in range(20):
        scene.store.note(7, PERSON, f"more {number}")
    upsert(scene.client(), post("two"))
    assert bodies(scene.store) == [post("two").body]


def test_nothing_to_say_makes_no_comment(scene: Scene) -> None:
    assert upsert(scene.client(), post(quiet=True)).done is Done.SILENT
    assert scene.state.written == []


def test_nothing_left_to_say_takes_back_what_was_said(scene: Scene) -> None:
    upsert(scene.client(), post("one bucket"))
    assert upsert(scene.client(), post("nothing", quiet=True)).done is Done.UPDATED
    assert bodies(scene.store) == [post("nothing").body]


@pytest.mark.parametrize(
    ("author", "body"),
    [
        pytest.param(PERSON, f"{MARKER}\nmine", id="a person who begins with the marker"),
        pytest.param(PERSON, f"look:\n> {MARKER}\n> one", id="a person who quotes it"),
        pytest.param(BOT, f"see\n{MARKER}", id="the same bot, with the marker further down"),
        pytest.param("other[bot]", f"{MARKER}\nx", id="another bot"),
        pytest.param(BOT, MARKER.replace("prod", "dev"), id="the comment of another environment"),
    ],
)
def test_what_somebody_else_wrote_stays(author: str, body: str, scene: Scene) -> None:
    note = scene.store.note(7, author, body)
    assert upsert(scene.client(), post()).done is Done.CREATED
    assert note in scene.store.notes
    assert note.body == body
    assert upsert(scene.client(), post("two")).done is Done.UPDATED
    assert note.body == body


def test_doubles_of_a_killed_run_are_removed(scene: Scene) -> None:
    oldest, *_ = [scene.store.note(7, BOT, post(text).body) for text in ("one", "two", "three")]
    assert upsert(scene.client(), post("four")).removed == 2
    assert scene.store.notes == [oldest]
    assert oldest.body == post("four").body


def test_an_older_run_leaves_the_text_of_a_newer_one(scene: Scene) -> None:
    upsert(scene.client(), post("new", 20))
    assert upsert(scene.client(), post("old", 19)).done is Done.OLDER
    assert "new" in bodies(scene.store)[0]


def test_a_run_without_a_number_is_taken_for_the_newest(scene: Scene) -> None:
    upsert(scene.client(), post("one", 20))
    assert upsert(scene.client(), post("by hand")).done is Done.UPDATED


@pytest.mark.parametrize("run", [0, 12345678901])
def test_the_longest_text_fits(run: int, scene: Scene) -> None:
    text = "x" * (LIMIT - len(MARKER) - 2)
    assert upsert(scene.client(), post(text, run)).done is Done.CREATED
    assert upsert(scene.client(), post(text, run)).done is Done.UNCHANGED


def test_a_longer_one_is_not_sent(scene: Scene) -> None:
    with pytest.raises(TooLongError):
        upsert(scene.client(), post("x" * LIMIT))
    assert scene.state.asked == []


def test_line_ends_that_the_forge_changed_are_no_difference(scene: Scene) -> None:
    upsert(scene.client(), post("one\ntwo"))
    scene.store.notes[0].body = scene.store.notes[0].body.replace("\n", "\r\n").rstrip()
    assert upsert(scene.client(), post("one\ntwo")).done is Done.UNCHANGED


class Lagging(Direct):
    """A forge whose lists do not have the newest comment yet."""

    def comments(self):
        return super().comments()[:-1]


def test_a_list_that_lags_behind_makes_one_comment() -> None:
    store = Store()
    assert upsert(Lagging(store), post()).done is Done.CREATED
    assert len(store.notes) == 1


class Deleted(Direct):
    """A person deletes the comment right before it is edited."""

    def update_comment(self, id_, body):
        self.store.notes.clear()
        return super().update_comment(id_, body)


def test_a_comment_that_is_deleted_meanwhile_is_made_again() -> None:
    store = Store()
    store.note(7, BOT, post("one").body)
    assert upsert(Deleted(store), post("two")).done is Done.CREATED
    assert bodies(store) == [post("two").body]


# -- at once


class Turns(Direct):
    """A forge whose calls wait for their turn."""

    def __init__(self, store: Store, wait: Callable[[], None]) -> None:
        super().__init__(store)
        self._wait = wait

    def __getattribute__(self, name: str):
        if name in {"comments", "create_comment", "update_comment", "delete_comment"}:
            object.__getattribute__(self, "_wait")()
        return object.__getattribute__(self, name)


class Race:
    """Runs that take turns as a schedule says; past its end, the first that is not done."""

    def __init__(self, store: Store, posts: list[Post], schedule: tuple[int, ...]) -> None:
        self.schedule, self.taken, self.choices = schedule, [], []
        self.go = [threading.Semaphore(0) for _ in posts]
        self.back = threading.Semaphore(0)
        self.over: set[int] = set()
        self.outcomes: dict[int, Outcome | Exception] = {}
        self.threads = [
            threading.Thread(target=self._run, args=(number, store, each))
            for number, each in enumerate(posts)
        ]

    def _run(self, number: int, store: Store, each: Post) -> None:
        self.go[number].acquire()

        def wait() -> None:
            self.back.release()
            self.go[number].acquire()

        try:
            self.outcomes[number] = upsert(Turns(store, wait), each)
        except Exception as error:  # noqa: BLE001 - the test looks at it
            self.outcomes[number] = error
        self.over.add(number)
        self.back.release()

    def run(self) -> None:
        for thread in self.threads:
            thread.start()
        for go in self.go:  # up to the first call
            go.release()
            self.back.acquire()
        while alive := [n for n in range(len(self.go)) if n not in self.over]:
            step = len(self.taken)
            wanted = self.schedule[step] if step < len(self.schedule) else alive[0]
            turn = wanted if wanted in alive else alive[0]
            self.choices.append(alive)
            self.taken.append(turn)
            self.go[turn].release()
            self.back.acquire()
        for thread in self.threads:
            thread.join()


def every_interleaving(
    start: Callable[[], Store], posts: list[Post]
) -> Iterator[tuple[Store, Race]]:
    """Each order of the calls of all runs, once."""
    todo: list[tuple[int, ...]] = [()]
    while todo:
        schedule = todo.pop()
        store = start()
        race = Race(store, posts, schedule)
        race.run()
        yield store, race
        for step in range(len(schedule), len(race.taken)):
            others = [each for each in race.choices[step] if each != race.taken[step]]
            todo += [(*race.taken[:step], other) for other in others]


def with_one() -> Store:
    store = Store()
    store.note(7, PERSON, f"> {MARKER}")
    store.note(7, BOT, post("before", 1).body)
    return store


def with_doubles() -> Store:
    store = with_one()
    store.note(7, BOT, post("double", 1).body)
    return store


STARTS = {"no comment": Store, "one comment": with_one, "doubles": with_doubles}


@pytest.mark.parametrize(("begin", "runs"), met(STARTS, [(5, 6), (0, 0)]))
def test_two_runs_at_once_leave_one_comment(begin: str, runs: tuple[int, int]) -> None:
    start = STARTS[begin]
    posts = [post("first", runs[0]), post("second", runs[1])]
    taken = []
    for store, race in every_interleaving(start, posts):
        taken.append(tuple(race.taken))
        assert all(isinstance(each, Outcome) for each in race.outcomes.values()), race.outcomes
        (body,) = bodies(store)
        assert ("first" in body) or ("second" in body), (race.taken, body)
        people = [each.body for each in store.notes if each.author == PERSON]
        assert people == [each.body for each in start().notes if each.author == PERSON]
    assert len(taken) == len(set(taken)) >= 6


def test_when_both_make_the_comment_the_newer_run_has_the_last_word() -> None:
    for newer in (0, 1):
        posts = [post("old", 5), post("old", 5)]
        posts[newer] = post("new", 6)
        for store, race in every_interleaving(Store, posts):
            assert "new" in bodies(store)[0], race.taken


def test_three_runs_at_once_leave_one_comment() -> None:
    posts = [post(f"text {n}", n) for n in (1, 2, 3)]
    for number, (store, race) in enumerate(every_interleaving(Store, posts)):
        assert len(bodies(store)) == 1, race.taken
        if number > (500 if LONG else 100):
            break
