"""The door: configurations, exit codes, and everything that is written."""

from __future__ import annotations

import json
import re
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reconciler.analysis import monitor, sketch
from reconciler.analysis.figures import Figure, Target, lines, requests
from reconciler.analysis.page import page
from reconciler.analysis.places import ROOT
from reconciler.analysis.reference import profile

from .made import METHOD, NOW, known, random, reference, run, table, write


class Client:
    """CloudWatch's side: what was sent, and that CloudWatch would take it."""

    def __init__(self) -> None:
        self.sent: list[dict[str, Any]] = []

    def put_metric_data(self, **asked: Any) -> None:
        assert len(asked["MetricData"]) <= 1000
        for each in asked["MetricData"]:
            assert isinstance(each["Timestamp"], datetime)
            assert np.isfinite(each["Value"])
        self.sent.append(asked)


def data(folder: Path, name: str, moved: float = 0.0, rows: int = 1000) -> str:
    r = random(len(name))
    truth = (r.random(rows) < 0.4).astype(int)
    return write(
        folder / f"{name}.csv",
        {
            "amount": r.normal(moved, 1, rows),
            "kind": r.choice(["a", "b"], rows),
            "age": r.choice(["adult", "young"], rows),
            "y": truth,
            "p": np.clip(truth * 0.3 + r.random(rows) * 0.7, 0, 1),
        },
    )


QUESTION: dict[str, Any] = {
    "problem": "binary", "label": "y", "score": "p", "threshold": 0.5, "draws": 50,
}  # fmt: skip
METRICS = {"dimensions": {"Monitor": "fraud", "Endpoint": "fraud-prod"}}


def test_a_reference_and_a_comparison(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, made = run(tmp_path, "profile", data={"path": data(tmp_path, "then")})
    assert (code, made["status"]) == (0, "OK")
    assert "points" not in made["columns"]["amount"]
    at = str(tmp_path / "profile" / "reference.json")
    now = {"path": data(tmp_path, "now", 1.0)}
    code, told = run(tmp_path, "compare", reference=at, data=now, metrics=METRICS)
    assert (code, told["status"]) == (0, "VIOLATED")
    wrote = {path.name for path in (tmp_path / "compare").iterdir()}
    assert wrote == {
        "_SUCCESS", "constraint_violations.json", "metrics.json", "report.html", "report.json",
        "statistics.json",
    }  # fmt: skip
    first = json.loads(capsys.readouterr().out.splitlines()[1])
    assert (first["Violations"], first["Endpoint"]) == (1.0, "fraud-prod")
    found = json.loads((tmp_path / "compare" / "constraint_violations.json").read_text())
    assert [each["feature_name"] for each in found["violations"]] == ["amount"]
    assert found["violations"][0]["constraint_check_type"] == "baseline_drift_check"
    strict, _ = run(tmp_path, "compare", "--strict", reference=at, data=now)
    assert strict == 3


def test_a_comparison_of_nothing_is_no_data_and_no_drift(tmp_path: Path) -> None:
    run(tmp_path, "profile", data={"path": data(tmp_path, "then")})
    at = str(tmp_path / "profile" / "reference.json")
    (tmp_path / "empty").mkdir()
    client = Client()
    code, told = run(
        tmp_path, "compare", client=client, reference=at, data={"path": str(tmp_path / "empty")},
        metrics={**METRICS, "send": True},
    )  # fmt: skip
    assert (code, told["status"], told["drift"], told["quality"]) == (0, "NO_DATA", [], [])
    sent = {each["MetricName"]: each["Value"] for each in client.sent[0]["MetricData"]}
    assert (sent["NoData"], sent["Violations"], sent["RunCompleted"]) == (1.0, 0.0, 1.0)
    assert "DriftedShare" not in sent
    few = {"path": data(tmp_path, "few", 5.0, rows=100)}
    _, told = run(tmp_path, "compare", reference=at, data=few)
    assert told["status"] == "INSUFFICIENT"
    assert {*told["unjudged"]} == {"amount", "kind", "age", "y", "p"}


def test_an_evaluation_is_read_by_a_pipeline(tmp_path: Path) -> None:
    said = {"data": {"path": data(tmp_path, "test")}, "question": QUESTION}
    code, told = run(tmp_path, "evaluate", **said)
    assert (code, told["status"]) == (0, "OK")
    found = json.loads((tmp_path / "evaluate" / "evaluation.json").read_text())
    assert found["metrics"]["auc"]["value"] == told["metrics"]["auc"]["value"]
    theirs = found["binary_classification_metrics"]
    assert theirs["auc"]["value"] == found["metrics"]["auc"]["value"]
    assert theirs["confusion_matrix"]["1"]["1"] == told["confusion"]["truePositive"]
    bounds = json.loads((tmp_path / "evaluate" / "constraints.json").read_text())
    both = bounds["binary_classification_constraints"]
    assert both["auc"]["comparison_operator"] == "LessThanThreshold"
    assert both["false_positive_rate"]["comparison_operator"] == "GreaterThanThreshold"
    worse = {**QUESTION, "notWorse": {"auc": {}}, "limits": {"recall": {"atLeast": 0.99}}}
    baseline = str(tmp_path / "evaluate" / "evaluation.json")
    _, told = run(tmp_path, "evaluate", **{**said, "question": worse}, baseline=baseline)
    broken = json.loads((tmp_path / "evaluate" / "constraint_violations.json").read_text())
    assert [each["metric_name"] for each in broken["violations"]] == ["recall"]


def test_late_labels_say_whether_they_are_all(tmp_path: Path) -> None:
    place = tmp_path / "captured"
    place.mkdir()
    part = {"observedContentType": "text/csv", "encoding": "CSV"}
    rows = [
        {
            "captureData": {
                "endpointInput": {**part, "data": f"{at}"},
                "endpointOutput": {**part, "data": f"{at / 200}"},
            },
            "eventMetadata": {"eventId": f"e{at}", "inferenceTime": "2026-11-30T10:00:00Z"},
        }
        for at in range(200)
    ]
    (place / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    truth = write(
        tmp_path / "y.csv",
        {"id": [f"e{at}" for at in range(150)], "y": [int(at > 75) for at in range(150)]},
    )
    said: dict[str, Any] = {
        "data": {"path": str(place), "format": "capture", "inputs": ["x"], "outputs": ["p"]},
        "labels": {
            "path": truth, "format": "csv", "label": "y", "key": "id", "maximumDelayHours": 24,
        },
        "question": {"problem": "binary", "score": "p"},
        "window": {"start": "2026-11-30T10:00:00Z", "end": "2026-11-30T11:00:00Z"},
    }  # fmt: skip
    _, told = run(tmp_path, "evaluate", **said)
    assert (told["labels"]["coverage"], told["labels"]["final"]) == (0.75, False)
    assert (told["rows"], told["status"], told["metrics"]["auc"]["value"]) == (150, "OK", 1.0)
    said["labels"]["minimumCoverage"] = 0.9
    _, told = run(tmp_path, "evaluate", **said)
    assert told["status"] == "INSUFFICIENT"
    said["labels"]["maximumDelayHours"] = 1
    _, told = run(tmp_path, "evaluate", **said)
    assert told["labels"]["final"] is True
    said["window"] = {"start": "2026-11-29", "end": "2026-11-30"}
    _, told = run(tmp_path, "evaluate", **said)
    assert told["status"] == "NO_DATA"


def test_bias_is_written_as_clarify_does(tmp_path: Path) -> None:
    facets = [{"column": "age", "favoured": "adult"}]
    question = {"label": "y", "score": "p", "threshold": 0.5, "facets": facets, "draws": 50,
                "limits": {"DI": {"atLeast": 5}}, "segments": ["kind"]}  # fmt: skip
    _, told = run(
        tmp_path, "bias", data={"path": data(tmp_path, "t")}, question=question, metrics=METRICS
    )
    assert told["status"] == "VIOLATED"
    found = json.loads((tmp_path / "bias" / "analysis.json").read_text())
    (group,) = found["post_training_bias_metrics"]["facets"]["age"]
    names = {each["name"] for each in group["metrics"]}
    assert (group["value_or_threshold"], "DI" in names, "EO" in names) == ("young", True, False)
    assert "CI" in {
        each["name"] for each in found["pre_training_bias_metrics"]["facets"]["age"][0]["metrics"]
    }
    broken = json.loads((tmp_path / "bias" / "constraint_violations.json").read_text())
    assert broken["version"] == "1.0"
    assert {each["metric_name"] for each in broken["violations"]} == {"DI"}
    assert len(broken["violations"]) == 3


@pytest.mark.parametrize(
    ("verb", "config", "code", "why"),
    [
        ("profile", {}, 2, "error: data: is missing"),
        ("profile", {"data": {"path": "/nowhere"}}, 1, "there is no '/nowhere'"),
        ("profile", {"dat": {}, "data": {"path": "here"}}, 2, "dat: is not known"),
        ("compare", {"data": {"path": "here"}, "reference": "here"}, 1, "is no JSON"),
        ("evaluate", {"data": {"path": "here"}}, 2, "error: question: is missing"),
        ("evaluate", {"data": {"path": "here"}, "question": QUESTION, "baseline": "/x"}, 1, "/x"),
        ("bias", {"data": {"path": "here"}, "question": {"label": "q", "facets": [
            {"column": "age", "favoured": "a"}]}}, 1, "the data has no column 'q'"),
        ("evaluate", {"data": {"path": "here"}, "question": QUESTION,
                      "window": {"start": "2026-01-01", "end": "2026-01-02"}}, 2, "window"),
        ("evaluate", {"data": {"path": "here"}, "question": QUESTION,
                      "metrics": {"namespace": "AWS/SageMaker"}}, 2, "AWS's own"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_and_nothing_is_left_that_looks_well(
    verb: str, config: dict[str, Any], code: int, why: str, tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    here = data(tmp_path, "here")
    said = json.loads(json.dumps(config).replace('"here"', json.dumps(here)))
    found, told = run(tmp_path, verb, **said)
    assert found == code
    assert why in capsys.readouterr().err
    assert not (tmp_path / verb / "_SUCCESS").exists()
    if code == 1:
        assert told["status"] == "FAILED"


def test_an_older_success_does_not_stand_for_a_failure(tmp_path: Path) -> None:
    here = data(tmp_path, "here")
    assert run(tmp_path, "profile", data={"path": here})[0] == 0
    code, told = run(tmp_path, "profile", data={"path": "/nowhere"})
    assert (code, told["status"]) == (1, "FAILED")
    assert not (tmp_path / "profile" / "_SUCCESS").exists()


def test_members_that_only_the_run_knows_and_paths_of_a_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = tmp_path / "opt" / "ml" / "processing" / "input"
    inside.mkdir(parents=True)
    data(inside, "here")
    monkeypatch.setenv(ROOT, str(tmp_path))
    code, told = run(
        tmp_path, "profile", "--set", "name", "fraud", "--set", "data.path",
        "/opt/ml/processing/input/here.csv", "--set", "output", "/opt/ml/processing/output",
    )  # fmt: skip
    assert (code, told) == (0, None)
    report = tmp_path / "opt" / "ml" / "processing" / "output" / "report.json"
    assert json.loads(report.read_text())["name"] == "fraud"


def test_figures_are_few_and_as_cloudwatch_takes_them() -> None:
    target = Target("Moorline/Monitor", {"Monitor": "m"}, send=False)
    figures = [Figure(f"f{at}", float(at), Feature=f"x{at % 3}") for at in range(1200)]
    bad = [Figure("a", None), Figure("b", float("nan")), Figure("c", 1e300)]
    asked = requests([*figures, *bad], target, NOW)
    assert [len(each["MetricData"]) for each in asked] == [500, 500, 200]
    assert asked[0]["MetricData"][0]["Dimensions"] == [
        {"Name": "Monitor", "Value": "m"}, {"Name": "Feature", "Value": "x0"},
    ]  # fmt: skip
    told = [json.loads(each) for each in lines([*figures, *bad], target, NOW)]
    metrics = [each["_aws"]["CloudWatchMetrics"][0]["Metrics"] for each in told]
    assert sum(map(len, metrics)) == 1200
    assert max(map(len, metrics)) == 100
    for each, named in zip(told, metrics, strict=True):
        assert all(metric["Name"] in each for metric in named)
        assert {*each["_aws"]["CloudWatchMetrics"][0]["Dimensions"][0]} <= {*each}


class Reader(HTMLParser):
    """What a page loads, and how it is built."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def count(self, tag: str) -> int:
        return sum(1 for each, _ in self.tags if each == tag)


@pytest.mark.parametrize("verb", ["profile", "compare", "evaluate", "bias"])
def test_a_page_loads_nothing_escapes_everything_and_can_be_read(verb: str, tmp_path: Path) -> None:
    evil = '<script>alert("x")</script>'
    columns = {evil: [1.0, 2.0] * 300, "y": [0, 1] * 300, "p": [0.2, 0.8] * 300,
               "g": ["<b>", "&amp;"] * 300}  # fmt: skip
    here = write(tmp_path / "here.csv", columns)
    run(tmp_path, "profile", data={"path": here}, name=evil)
    more: dict[str, dict[str, Any]] = {
        "profile": {},
        "compare": {"reference": str(tmp_path / "profile" / "reference.json")},
        "evaluate": {"question": QUESTION},
        "bias": {"question": {"label": "y", "facets": [{"column": "g", "favoured": "<b>"}]}},
    }
    run(tmp_path, verb, data={"path": here}, name=evil, **more[verb])
    text = (tmp_path / verb / "report.html").read_text()
    read = Reader(text)
    assert evil not in text
    assert not re.search(r"https?:|//|url\(|@import", text)
    assert {"script", "img", "link", "iframe", "form"} & {tag for tag, _ in read.tags} == set()
    assert not any(name.startswith("on") for _, given in read.tags for name in given)
    assert read.tags[0] == ("html", {"lang": "en"})
    assert (read.count("h1"), read.count("title"), read.count("main")) == (1, 1, 1)
    assert read.count("table") == read.count("caption") > 0
    assert all(given.get("scope") in {"col", "row"} for tag, given in read.tags if tag == "th")
    assert all(
        {"tabindex", "role", "aria-label"} <= {*given} for tag, given in read.tags if tag == "div"
    )


def test_a_page_of_a_failure_says_why() -> None:
    told = page({"verb": "compare", "status": "NO_DATA", "rows": 0, "drift": [], "quality": []})
    assert "no data" in told


def test_model_monitors_files_are_written_and_read_again() -> None:
    r = random(9)
    then, now = r.normal(0, 1, 10_000), r.normal(0, 1.35, 10_000)
    kinds = r.choice(["a", "b", "c"], 10_000, p=[0.6, 0.3, 0.1])
    ours = reference(x=then, k=kinds, note=[f"n{at}" for at in range(10_000)])
    told, bounds = monitor.statistics(ours), monitor.constraints(ours)
    theirs, asked = monitor.imported(told, bounds, METHOD)
    assert {name: each["type"] for name, each in theirs["columns"].items()} == {
        "x": "number", "k": "category", "note": "text",
    }  # fmt: skip
    assert theirs["columns"]["k"]["values"] == ours["columns"]["k"]["values"]
    assert asked["drift"]["levels"] == {"number": {"ks": 0.1}, "category": {"linf": 0.1}}
    from reconciler.analysis import distance

    exact = distance.ks(ours["columns"]["x"], np.sort(now))
    assert distance.ks(theirs["columns"]["x"], np.sort(now)) == pytest.approx(exact, abs=0.005)
    data_ = told["features"][0]["numerical_statistics"]["distribution"]["kll"]["sketch"]["data"]
    assert sum(len(each) << level for level, each in enumerate(data_)) == 10_000
    assert sum(map(len, data_)) < 1100
    again = monitor.statistics(theirs)
    assert again["features"][0]["numerical_statistics"]["mean"] == pytest.approx(then.mean())
    assert len(json.dumps(told)) < 60_000


def test_their_baseline_becomes_a_reference_of_ours(tmp_path: Path) -> None:
    values = [float(at) for at in range(1000)]
    told = {
        "version": 0.0,
        "dataset": {"item_count": 4000},
        "features": [
            {"name": "x", "inferred_type": "Fractional", "numerical_statistics": {
                "common": {"num_present": 4000, "num_missing": 0}, "mean": 499.5, "sum": 1998000.0,
                "std_dev": 288.7, "min": 0.0, "max": 999.0, "distribution": {"kll": {
                    "buckets": [], "sketch": {"parameters": {"c": 0.64, "k": 2048.0},
                                              "data": [[], [], values]}}}}},
            {"name": "k", "inferred_type": "String", "string_statistics": {
                "common": {"num_present": 4000, "num_missing": 0}, "distinct_count": 2,
                "distribution": {"categorical": {"buckets": [
                    {"value": "a", "count": 3000}, {"value": "b", "count": 1000}]}}}},
        ],
    }  # fmt: skip
    (tmp_path / "statistics.json").write_text(json.dumps(told))
    bounds = {"features": [], "monitoring_config": {"datatype_check_threshold": 0.2}}
    (tmp_path / "constraints.json").write_text(json.dumps(bounds))
    from_theirs = {
        "statistics": str(tmp_path / "statistics.json"),
        "constraints": str(tmp_path / "constraints.json"),
    }
    code, _ = run(tmp_path, "profile", monitor=from_theirs)
    assert code == 0
    assert json.loads((tmp_path / "profile" / "compare.json").read_text()) == {
        "drift": {"levels": {}}, "quality": {"type": 0.2},
    }  # fmt: skip
    r = random(2)
    now = {"x": r.random(2000) * 1000, "k": r.choice(["a", "b"], 2000, p=[0.75, 0.25])}
    at = str(tmp_path / "profile" / "reference.json")
    here = {"path": write(tmp_path / "now.csv", now)}
    _, same = run(tmp_path, "compare", reference=at, data=here)
    assert same["status"] == "OK"
    here = {"path": write(tmp_path / "now.csv", {**now, "x": r.random(2000) * 700})}
    _, moved = run(tmp_path, "compare", reference=at, data=here)
    assert [each["status"] for each in moved["drift"]] == ["VIOLATED", "OK"]


@pytest.mark.parametrize(
    "told",
    [
        {}, [], {"features": [{}]}, {"features": [{"name": "x", "numerical_statistics": {}}]},
        {"features": [{"name": "x", "numerical_statistics": {
            "common": {"num_present": 5, "num_missing": 0}, "distribution": {"kll": {}}}}]},
    ],
)  # fmt: skip
def test_what_is_no_baseline_of_theirs_is_refused(told: Any, tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(json.dumps(told))
    code, _ = run(tmp_path, "profile", monitor={"statistics": str(tmp_path / "s.json")})
    assert code == 1


@pytest.mark.parametrize("count", [1, 2, 7, 499, 500, 501, 1000, 1023, 12_345])
def test_a_sketch_weighs_what_the_data_does(count: int) -> None:
    kept = known(np.arange(float(count)))
    values, weights = sketch.weighted(sketch.of_points(kept))
    assert int(weights.sum()) == count
    assert np.all(np.diff(values) >= 0)
    assert sum(each["count"] for each in sketch.buckets(kept)) == count


def test_a_reference_of_another_version_is_refused(tmp_path: Path) -> None:
    here = data(tmp_path, "here")
    for body in ({"kind": "moorline-reference", "version": "0"}, {"kind": "else"}, []):
        (tmp_path / "r.json").write_text(json.dumps(body))
        code, _ = run(tmp_path, "compare", reference=str(tmp_path / "r.json"), data={"path": here})
        assert code == 1


def test_the_same_data_gives_the_same_reference() -> None:
    columns = {"x": random(1).normal(0, 1, 5000), "k": random(2).choice(["a", "b"], 5000)}
    first, second = (json.dumps(reference(**columns)) for _ in range(2))
    assert first == second
    shuffled = random(3).permutation(5000)
    other = {name: values[shuffled] for name, values in columns.items()}
    assert json.dumps(reference(**other)) == first
    assert profile(table(x=[1.0]), METHOD, {})["rows"] == 1
