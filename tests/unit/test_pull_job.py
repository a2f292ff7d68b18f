"""The function that pulls: where it may go, what it looks at, and what it says of its failures."""

from __future__ import annotations

import io
import json
import zipfile
from typing import Any

import pytest

from reconciler.jobs import package, pull
from reconciler.jobs.pull.call import Answer, FaultError, Ports, address, context, held
from reconciler.jobs.pull.page import MISSING, at

SETTINGS = {
    "host": "a.example",
    "auth": {"secret": "arn", "member": "t", "apiKey": {"header": "X-Key"}},
    "bucket": "b",
    "prefix": "p/",
}


def event(**more: Any) -> dict[str, Any]:
    call = {"ApiEndpoint": "https://a.example/v", "Method": "GET"}
    base = {"call": call, "items": "$.data", "columns": [["id", "string"], ["n", "double"]]}
    base |= {"partial": "", "wants": {"next": "$.next"}, "must": [], "emptyEnds": False}
    return {**base, "seconds": 5, "page": 2, "day": "d", "run": "r", **more}


def handled(body: Any, given: dict[str, Any], kind: str = "application/json") -> tuple[Any, dict]:
    put: dict[str, bytes] = {}
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    ports = Ports(
        lambda _: '{"t": "value"}',
        lambda _, key, data: put.__setitem__(key, data),
        lambda *_: Answer(200, kind, text),
        1 << 20,
    )
    try:
        return pull.handle(given, SETTINGS, ports), put
    except FaultError as error:
        return type(error).__name__, put


def test_a_page_lands_as_it_came_and_its_next_place_is_told() -> None:
    body = b'{"data":  [{"id": "a", "n": null}], "next": 7}'
    key = "p/day=d/run=r/page-2.json"
    assert handled(body, event()) == ({"records": 1, "next": 7}, {key: body})
    assert handled({"data": []}, event(emptyEnds=True)) == ({"records": 0}, {})
    assert {*handled({"data": []}, event())[1]} == {key}


@pytest.mark.parametrize(
    "body",
    [
        {"data": "none"},
        {"data": [{"id": "a"}]},
        {"data": [{"id": 7, "n": 1}]},
        {"data": [{"id": "a", "n": True}]},
        {"data": ["a"]},
        {"data": [], "next": {"a": 1}},
        {"data": [], "next": "x" * 20_000},
        b'{"data": [',
        b'{"data": [{"id": "a", "n": NaN}]}',
        b"\xff",
        b"[" * 100_000,
    ],
)
def test_what_is_not_as_declared_is_kept_aside(body: Any) -> None:
    name, put = handled(body, event())
    assert name == "Moorline.MalformedPage"
    text = body if isinstance(body, bytes) else json.dumps(body).encode()
    assert put == {"p/rejected/day=d/run=r/page-2.json": text}


def test_what_is_no_json_is_no_page() -> None:
    assert handled({"data": []}, event(), "text/html")[0] == "Moorline.MalformedPage"
    assert handled(b" " * 2_000_000, event())[0] == "Moorline.PageTooLarge"


@pytest.mark.parametrize(
    "url",
    [
        *("http://a.example/", "https://evil.example/", "https://a.example.evil.example/"),
        *("https://x@a.example/", "https://a.example:444/", "//a.example/", 7, None),
        *("https://a.example/\r\nX: y", "https://a.example\\@evil.example/", "https://a.example/ü"),
    ],
)
def test_it_goes_to_its_own_host_alone(url: Any) -> None:
    with pytest.raises(FaultError) as told:
        address({"ApiEndpoint": url}, "a.example")
    assert type(told.value).__name__ == "Http.AccessDenied"


def test_parameters_are_added_to_those_of_an_address() -> None:
    call = {"ApiEndpoint": "https://a.example/v?x=1", "QueryParameters": {"a": "b c", "n": 2}}
    assert address(call, "a.example") == "https://a.example/v?x=1&a=b+c&n=2"


@pytest.mark.parametrize("text", ["", "{}", '{"t": 1}', "[]", '"t"'])
def test_a_secret_without_the_credential_is_none(text: str) -> None:
    with pytest.raises(FaultError, match="the secret has no text"):
        held(text, "t")


def test_what_is_no_certificate_is_not_presented() -> None:
    with pytest.raises(FaultError, match="no certificate"):
        context(("no", "certificate"))


def test_a_place_in_an_answer_is_found() -> None:
    value = {"a b": [{"c": 1}]}
    assert at(value, "$['a b'][0].c") == 1
    for path in ("$.x", "$['a b'][1]", "$['a b'].c", "$['a b'][0][0]"):
        assert at(value, path) is MISSING


def test_the_package_is_the_same_bytes_each_time() -> None:
    assert package("pull") == package("pull")
    with zipfile.ZipFile(io.BytesIO(package("pull"))) as archive:
        assert archive.namelist() == ["pull/__init__.py", "pull/call.py", "pull/page.py"]
