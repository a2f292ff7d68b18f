"""Pulls run end to end on the sandbox, against a server of this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sweeps import LONG, only_long, sample

from reconciler.sandbox.inprocess import sandbox
from tests.secret.canaries import MIXED

from .pages import Answer, Interface, executions, run, served
from .platform import FAULTS, Platform, join, spec

HOST = "api.scheme.example"
VALUE = "value-" + MIXED
REST = """
  rest:
    url: https://api.scheme.example/v1/orders
    auth: {apiKey: {header: X-Api-Key, secretName: partner, member: token}}
    query: {limit: "2"}
    items: $.data
    pages: PAGES
    MORE
    land: {to: raw, path: NAME}
  columns: {id: string, amount: double}
"""
GRAPH = """
  graphql:
    url: https://api.scheme.example/graphql
    auth: {apiKey: {header: Authorization, secretName: partner, member: token}}
    query: {text: "query ($after: String) { orders(after: $after) { nodes { id } } }"}
    variables: {first: 2}
    items: $.data.orders.nodes
    pages:
      cursor:
        next: $.data.orders.pageInfo.endCursor
        hasNext: $.data.orders.pageInfo.hasNextPage
        query: after
    partial: PARTIAL
    land: {to: raw, path: NAME}
  columns: {id: string}
"""
SINCE = "since: {query: since, start: '2024-01-01T00:00:00Z'}"
EVERY = {
    "cursor": (
        "{cursor: {next: $.meta.next, query: after}}",
        f"{SINCE}\n    most: 50\n    retries: 2",
    ),
    "number": ("{number: {query: page}}", ""),
    "last": ("{number: {query: page, last: $.pages}}", ""),
    "offset": ("{offset: {size: 2}}", ""),
    "many": ("{number: {query: page, last: $.pages, parallel: 3}}", ""),
    "link": ("{link: {next: $.links.next}}", ""),
    "single": ("{single: {}}", ""),
}
PULLS = {name: said for name, said in EVERY.items() if LONG or name in {"cursor", "many", "link"}}
PARTIAL = ("fail", "land") if LONG else ("fail",)
"""In `make test` those of which another one says nothing."""


def specs() -> Iterator[str]:
    yield spec("DataSource", "raw", "{s3: {}}")
    for name, (pages, more) in PULLS.items():
        text = REST.replace("PAGES", pages).replace("MORE", more).replace("NAME", name)
        yield spec("DataSource", name, text)
    for partial in PARTIAL:
        text = GRAPH.replace("PARTIAL", partial).replace("NAME", f"graph-{partial}")
        yield spec("DataSource", f"graph-{partial}", text)


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    """All pulls, made once: each run lands in a folder of its own."""
    with sandbox() as aws:
        aws.faults = FAULTS
        made = Platform(aws)
        made.client("secretsmanager").create_secret(
            Name="partner", SecretString=json.dumps({"token": VALUE})
        )
        made.text = join(*specs())
        assert made.apply(made.plan()).failures == {}
        yield made


@pytest.fixture
def api(platform: Platform) -> Iterator[Interface]:
    with served(platform.aws, HOST) as found:
        yield found


def page(*ids: str, **more: Any) -> dict[str, Any]:
    return {"data": [{"id": each, "amount": 1.5} for each in ids], **more}


def test_three_pages_and_one_429(platform: Platform, api: Interface) -> None:
    pages = [
        page("a", "b", meta={"next": "x1"}),
        page("c", "d", meta={"next": "x2"}),
        page("e", meta={"next": None}),
    ]
    slow = Answer({"error": "slow down"}, 429)
    api.answers = [Answer(pages[0]), slow, Answer(pages[1]), Answer(pages[2])]
    ended = run(platform, "cursor")
    assert ended.status == "SUCCEEDED", ended
    mark = ended.landed.pop("watermark.json")
    assert ended.landed == {f"page-{n}.json": each for n, each in enumerate(pages, 1)}
    assert [each.query.get("after") for each in api.asked] == [None, "x1", "x1", "x2"]
    assert {each.headers["X-Api-Key"] for each in api.asked} == {VALUE}
    assert {each.query["limit"] for each in api.asked} == {"2"}
    assert ended.letters == []

    # the watermark moves when all is landed, and not before
    api.asked.clear()
    api.answers = [Answer(pages[0]), Answer({}, 404)]
    ended = run(platform, "cursor")
    assert (ended.status, ended.landed["watermark.json"]) == ("FAILED", mark)
    api.answers = [Answer(page("a"))]
    ended = run(platform, "cursor")
    assert ended.landed["watermark.json"]["at"] > mark["at"]
    assert {each.query["since"] for each in api.asked} == {mark["at"]}


@pytest.mark.parametrize(
    ("body", "text"),
    sample(
        [
            ({"data": "none"}, None),
            ({"data": {"id": "a"}}, None),
            ({"data": None}, None),
            ({"rows": []}, None),
            ({"data": [{"id": "a"}]}, None),
            ({"data": [{"id": "a", "amount": 1}, {"id": "b"}]}, None),
            ({"data": [{"id": 7, "amount": 1}]}, None),
            ({"data": [{"id": "a", "amount": "much"}]}, None),
            ({"data": ["a"]}, None),
            ([], None),
            (None, '{"data": [{"id": "a", '),
            (None, "<html>moved</html>"),
        ],
        3,
    ),
)
def test_a_malformed_page_is_kept_aside_and_ends_the_run(
    platform: Platform, api: Interface, body: Any, text: str | None
) -> None:
    good = page("a", "b", meta={"next": "x1"})
    api.answers = [Answer(good), Answer(body, text=text)]
    ended = run(platform, "cursor")
    assert (ended.status, ended.error) == ("FAILED", "Moorline.MalformedPage"), ended
    assert "page 2 is not as declared" in ended.cause
    ended.landed.pop("watermark.json", None)
    assert ended.landed == {
        "page-1.json": good,
        "rejected/page-2.json": body if text is None else text,
    }
    (letter,) = ended.letters
    assert (letter["error"], letter["step"]) == ("Moorline.MalformedPage", "pull")


@pytest.mark.scenario("D44")
def test_a_page_that_is_too_large_is_a_named_failure_and_is_not_tried_again(
    platform: Platform, api: Interface
) -> None:
    api.answers = [Answer({"data": [{"id": "x" * 300_000, "amount": 1}]})]
    ended = run(platform, "link")
    assert (ended.status, ended.error) == ("FAILED", "Moorline.PageTooLarge")
    assert len(api.asked) == 1
    assert (ended.landed, len(ended.letters)) == ({}, 1)


def carried(page_: int, here: int) -> dict[str, Any]:
    """What a run is given that goes on for another one."""
    own = {"name": f"of-{page_}", "started": "2026-11-29T00:00:00Z", "day": "2026-11-29"}
    own |= {"since": "2026-01-01T00:00:00Z"}
    return {"run": own, "next": "x1", "page": page_, "here": here, "turn": 3}


def test_what_never_ends_is_given_up(platform: Platform, api: Interface) -> None:
    api.answers = [Answer(page("a", meta={"next": "same"}))]
    assert run(platform, "cursor").error == "Moorline.CursorRepeats"
    api.asked.clear()
    api.answers = [Answer(page("a", meta={"next": n})) for n in range(9)]
    ended = run(platform, "cursor", **carried(49, 1))
    assert (ended.error, len(api.asked)) == ("Moorline.TooManyPages", 2)
    api.asked.clear()
    api.answers = [Answer({}, 503)]
    ended = run(platform, "cursor")
    assert (ended.error, len(api.asked)) == ("States.Http.StatusCode.503", 3)
    api.answers = [Answer({"message": "who?"}, 401)]
    assert run(platform, "cursor").error == "States.Http.StatusCode.401"


def test_a_run_hands_over_before_its_history_is_full(platform: Platform, api: Interface) -> None:
    api.answers = [
        Answer(page("a", meta={"next": "x2"})),
        Answer(page("b", meta={"next": ""})),
    ]
    before = len(executions(platform, "cursor"))
    ended = run(platform, "cursor", **carried(7, 100_000))
    assert ended.status == "SUCCEEDED", ended
    assert {*ended.landed} >= {"page-7.json", "page-8.json"}
    assert [each.query["after"] for each in api.asked] == ["x1", "x2"]
    assert len(executions(platform, "cursor")) == before + 2
    assert ended.landed["watermark.json"]["at"] == "2026-11-29T00:00:00Z"


@only_long
def test_numbered_pages_end_with_the_last_or_with_an_empty_one(
    platform: Platform, api: Interface
) -> None:
    api.by_page = {"1": Answer(page("a")), "2": Answer(page("b")), "3": Answer(page())}
    assert {*run(platform, "number").landed} == {"page-1.json", "page-2.json"}
    api.by_page = {"1": Answer(page("a", pages=2)), "2": Answer(page())}
    api.asked.clear()
    assert {*run(platform, "last").landed} == {"page-1.json", "page-2.json"}
    assert [each.query["page"] for each in api.asked] == ["1", "2"]
    api.by_page.clear()
    api.asked.clear()
    api.answers = [Answer(page("a", "b")), Answer(page("c")), Answer(page())]
    assert run(platform, "offset").status == "SUCCEEDED"
    assert [each.query["offset"] for each in api.asked] == ["0", "2", "4"]
    api.answers = [Answer(page())]
    assert {*run(platform, "single").landed} == {"page-1.json"}


def test_numbered_pages_are_asked_for_side_by_side(platform: Platform, api: Interface) -> None:
    api.by_page = {str(n): Answer(page(f"r{n}", pages=5)) for n in range(1, 6)}
    ended = run(platform, "many")
    assert ended.status == "SUCCEEDED", ended
    assert {*ended.landed} == {f"page-{n}.json" for n in range(1, 6)}
    assert sorted(each.query["page"] for each in api.asked) == ["1", "2", "3", "4", "5"]
    api.by_page["4"] = Answer({"data": "none"})
    ended = run(platform, "many")
    assert (ended.status, ended.error) == ("FAILED", "Moorline.MalformedPage")
    assert "rejected/page-4.json" in ended.landed
    api.by_page["4"] = Answer({"data": [{"id": "x" * 300_000, "amount": 1}]})
    assert run(platform, "many").error == "Moorline.PageTooLarge"
    api.by_page = {"1": Answer(page("a"))}
    assert run(platform, "many").error == "Moorline.MalformedPage"


def test_the_next_address_has_to_be_of_the_same_host(platform: Platform, api: Interface) -> None:
    here = f"https://{HOST}/v1/orders?after=x1"
    api.answers = [Answer(page("a", links={"next": here})), Answer(page("b", links={}))]
    ended = run(platform, "link")
    assert ended.status == "SUCCEEDED", ended
    assert [each.query.get("after") for each in api.asked] == [None, "x1"]
    hosts = platform.aws.machines.hosts
    for other in ("evil.example", f"{HOST}.evil.example", "x@evil.example"):
        hosts[other] = hosts[HOST]
        api.asked.clear()
        api.answers = [Answer(page("a", links={"next": f"https://{other}/v1/orders"}))]
        ended = run(platform, "link")
        assert (ended.status, len(api.asked)) == ("FAILED", 1)
        assert ended.error == "States.Http.AccessDenied"


def orders(*ids: str, cursor: str = "", **more: Any) -> dict[str, Any]:
    info = {"endCursor": cursor or None, "hasNextPage": bool(cursor)}
    return {"data": {"orders": {"nodes": [{"id": each} for each in ids], "pageInfo": info}}, **more}


@pytest.mark.scenario("D45")
def test_an_answer_of_graphql_that_has_errors_is_a_failure(
    platform: Platform, api: Interface
) -> None:
    bad = {"errors": [{"message": "no such field 'x'"}, {"message": "other"}]}
    failures = {
        "no such field 'x'": ({"data": None, **bad}, orders("a", **bad)),
        "no message": ({"data": None, "errors": [{}]}, orders("a", errors=["x"])),
    }
    for cause, answers in failures.items():
        for answer in answers:
            api.answers = [Answer(answer)]
            ended = run(platform, "graph-fail")
            assert (ended.status, ended.error) == ("FAILED", "Moorline.GraphQLErrors"), answer
            assert cause in ended.cause
            assert ended.landed == {}
    for fine in ({}, {"errors": None}, {"errors": []}):
        api.asked.clear()
        api.answers = [Answer(orders("a", cursor="x1", **fine)), Answer(orders("b", **fine))]
        ended = run(platform, "graph-fail")
        assert ended.status == "SUCCEEDED", ended
        assert {*ended.landed} == {"page-1.json", "page-2.json"}
    first, second = (each.body for each in api.asked)
    assert "orders(after: $after)" in first["query"]
    assert (first["variables"]["first"], second["variables"]["after"]) == (2, "x1")
    assert "after" not in first["variables"]
    if "land" not in PARTIAL:
        return
    api.answers = [Answer(orders("p", **bad))]
    assert run(platform, "graph-land").landed["page-1.json"]["errors"] == bad["errors"]
    for nothing in ({"data": None, **bad}, bad):
        api.answers = [Answer(nothing)]
        assert run(platform, "graph-land").error == "Moorline.GraphQLErrors"
