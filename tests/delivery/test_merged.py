"""Which plan was reviewed: found in our own comment on the merged request."""

from __future__ import annotations

import pytest

from reconciler.delivery import changes, merged
from reconciler.delivery.merged import Merged
from reconciler.forge.api import Comment, Secret
from reconciler.forge.detect import GITHUB, GITLAB, Place
from tests.forge.store import TOKEN

from .merging import running

MARKER = "<!-- moorline:plan:prod -->"
DIGEST = "457af567b3db88130011223344556677"
COMMIT = "4f2c9e1b7d0a4f2c9e1b7d0a4f2c9e1b7d0a4f2c"


def comment(text: str, author: str = "bot", number: int = 41) -> Comment:
    return Comment(1, author, f"{MARKER}\n{text}\n", author_id=number)


GOOD = f"plan `{DIGEST[:16]}` · commit `1`"


@pytest.mark.parametrize(
    ("comments", "digest"),
    [
        pytest.param([comment(GOOD)], DIGEST[:16], id="ours"),
        pytest.param([comment(GOOD, "Bot")], DIGEST[:16], id="ours, in other letters"),
        pytest.param([comment(GOOD, "eve")], "", id="someone else's"),
        pytest.param([comment(GOOD, "")], "", id="of an account that is gone"),
        pytest.param([comment(GOOD, "eve"), comment(GOOD)], DIGEST[:16], id="after another's"),
        pytest.param([comment("## nothing to do")], "", id="without a plan"),
        pytest.param([comment(f"> {GOOD}")], "", id="quoted by a spec"),
        pytest.param([comment(f"plan `{'0' * 16}` · x\n\n{GOOD}")], DIGEST[:16], id="last"),
        pytest.param([Comment(1, "bot", GOOD)], "", id="without the marker"),
        pytest.param([], "", id="no comment"),
    ],
)
def test_the_digest_is_that_of_our_comment(comments: list[Comment], digest: str) -> None:
    found = merged.planned(7, comments, MARKER, lambda: "bot", lambda _: "")

    assert (found.number, found.digest) == (7, digest)


@pytest.mark.parametrize(
    ("author", "counts"),
    [
        ("bot", True),
        ("BOT", True),
        ("id:41", True),
        ("41", False),  # a login may be digits alone
        ("id:4", False),
        ("id:", False),
        ("", False),
        ("bot[bot]", False),
    ],
)
def test_an_author_is_named_by_login_or_by_number(author: str, counts: bool) -> None:
    assert merged.is_by(comment(GOOD), author) is counts
    assert not merged.is_by(comment(GOOD, "eve", 0), author)


@pytest.mark.parametrize(("editor", "counts"), [("", True), ("Bot", True), ("eve", False)])
def test_a_comment_that_somebody_else_changed_does_not_count(editor: str, counts: bool) -> None:
    found = merged.planned(7, [comment(GOOD)], MARKER, lambda: "bot", lambda _: editor)
    objection = merged.objection(DIGEST, "prod", COMMIT, [found])

    assert (objection is None) is counts
    if objection:
        assert objection.code == "REVIEW003"
        assert "'eve' has changed the comment in #7" in objection.message


def test_whose_comment_does_not_count_is_said() -> None:
    found = merged.planned(7, [comment(GOOD, "eve")], MARKER, lambda: "bot", lambda _: "")
    objection = merged.objection(DIGEST, "prod", COMMIT, [found])

    assert objection is not None
    assert objection.code == "REVIEW003"
    assert "the comment in #7 is by 'eve', not by 'bot'" in objection.message


@pytest.mark.parametrize(
    ("found", "code"),
    [
        pytest.param([Merged(7, DIGEST[:16])], "", id="the same"),
        pytest.param([Merged(6, "0" * 16), Merged(7, DIGEST[:16])], "", id="one of two"),
        pytest.param([Merged(7, "0" * 16)], "REVIEW001", id="another"),
        pytest.param([Merged(7)], "REVIEW002", id="no plan"),
        pytest.param([], "REVIEW002", id="no request"),
    ],
)
def test_a_plan_is_reviewed_or_it_is_said_why_not(found: list[Merged], code: str) -> None:
    objection = merged.objection(DIGEST, "prod", COMMIT, found)

    assert (objection.code if objection else "") == code


def test_github_is_asked_for_the_requests_of_a_commit() -> None:
    with running({COMMIT: 7}) as forge:
        place = Place(GITHUB, forge.github, "acme/platform", Secret(TOKEN))

        assert changes.of_commit(place, COMMIT) == [7]
        assert changes.of_commit(place, "0" * 40) == []
        assert changes.of_commit(place, "") == []


def test_a_request_that_was_merged_elsewhere_reviewed_nothing_here() -> None:
    place = Place(GITHUB, "https://github.test", "acme/platform", Secret("x"))
    when = "2026-11-23T07:00:00Z"
    found = [
        {"number": 3, "merged_at": None, "merge_commit_sha": COMMIT},
        {"number": 4, "merged_at": when, "merge_commit_sha": "0" * 40},
        {"number": 5, "merged_at": when, "merge_commit_sha": COMMIT},
    ]

    assert merged.numbers(place, found, COMMIT) == [5]


def test_gitlab_lists_merged_and_open_requests() -> None:
    place = Place(GITLAB, "https://gitlab.test/api/v4", "acme/platform", Secret("x"))
    found = [
        {"iid": 3, "state": "opened", "sha": COMMIT},
        {"iid": 4, "state": "merged", "merge_commit_sha": COMMIT},
        {"iid": 5, "state": "merged", "squash_commit_sha": COMMIT},
        {"iid": 6, "state": "merged", "merge_commit_sha": None, "sha": COMMIT},
        {"iid": 7, "state": "merged", "merge_commit_sha": "0" * 40},
    ]

    assert merged.numbers(place, found, COMMIT) == [4, 5, 6]
    assert merged.path_of(place, "a/b") == (
        "projects/acme%2Fplatform/repository/commits/a%2Fb/merge_requests"
    )
