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


def comment(text: str, author: str = "bot") -> Comment:
    return Comment(1, author, f"{MARKER}\n{text}\n")


@pytest.mark.parametrize(
    ("comments", "digest"),
    [
        pytest.param([comment(f"plan `{DIGEST[:16]}` · commit `1`")], DIGEST[:16], id="ours"),
        pytest.param([comment(f"plan `{DIGEST[:16]}` · x", "eve")], "", id="someone else's"),
        pytest.param([comment("## nothing to do")], "", id="without a plan"),
        pytest.param([comment(f"> plan `{DIGEST[:16]}` · x")], "", id="quoted by a spec"),
        pytest.param(
            [comment(f"plan `{'0' * 16}` · x\n\nplan `{DIGEST[:16]}` · y")], DIGEST[:16], id="last"
        ),
        pytest.param([Comment(1, "bot", f"plan `{DIGEST[:16]}` · x")], "", id="without the marker"),
        pytest.param([], "", id="no comment"),
    ],
)
def test_the_digest_is_that_of_our_comment(comments: list[Comment], digest: str) -> None:
    assert merged.planned(comments, MARKER, lambda: "bot") == digest


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


def test_gitlab_lists_merged_and_open_requests() -> None:
    place = Place(GITLAB, "https://gitlab.test/api/v4", "acme/platform", Secret("x"))
    found = [{"iid": 3, "state": "opened"}, {"iid": 4, "state": "merged"}]

    assert merged.numbers(place, found) == [4]
    assert merged.path_of(place, "a/b") == (
        "projects/acme%2Fplatform/repository/commits/a%2Fb/merge_requests"
    )
