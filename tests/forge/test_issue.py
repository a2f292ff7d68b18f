"""One issue for the drift of an environment, from the first morning to the last."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from reconciler.forge import drift, issue
from reconciler.forge.api import LIMIT
from reconciler.forge.issue import LABEL, Done, marker, upsert
from reconciler.render.comment import comment

from .conftest import Scene
from .store import BOT, PERSON, Direct, Store

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)


def field(path: str, declared: Any, live: Any) -> dict[str, Any]:
    parts = path.split(".")
    return {"path": parts, "declared": declared, "live": live, "cause": "changed-by-hand"}


def entry(name: str, *fields: dict[str, Any], kind: str = "changed") -> dict[str, Any]:
    at = {"file": "specs/a.yaml", "line": 3, "column": 1}
    head = {"type": "AWS::S3::Bucket", "name": name, "kind": kind, "at": at}
    return {**head, "fields": list(fields)}


def document(*entries: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"environment": "prod", "drifted": list(entries), "diagnostics": []} | more


ONE = document(entry("ledger", field("Threshold", 250000, 400000)))
TWO = document(entry("ledger", field("Threshold", 250000, 400000)), entry("log", kind="missing"))
NONE = document()


def tell(scene: Scene, data: dict[str, Any], now: datetime = NOW) -> Done:
    return upsert(scene.client(), drift.read(data), now).done


def test_the_first_drift_makes_an_issue(scene: Scene) -> None:
    assert tell(scene, ONE) is Done.CREATED
    (ticket,) = scene.store.tickets
    assert ticket.labels == [LABEL]
    assert ticket.title == "Drift in prod: 1 resource differs from the specs"
    assert "`400000`" in ticket.body


def test_the_same_drift_writes_nothing(scene: Scene) -> None:
    tell(scene, ONE)
    scene.state.asked.clear()
    other_value = document(entry("ledger", field("Threshold", 250000, 500000)))
    assert tell(scene, other_value) is Done.UNCHANGED
    assert [each for each in scene.state.written if "graphql" not in each] == []


def test_more_drift_is_written_into_the_same_issue(scene: Scene) -> None:
    tell(scene, ONE)
    assert tell(scene, TWO) is Done.UPDATED
    (ticket,) = scene.store.tickets
    assert "2 resources differ" in ticket.title
    assert "`log`" in ticket.body


def test_the_end_of_drift_closes_it_with_a_word(scene: Scene) -> None:
    tell(scene, ONE)
    assert tell(scene, NONE) is Done.CLOSED
    (ticket,) = scene.store.tickets
    assert ticket.closed
    assert ticket.said == [issue.GONE]
    assert tell(scene, NONE) is Done.SILENT


def test_no_drift_and_no_issue_is_silence(scene: Scene) -> None:
    assert tell(scene, NONE) is Done.SILENT
    assert scene.state.written == []


@pytest.mark.parametrize(
    ("days", "done"),
    [
        pytest.param(1, Done.REOPENED, id="the next day opens it again"),
        pytest.param(30, Done.REOPENED, id="a month later too"),
        pytest.param(31, Done.CREATED, id="later it is a new one"),
    ],
)
def test_drift_that_returns(days: int, done: Done, scene: Scene) -> None:
    tell(scene, ONE)
    scene.store.close(scene.store.tickets[0], f"{NOW:%Y-%m-%dT%H:%M:%SZ}")
    assert tell(scene, TWO, NOW + timedelta(days=days)) is done
    assert [bool(each.closed) for each in scene.store.tickets] == (
        [False] if done is Done.REOPENED else [True, False]
    )
    assert "`log`" in scene.store.tickets[-1].body


@pytest.mark.parametrize(
    ("author", "body"),
    [
        pytest.param(PERSON, f"{marker('prod')}\nmine", id="a person's, with the marker"),
        pytest.param(BOT, f"about {marker('prod')}", id="one with the marker further down"),
        pytest.param(BOT, marker("dev"), id="another environment's"),
    ],
)
def test_issues_that_are_not_ours_stay(author: str, body: str, scene: Scene) -> None:
    scene.store.ticket(author, "t", body, [LABEL])
    assert tell(scene, ONE) is Done.CREATED
    assert tell(scene, NONE) is Done.CLOSED
    assert (scene.store.tickets[0].body, scene.store.tickets[0].closed) == (body, "")


class Behind(Direct):
    """Another run makes its issue right before ours."""

    def create_issue(self, title: str, body: str, label: str):
        super().create_issue(title, body, label)
        return super().create_issue(title, body, label)


def test_two_runs_at_once_leave_one_open_issue() -> None:
    store = Store()
    assert upsert(Behind(store), drift.read(ONE), NOW).done is Done.CREATED
    assert [bool(each.closed) for each in store.tickets] == [False, True]
    assert "#1" in store.tickets[1].said[0]


# -- the report


@pytest.mark.parametrize(
    "data",
    [
        pytest.param([], id="a list"),
        pytest.param(
            {"diagnostics": [{"code": "AWS001", "severity": "error"}]}, id="a failed look"
        ),
        pytest.param(
            document(diagnostics=[{"code": "AWS001", "severity": "error"}]), id="one with errors"
        ),
        pytest.param(document(environment="a --> @everyone"), id="a name that is none"),
        pytest.param(document(environment="a--b"), id="a name that would end the marker"),
        pytest.param(document({"type": "x"}), id="an entry of another form"),
    ],
)
def test_it_is_refused(data: Any) -> None:
    with pytest.raises(ValueError, match=r"it |a part"):
        drift.read(data)


def test_what_stays_by_itself_is_drift_too() -> None:
    found = {"code": "PLAN004", "severity": "warning", "address": "T/a", "message": "stays"}
    report = drift.read(document(diagnostics=[found]))
    assert report.drifted
    assert report.number == 1


def test_the_fingerprint_is_of_places_whatever_their_order() -> None:
    entries = TWO["drifted"]
    assert drift.read(document(*reversed(entries))).fingerprint == drift.read(TWO).fingerprint
    assert drift.read(ONE).fingerprint != drift.read(TWO).fingerprint


def test_the_marker_is_that_of_the_markdown_of_drift() -> None:
    for name in ("prod", "eu-west-1.prod_2", "a"):
        assert marker(name) == comment.marker(name, "drift")


@pytest.mark.parametrize(
    "text",
    ["@org/team", "<img src=x>", "`@all`", "``` \n# h", "[x](http://e.vil)", "-->", "a\u202eb"],
)
def test_values_stand_in_code(text: str) -> None:
    report = drift.read(document(entry(text, field("A", text, {"k": text}))))
    for line in report.lines:
        bare = line
        while "`" in bare:
            start = bare.index("`")
            fence = bare[start : start + len(bare[start:]) - len(bare[start:].lstrip("`"))]
            end = bare.index(fence, start + len(fence))
            bare = bare[:start] + bare[end + len(fence) :]
        assert not set("@<[#\n\u202e") & set(bare)


def test_secrets_of_the_report_stay_hidden() -> None:
    hidden = {"$mark": "sensitive"}
    assert "(sensitive)" in drift.body(drift.read(document(entry("a", field("P", hidden, hidden)))))


def test_the_text_is_cut_at_what_a_forge_takes(scene: Scene) -> None:
    many = document(*(entry(f"bucket-{n}", field("P", n, n + 1)) for n in range(20_000)))
    assert tell(scene, many) is Done.CREATED
    assert len(scene.store.tickets[0].body) <= LIMIT
    assert "20000 resources" in scene.store.tickets[0].body
