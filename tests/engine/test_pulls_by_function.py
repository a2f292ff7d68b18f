"""Pulls that a function asks for: the same runs, and what an HTTP task cannot take."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sweeps import LONG, only_long

from reconciler.sandbox.inprocess import sandbox
from tests.secret.canaries import MIXED
from tests.secret.watched import leaks

from .pages import BUCKET, Answer, Interface, run, served
from .platform import FAULTS, Platform, join, paths, spec, steps

HOST, LOGIN = "api.scheme.example", "login.scheme.example"
VALUE = "value-" + MIXED
KEY = "{apiKey: {header: X-Api-Key, secretName: partner, member: token}}"
TOKEN = f"endpoint: 'https://{LOGIN}/t', clientId: us"
OAUTH = f"{{oauth: {{{TOKEN}, secretName: partner, member: token}}}}"
REST = """
  rest:
    url: https://api.scheme.example/v1/orders
    auth: AUTH
    headers: {X-Client: acme}
    query: {limit: "2"}
    items: $.data
    pages: PAGES
    MORE
    land: {to: raw, path: NAME, BY}
  columns: {id: string, amount: double}
"""
GRAPH = """
  graphql:
    url: https://api.scheme.example/graphql
    auth: {basic: {username: us, secretName: partner, member: token}}
    query: {text: "query ($after: String) { orders(after: $after) { nodes { id } } }"}
    variables: {first: 2}
    items: $.data.orders.nodes
    pages: {cursor: {next: $.data.orders.end, hasNext: $.data.orders.more, query: after}}
    land: {to: raw, path: graph, by: lambda}
  columns: {id: string}
"""
CURSOR = "{cursor: {next: $.meta.next, query: after}}"
SINCE = "since: {query: since, start: '2024-01-01T00:00:00Z'}"
EVERY = {
    "cursor": (CURSOR, f"{SINCE}\n    timeout: 5m\n    retries: 2", KEY, "by: lambda"),
    "task": (CURSOR, "", KEY, "by: machine"),
    "many": ("{number: {query: page, last: $.pages, parallel: 3}}", "", KEY, "by: lambda"),
    "link": ("{link: {next: $.next}}", "retries: 1", OAUTH, "by: lambda, memory: 256MiB"),
    "number": ("{number: {query: page}}", "", KEY, "by: lambda"),
}
PULLS = {name: said for name, said in EVERY.items() if LONG or name in {"cursor", "task"}}
"""In `make test` one by a function, and one as it is without."""


def specs() -> Iterator[str]:
    yield spec("DataSource", "raw", "{s3: {}}")
    if LONG:
        yield spec("DataSource", "graph", GRAPH)
    for name, (pages, more, auth, by) in PULLS.items():
        text = REST.replace("PAGES", pages).replace("MORE", more).replace("NAME", name)
        yield spec("DataSource", name, text.replace("AUTH", auth).replace("BY", by))


@pytest.fixture(scope="module")
def platform() -> Iterator[Platform]:
    with sandbox() as aws:
        aws.faults = FAULTS
        aws.iam = "enforced"
        made = Platform(aws, assets="{source: raw}")
        made.client("secretsmanager").create_secret(
            Name="partner", SecretString=json.dumps({"token": VALUE})
        )
        made.text = join(*specs())
        assert made.apply(made.plan()).failures == {}
        assert steps(made.plan()) == []
        yield made


@pytest.fixture
def api(platform: Platform) -> Iterator[Interface]:
    with served(platform.aws, HOST) as found:
        yield found


def page(*ids: str, **more: Any) -> dict[str, Any]:
    return {"data": [{"id": each, "amount": 1.5} for each in ids], **more}


def test_three_pages_one_429_and_one_that_is_malformed(platform: Platform, api: Interface) -> None:
    pages = [
        page("a", "b", meta={"next": "x1"}),
        page("c", "d", meta={"next": 2}),
        page("e", meta={"next": None}),
    ]
    api.answers = [Answer(pages[0]), Answer({"error": "slow"}, 429), *map(Answer, pages[1:])]
    ended = run(platform, "cursor")
    assert (ended.status, ended.letters) == ("SUCCEEDED", []), ended
    mark = ended.landed.pop("watermark.json")
    assert ended.landed == {f"page-{n}.json": each for n, each in enumerate(pages, 1)}
    assert [each.query.get("after") for each in api.asked] == [None, "x1", "x1", "2"]
    assert {each.headers["X-Api-Key"] for each in api.asked} == {VALUE}
    assert {(each.query["limit"], each.headers["X-Client"]) for each in api.asked} == {
        ("2", "acme")
    }
    assert not any("Range" in each.headers for each in api.asked)

    for body, text in (({"data": [{"id": 7, "amount": 1}]}, None), (None, '{"data": [')):
        api.answers = [Answer(pages[0]), Answer(body, text=text)]
        ended = run(platform, "cursor")
        assert (ended.status, ended.error) == ("FAILED", "Moorline.MalformedPage"), ended
        assert "page 2 is not as declared" in ended.cause
        assert ended.landed.pop("watermark.json") == mark
        kept = body if text is None else text
        assert ended.landed == {"page-1.json": pages[0], "rejected/page-2.json": kept}
        (letter,) = ended.letters
        assert (letter["error"], letter["step"]) == ("Moorline.MalformedPage", "pull")


@pytest.mark.scenario("D44")
def test_a_page_that_is_too_large_for_a_task_lands_by_the_function(
    platform: Platform, api: Interface
) -> None:
    large = page("x" * 400_000, meta={})
    api.answers = [Answer(large)]
    ended = run(platform, "task")
    assert (ended.status, ended.error, ended.landed) == ("FAILED", "Moorline.PageTooLarge", {})
    assert "`land: {by: lambda}`" in ended.cause
    ended = run(platform, "cursor")
    assert ended.status == "SUCCEEDED", ended
    assert ended.landed["page-1.json"] == large


@only_long
def test_a_function_has_room_for_so_much(platform: Platform, api: Interface) -> None:
    api.answers = [Answer(page("x" * 6_000_000))]
    api.asked.clear()
    with served(platform.aws, LOGIN) as login:
        login.answers = [Answer({"access_token": "t-1", "expires_in": 3600})]
        ended = run(platform, "link")
    assert (ended.error, len(api.asked), ended.landed) == ("Moorline.PageTooLarge", 1, {})
    assert "`memory`" in ended.cause


def test_what_a_server_says_is_told_by_the_names_of_an_http_task(
    platform: Platform, api: Interface
) -> None:
    api.answers = [Answer({}, 503)]
    ended = run(platform, "cursor")
    assert (ended.error, len(api.asked)) == ("States.Http.StatusCode.503", 3)
    api.answers = [Answer({"message": f"who is {VALUE}?"}, 401)]
    ended = run(platform, "cursor")
    assert (ended.error, leaks(ended.cause, [VALUE])) == ("States.Http.StatusCode.401", [])
    assert "who is (hidden)?" in ended.cause
    api.answers = [Answer(page("a", meta={"next": "same"}))]
    assert run(platform, "cursor").error == "Moorline.CursorRepeats"
    del platform.aws.machines.hosts[HOST]
    assert run(platform, "cursor").error == "States.Http.Socket"


@only_long
def test_addresses_and_tokens(platform: Platform, api: Interface) -> None:
    here = f"https://{HOST}/v1/orders?after=x1"
    with served(platform.aws, LOGIN, "evil.example") as login:
        login.answers = [Answer({"access_token": "t-1", "expires_in": 3600})]
        api.answers = [Answer(page("a", next=here)), Answer(page("b"))]
        ended = run(platform, "link")
        assert ended.status == "SUCCEEDED", ended
        assert [each.query.get("after") for each in api.asked] == [None, "x1"]
        assert {each.headers["Authorization"] for each in api.asked} == {"Bearer t-1"}
        assert {f"client_secret={VALUE}" in each.body for each in login.asked} == {True}
        for other in ("https://evil.example/", f"http://{HOST}/", f"https://x@{HOST}/", 7):
            api.asked.clear()
            api.answers = [Answer(page("a", next=other))]
            ended = run(platform, "link")
            assert (ended.error, len(api.asked)) == ("States.Http.AccessDenied", 1), other
        login.answers = [Answer({"error": "invalid_client"}, 401)]
        assert run(platform, "link").error == "Moorline.NoCredential"


@only_long
def test_numbered_pages(platform: Platform, api: Interface) -> None:
    api.by_page = {str(n): Answer(page(f"r{n}", pages=5)) for n in range(1, 6)}
    ended = run(platform, "many")
    assert ended.status == "SUCCEEDED", ended
    assert {*ended.landed} == {f"page-{n}.json" for n in range(1, 6)}
    api.by_page["4"] = Answer({"data": "none"})
    ended = run(platform, "many")
    assert (ended.status, ended.error) == ("FAILED", "Moorline.MalformedPage")
    assert "rejected/page-4.json" in ended.landed
    api.by_page = {"1": Answer(page("a"))}
    ended = run(platform, "many")
    assert (ended.error, {*ended.landed}) == ("Moorline.MalformedPage", {"rejected/page-1.json"})
    assert "a number at $.pages" in ended.cause
    api.by_page = {"1": Answer(page("a")), "2": Answer(page())}
    assert {*run(platform, "number").landed} == {"page-1.json"}


@only_long
def test_errors_of_graphql(platform: Platform, api: Interface) -> None:
    def orders(**more: Any) -> dict[str, Any]:
        return {"data": {"orders": {"nodes": [{"id": "a"}], **more}}}

    api.answers = [Answer(orders(end="x1", more=True)), Answer(orders(end="x2", more=False))]
    ended = run(platform, "graph")
    assert ended.status == "SUCCEEDED", ended
    first, second = (each.body for each in api.asked)
    assert (first["variables"], second["variables"]["after"]) == ({"first": 2}, "x1")
    assert "orders(after: $after)" in first["query"]
    api.answers = [Answer({**orders(), "errors": [{"message": "no such field 'x'"}]})]
    ended = run(platform, "graph")
    assert (ended.error, ended.cause) == ("Moorline.GraphQLErrors", "no such field 'x'")


def test_a_run_goes_on_in_another_one_and_a_rotation_is_no_change(
    platform: Platform, api: Interface
) -> None:
    own = {"name": "of-7", "started": "2026-11-29T00:00:00Z", "day": "2026-11-29", "since": "x"}
    api.answers = [Answer(page("a", meta={"next": "x2"})), Answer(page("b", meta={}))]
    ended = run(platform, "cursor", run=own, next="x1", page=7, here=100_000, turn=3)
    assert {*ended.landed} >= {"page-7.json", "page-8.json"}
    secret = platform.client("secretsmanager")
    secret.put_secret_value(SecretId="partner", SecretString=json.dumps({"token": "other"}))
    assert [name for _, name in steps(platform.plan())] == ["acme-dev-task"]
    api.asked.clear()
    api.answers = [Answer(page("a", meta={}))]
    assert run(platform, "cursor").status == "SUCCEEDED"
    assert {each.headers["X-Api-Key"] for each in api.asked} == {"other"}
    secret.put_secret_value(SecretId="partner", SecretString=json.dumps({"token": VALUE}))


@only_long
def test_drift_of_the_function_is_seen(platform: Platform) -> None:
    functions = platform.client("lambda")
    name = "acme-dev-many-pull"
    functions.update_function_configuration(FunctionName=name, Timeout=5, MemorySize=128)
    functions.delete_function_concurrency(FunctionName=name)
    plan = platform.plan()
    wrong = ["MemorySize", "ReservedConcurrentExecutions", "Timeout"]
    assert sorted(paths(plan)[name]) == wrong
    assert platform.apply(plan).failures == {}
    assert steps(platform.plan()) == []
    found = functions.get_function(FunctionName=name)
    assert found["Concurrency"]["ReservedConcurrentExecutions"] == 3


@only_long
def test_other_code_by_that_name_is_not_run(platform: Platform, api: Interface) -> None:
    functions = platform.client("lambda")
    code = functions.get_function(FunctionName="acme-dev-number-pull")["Configuration"]
    platform.client("s3").put_object(Bucket=BUCKET, Key="x.zip", Body=b"PK")
    functions.update_function_code(
        FunctionName="acme-dev-number-pull", S3Bucket=BUCKET, S3Key="x.zip"
    )
    assert code["Handler"] == "pull.handler"
    api.answers = [Answer(page())]
    assert run(platform, "number").landed == {}
    assert api.asked == []
