"""Captured requests, labels and tables, as they come and as nobody wants them."""

from __future__ import annotations

import base64
import gzip
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reconciler.analysis import labels
from reconciler.analysis.capture import Layout, captured
from reconciler.analysis.faults import ConfigError, DataError
from reconciler.analysis.places import Window, files
from reconciler.analysis.reading import data_of, window_of
from reconciler.analysis.settings import Settings
from reconciler.analysis.table import CATEGORY, NUMBER, TEXT, Table, type_of

from .made import table

LAYOUT = Layout(["age", "color"], ["score"])


def line(
    data: Any, answer: Any, event: str = "e1", *, encoding: str = "CSV", kind: str = "text/csv",
    when: str = "2026-11-30T10:15:00Z", inference: str | None = None,
) -> str:  # fmt: skip
    """One captured request."""
    about = {"eventId": event, "inferenceTime": when}
    if inference:
        about["inferenceId"] = inference
    both = {
        name: {"observedContentType": kind, "mode": mode, "data": body, "encoding": encoding}
        for name, mode, body in (
            ("endpointInput", "INPUT", data), ("endpointOutput", "OUTPUT", answer)
        )
    }  # fmt: skip
    return json.dumps({"captureData": both, "eventMetadata": about, "eventVersion": "0"})


def packed(text: str | bytes) -> str:
    return base64.b64encode(text.encode() if isinstance(text, str) else text).decode()


def read(
    folder: Path,
    lines: list[str | bytes],
    layout: Layout = LAYOUT,
    *,
    bad: float = 0.5,
    **more: Any,
) -> Any:
    body = b"\n".join(each.encode() if isinstance(each, str) else each for each in lines)
    (folder / "a.jsonl").write_bytes(body)
    return captured(str(folder), layout, more.pop("window", None), bad, **more)


SAME = {
    "csv": line("31,red", "0.7"),
    "csv in base64": line(packed("31,red"), packed("0.7"), encoding="BASE64"),
    "csv in base64 of no type": line(packed("31,red"), packed("0.7"), encoding="BASE64", kind=""),
    "json": line('{"instances": [[31, "red"]]}', '{"predictions": [[0.7]]}', encoding="JSON"),
    "json by name": line(
        '{"instances": [{"age": 31, "color": "red"}]}', '{"predictions": [{"score": 0.7}]}',
        encoding="JSON",
    ),
    "json in base64": line(
        packed('{"age": 31, "color": "red"}'), packed("0.7"), encoding="BASE64",
        kind="application/json",
    ),
    "json lines": line(
        '{"age": 31, "color": "red"}', '{"score": 0.7}', encoding="JSON",
        kind="application/jsonlines",
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", SAME)
def test_a_request_is_the_same_however_it_is_written(form: str, tmp_path: Path) -> None:
    found, seen = read(tmp_path, [SAME[form]])
    assert (seen["rows"], seen["bad"]) == (1, {})
    assert found.numbers("age").values.tolist() == [31]
    assert found.texts("color") == ["red"]
    assert found.numbers("score").values.tolist() == [0.7]
    assert found.columns["_eventId"] == ["e1"]


def test_paths_lead_to_rows(tmp_path: Path) -> None:
    data = '{"inputs": [{"features": [31, "red"]}, {"features": [50, "blue"]}]}'
    answer = '{"out": [{"p": 0.7}, {"p": 0.2}]}'
    layout = Layout(["age", "color"], ["score"], "inputs.*.features", "out.*.p")
    found, _ = read(tmp_path, [line(data, answer, encoding="JSON")], layout)
    assert found.numbers("age").values.tolist() == [31, 50]
    assert found.numbers("score").values.tolist() == [0.7, 0.2]
    assert found.columns["_row"] == [0, 1]


def test_several_rows_of_a_request_have_as_many_answers(tmp_path: Path) -> None:
    lines: list[str | bytes] = [line("1,a\n2,b", "0.1\n0.2"), line("1,a\n2,b", "0.1", "e2")]
    found, seen = read(tmp_path, lines)
    assert found.rows == 2
    assert seen["bad"] == {"it has not as many answers as rows": 1}


BAD: dict[str, str | bytes] = {
    "it is no JSON": line("1,a", "0.5")[:70],
    "it is not UTF-8": b'{"captureData": "\xff\xfe"}',
    "it has no 'captureData'": "[]",
    "it has no 'eventMetadata'": '{"captureData": {}}',
    "it has no event id": '{"captureData": {}, "eventMetadata": {"eventId": ""}}',
    "it has no 'endpointInput'": '{"captureData": {}, "eventMetadata": {"eventId": "e"}}',
    "a row has not as many values as are declared": line("1,a,extra", "0.5"),
    "it is no Base64": line("1,a", "?", encoding="BASE64"),
    "it is binary": line(packed(b"\xff\x00\x01"), "AA==", encoding="BASE64"),
    "it has no data": line(None, "0.5"),
    "its encoding is NONE": line("", "", encoding="NONE"),
    "a row is nested": line('{"instances": [[1, [2, 3]]]}', "[1]", encoding="JSON"),
    "it is nested too deeply": "[" * 100_000,
}


@pytest.mark.parametrize("why", BAD)
def test_a_bad_line_is_counted_by_what_is_wrong(why: str, tmp_path: Path) -> None:
    found, seen = read(tmp_path, [line("1,a", "0.5"), BAD[why], line("2,b", "0.6", "e2")])
    assert found.rows == 2
    assert seen["bad"] == {why: 1}
    with pytest.raises(DataError, match="1 of 3 captured lines cannot be read"):
        read(tmp_path, [line("1,a", "0.5"), BAD[why], line("2,b", "0.6", "e2")], bad=0.01)


def test_a_number_of_too_many_digits_is_a_bad_line_and_no_crash(tmp_path: Path) -> None:
    huge = '{"instances": [[%s, "a"]]}' % ("9" * 5000)
    _, seen = read(tmp_path, [line("1,a", "0.5"), line(huge, "[1]", encoding="JSON")])
    assert seen["bad"] == {"it is no JSON": 1}


def test_a_window_takes_its_start_and_not_its_end(tmp_path: Path) -> None:
    times = ("09:59:59.999Z", "10:00:00Z", "10:59:59Z", "11:00:00Z")
    lines: list[str | bytes] = [
        line("1,a", "0.5", f"e{at}", when=f"2026-11-30T{time}") for at, time in enumerate(times)
    ]
    window = Window(datetime(2026, 11, 30, 10, tzinfo=UTC), datetime(2026, 11, 30, 11, tzinfo=UTC))
    found, seen = read(tmp_path, lines, window=window)
    assert found.columns["_eventId"] == ["e1", "e2"]
    assert seen["outside"] == 2


def test_files_of_other_hours_are_not_read() -> None:
    window = Window(datetime(2026, 11, 30, 10, tzinfo=UTC), datetime(2026, 11, 30, 11, tzinfo=UTC))
    at = "/data/fraud/all/2026/11/30/%s/01-02.jsonl"
    kept = [hour for hour in range(24) if window.may_have(at % f"{hour:02}")]
    assert kept == [10, 11]  # a request may be written in the hour after it
    assert window.may_have("/data/anything.jsonl")
    assert window.may_have("/data/2026/13/45/99/x.jsonl")


def test_a_cap_takes_whole_requests_and_the_same_ones_again(tmp_path: Path) -> None:
    lines: list[str | bytes] = [line("1,a\n2,b", "0.1\n0.2", f"e{at}") for at in range(50)]
    first, seen = read(tmp_path, lines, cap=21)
    assert (first.rows, seen["rows"], seen["kept"]) == (20, 100, 20)
    again, _ = read(tmp_path, lines[::-1], cap=21)
    assert {*first.columns["_eventId"]} == {*again.columns["_eventId"]}


def test_nothing_in_a_place_is_no_row_and_no_place_is_a_fault(tmp_path: Path) -> None:
    found, seen = captured(str(tmp_path), LAYOUT, None, 0.01)
    assert (found.rows, seen["lines"]) == (0, 0)
    with pytest.raises(DataError, match="there is no"):
        files(str(tmp_path / "elsewhere"))


def test_csv_packed_and_in_several_files(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("\ufeffx,y\n1,a\n2,\n")
    (tmp_path / "b.csv.gz").write_bytes(gzip.compress(b'x,y\r\n3,"with, comma"\r\n'))
    (tmp_path / "_SUCCESS").write_text("")
    (tmp_path / ".part").write_text("rubbish")
    found, seen = data_of(Settings({"path": str(tmp_path)}))
    assert found.numbers("x").values.tolist() == [1, 2, 3]
    assert found.texts("y") == ["a", None, "with, comma"]
    assert seen["rows"] == 3


@pytest.mark.parametrize(
    ("content", "more", "why"),
    [
        (b"x,y\n1,2\n3\n", {}, "1 of 2 rows cannot be read"),
        (b"x,x\n1,2\n", {}, "without a name of their own"),
        (b"x,\n1,2\n", {}, "without a name of their own"),
        (b"x\n\xe9\n", {}, "is not utf-8 at byte 2: say its 'encoding'"),
        (b'x\n"' + b"a" * 200_000 + b'"\n', {}, "is no CSV"),
        (b"{\n", {"format": "jsonLines"}, "1 of 1 rows cannot be read"),
        (b"x\n", {"format": "parquet"}, "Parquet"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(
    content: bytes, more: dict[str, Any], why: str, tmp_path: Path
) -> None:
    (tmp_path / "a").write_bytes(content)
    with pytest.raises(DataError, match=why):
        data_of(Settings({"path": str(tmp_path), **more}))


def test_another_encoding_and_no_header_are_said(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes("1;größe\n".encode("latin-1"))
    said = {
        "path": str(tmp_path), "columns": ["x", "y"], "delimiter": ";", "encoding": "latin-1",
    }  # fmt: skip
    found, _ = data_of(Settings(said))
    assert found.texts("y") == ["größe"]


@pytest.mark.parametrize(
    ("said", "path"),
    [
        ({"path": "x", "format": "excel"}, "format"),
        ({"path": "x", "header": False}, "columns"),
        ({"path": "x", "delimiter": ";;"}, "delimiter"),
        ({"path": "x", "colums": []}, "colums"),
        ({"path": "x", "encoding": "utf-9"}, "encoding"),
        ({"path": "x", "format": "capture", "inputs": ["a"], "outputs": ["a"]}, "outputs"),
        ({}, "path"),
    ],
)
def test_a_wrong_section_is_named(said: dict[str, Any], path: str) -> None:
    with pytest.raises(ConfigError) as fault:
        data_of(Settings(said))
    assert fault.value.path == path


@pytest.mark.parametrize(
    "window",
    [
        {"start": "2026-11-30", "end": "2026-11-29"}, {"start": "x", "end": "2026-11-29"},
        {"start": "2026-11-30"}, {"start": "2026-11-30", "end": "2026-12-01", "lag": 1},
    ],
)  # fmt: skip
def test_a_wrong_window_is_refused(window: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        window_of(Settings({"window": window}))


VALUES = {
    "1": 1.0, " 2.5 ": 2.5, "1e3": 1000.0, "-.5": -0.5, "true": 1.0, 3: 3.0, True: 1.0,
}  # fmt: skip
NOT_NUMBERS = ("1_000", "٣", "0x10", "1,5", "abc", "--1", "1e", "e", "+")


def test_numbers_are_what_data_means_and_not_what_python_takes() -> None:
    values = [*VALUES, *NOT_NUMBERS, "inf", "-Infinity", "1e999", float("inf"), 10**400]
    found = table(x=[*values, "", None, "nan", float("nan")]).numbers("x")
    assert found.values.tolist() == [*VALUES.values()]
    assert (found.invalid, found.infinite, found.missing) == (len(NOT_NUMBERS), 5, 4)
    assert int(np.sum(found.mask)) == len(VALUES)


@pytest.mark.parametrize("values", [["-999", "1"], [-999.0, 1.0], [-999, 1]])
def test_a_number_that_stands_for_nothing_does_so_in_every_form(values: list[Any]) -> None:
    found = Table({"x": values}, ["-999"]).numbers("x")
    assert (found.values.tolist(), found.missing) == ([1.0], 1)


def test_nothing_but_floats_is_read_at_once_and_alike() -> None:
    values = [1.5, float("nan"), float("inf"), -2.0]
    fast, slow = table(x=values).numbers("x"), table(x=[*values, None]).numbers("x")
    assert fast.values.tolist() == slow.values.tolist() == [1.5, -2.0]
    assert (fast.missing + 1, fast.infinite) == (slow.missing, slow.infinite) == (2, 1)
    assert fast.mask.tolist() == slow.mask.tolist()[:4]


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        (["1", "2", "3"], NUMBER),
        (["1"] * 95 + ["?"] * 5, NUMBER),
        (["1"] * 80 + ["?"] * 20, CATEGORY),
        (["a", "b", ""] * 30, CATEGORY),
        ([f"id-{at}" for at in range(100)], TEXT),
        ([f"id-{at % 300}" for at in range(1000)], TEXT),
        ([None] * 10, CATEGORY),
        ([True, False], NUMBER),
    ],
)
def test_a_type_is_found(values: list[Any], kind: str) -> None:
    assert type_of(table(x=values), "x", 200)[0] == kind


def truth(event: str, data: str) -> str:
    return json.dumps(
        {"groundTruthData": {"data": data, "encoding": "CSV"},
         "eventMetadata": {"eventId": event}, "eventVersion": "0"}
    )  # fmt: skip


def test_late_labels_are_joined_by_the_inference_id_else_by_the_event(tmp_path: Path) -> None:
    place = tmp_path / "labels"
    place.mkdir()
    told = [truth("e1", "1"), truth("order-7", "0"), truth("e3", "1,0"), truth("gone", "1"),
            truth("e1", "0"), truth("e4", "1,1,1")]  # fmt: skip
    (place / "a.jsonl").write_text("\n".join(told))
    lines: list[str | bytes] = [
        line("1,a", "0.5"), line("2,b", "0.6", "e2", inference="order-7"),
        line("3,c\n4,d", "0.1\n0.2", "e3"), line("5,e", "0.3", "e4"), line("6,f", "0.3", "e5"),
    ]  # fmt: skip
    inner = tmp_path / "captured"
    inner.mkdir()
    found, _ = read(inner, lines)
    joined, about = labels.join(found, labels.ground_truth(str(place), 0.01), "y")
    assert joined.texts("y") == ["0", "0", "1", "0"]  # of the first one the last label counts
    assert about == {
        "predicted": 6, "joined": 4, "coverage": 4 / 6, "labels": 5, "unmatched": 2,
        "repeated": 1, "bad": 0,
    }  # fmt: skip


def test_labels_of_a_table_and_bad_ones(tmp_path: Path) -> None:
    known = labels.in_table(table(order=["a", "b", "", "c"], y=["1", "", "1", "0"]), "order", "y")
    joined, about = labels.join(table(id=["c", "a", "b"]), known, "y", "id")
    assert joined.texts("y") == ["0", "1"]
    assert (about["coverage"], about["bad"]) == (2 / 3, 1)
    with pytest.raises(DataError, match="no column 'id'"):
        labels.join(table(x=["c"]), known, "y", "id")
    with pytest.raises(DataError, match="no event ids"):
        labels.join(table(x=["c"]), known, "y")
    with pytest.raises(DataError, match="the labels have no column 'when'"):
        labels.in_table(table(y=["1"]), "when", "y")
    (tmp_path / "a").write_text('{"eventMetadata": {}}\n')
    with pytest.raises(DataError, match="1 of 1 lines of labels"):
        labels.ground_truth(str(tmp_path), 0.01)
