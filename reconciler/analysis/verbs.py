"""What the runtime does: profile, compare, evaluate, bias. Each makes a report and files beside."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from . import bias, drift, evaluate, figures, labels, monitor, monitored, quality
from .faults import ConfigError, DataError
from .outcome import INSUFFICIENT, NO_DATA, OK, VIOLATED
from .output import Written
from .places import files, read
from .reading import data_of, window_of
from .reference import checked, method_of, profile as make
from .settings import Settings
from .table import TYPES, Table

TRUTH = "_label"
"""The column that late labels come into, where the question names none."""


def profile_(settings: Settings, now: datetime) -> Written:
    """Make a reference: of data, or of the files of Model Monitor's baseline."""
    method = method_of(settings)
    asked: dict[str, Any] = {}
    if settings.has("monitor"):
        said = settings.inner("monitor")
        told = loaded(said.text("statistics"))
        bounds = loaded(said.text("constraints")) if said.has("constraints") else None
        said.finish()
        reference, asked = monitor.imported(told, bounds, method)
        seen: Mapping[str, Any] = {"rows": reference["rows"]}
    else:
        columns = {}
        for name, each in settings.inners("columns"):
            columns[name] = each.word("type", TYPES)
            each.finish()
        ignored = settings.texts("ignore", [])
        most = settings.count("maximumCategories", 200, 1, 10_000)
        table, seen = data_of(settings.inner("data"), window_of(settings))
        reference = make(table, method, columns, ignored, most)
    report = {
        **_head("profile", settings, OK, reference["rows"], seen, now),
        "columns": {name: _told(each) for name, each in reference["columns"].items()},
    }
    beside = {
        "reference.json": reference,
        "statistics.json": monitor.statistics(reference),
        "constraints.json": monitor.constraints(reference),
        **({"compare.json": asked} if asked else {}),
    }
    return Written(report, beside)


def _told(column: Mapping[str, Any]) -> dict[str, Any]:
    """A column of a reference, without its distribution."""
    kept = ("points", "upTo", "below", "edges", "bins")
    return {name: value for name, value in column.items() if name not in kept}


def compare(settings: Settings, now: datetime) -> Written:
    """Compare data with a reference."""
    reference = checked(loaded(settings.text("reference")))
    rule = drift.rule_of(settings.inner("drift", {}), reference)
    rules = quality.rules_of(settings.inner("quality", {}), rule.sample)
    window = window_of(settings)
    target = _target(settings)
    table, seen = _window_of(settings, window)
    drifted = drift.compare(reference, table, rule) if table.rows else []
    checks = quality.check(reference, table, rules) if table.rows else []
    judged = [each for each in drifted if each["pAdjusted"] is not None]
    found = [each for each in drifted if each["status"] == VIOLATED]
    if not table.rows:
        status = NO_DATA
    elif any(each["status"] == VIOLATED for each in checks) or (
        judged and len(found) / len(judged) > rule.share
    ):
        status = VIOLATED
    elif table.rows < rule.sample or (drifted and not judged):
        status = INSUFFICIENT
    else:
        status = OK
    report = {
        **_head("compare", settings, status, table.rows, seen, now),
        **({"window": window.said()} if window else {}),
        "minimumRows": rule.sample,
        "alpha": rule.alpha,
        "method": reference["method"],
        "drift": drifted,
        "quality": checks,
        "unjudged": [each["feature"] for each in drifted if each["pAdjusted"] is None],
    }
    beside: dict[str, Any] = {"constraint_violations.json": monitor.violations(report)}
    if settings.truth("statistics", default=True) and table.rows:
        types = {
            name: each["type"]
            for name, each in reference["columns"].items()
            if name in table.columns
        }
        kept = make(table, method_of(_as_settings(reference)), types)
        beside["statistics.json"] = monitor.statistics(kept)
    return Written(report, beside, figures.of_comparison(report), target)


def evaluate_(settings: Settings, now: datetime) -> Written:
    """Judge a model by predictions and labels."""
    said = settings.inner("question")
    if settings.has("labels"):
        said = Settings({"label": TRUTH, **said.data}, said.path)
    question = evaluate.Question(said)
    said.finish()
    baseline = loaded(settings.text("baseline")) if settings.has("baseline") else None
    window, target = window_of(settings), _target(settings)
    late = settings.inner("labels", {})
    table, seen = _window_of(settings, window)
    table, about, enough = _labelled(settings, late, table, question.label, window, now)
    report = {
        **_head("evaluate", settings, OK, table.rows, seen, now),
        **evaluate.judge(question, table, baseline),
        **({"window": window.said()} if window else {}),
        **about,
    }
    if not enough and report["status"] in {OK, VIOLATED}:
        report["status"] = INSUFFICIENT
    report.setdefault("judged", [])
    evaluation = {
        "metrics": report["metrics"],
        "status": report["status"],
        "rows": report["rows"],
        **{
            name: each
            for name, each in monitored.quality_statistics(report).items()
            if name.endswith("_metrics")
        },
    }
    beside = {
        "evaluation.json": evaluation,
        "statistics.json": monitored.quality_statistics(report),
        "constraints.json": monitored.quality_constraints(report),
        "constraint_violations.json": monitored.quality_violations(report),
    }
    return Written(report, beside, figures.of_evaluation(report), target)


def bias_(settings: Settings, now: datetime) -> Written:
    """Say how differently groups are treated."""
    said = settings.inner("question")
    if settings.has("labels"):
        said = Settings({"label": TRUTH, **said.data}, said.path)
    question = bias.Question(said)
    said.finish()
    window, target = window_of(settings), _target(settings)
    late = settings.inner("labels", {})
    table, seen = _window_of(settings, window)
    table, about, enough = _labelled(settings, late, table, question.label, window, now)
    report = {
        **_head("bias", settings, OK, table.rows, seen, now),
        **bias.judge(question, table),
        **({"window": window.said()} if window else {}),
        **about,
    }
    if not enough and report["status"] in {OK, VIOLATED}:
        report["status"] = INSUFFICIENT
    told = {"positive": [], "label": question.label, **report}
    beside = {
        "analysis.json": monitored.analysis(told),
        "constraint_violations.json": monitored.bias_violations(report),
    }
    return Written(report, beside, figures.of_bias(report), target)


def _head(
    verb: str, settings: Settings, status: str, rows: int, seen: Mapping[str, Any], now: datetime
) -> dict[str, Any]:
    return {
        "verb": verb,
        "name": settings.text("name", ""),
        "status": status,
        "rows": rows,
        "made": now.isoformat(),
        "seen": dict(seen),
    }


def _as_settings(reference: Mapping[str, Any]) -> Settings:
    return Settings({"method": reference["method"]})


def _target(settings: Settings) -> figures.Target | None:
    return figures.target_of(settings.inner("metrics")) if settings.has("metrics") else None


def _window_of(settings: Settings, window: Any) -> tuple[Table, Mapping[str, Any]]:
    """The data of a window."""
    said = settings.inner("data")
    if window is not None and said.data.get("format") != "capture":
        raise ConfigError("window", "is for captured requests, which say when they were made")
    return data_of(said, window)


def _labelled(
    settings: Settings,
    late: Settings,
    table: Table,
    column: str,
    window: Any,
    now: datetime,
) -> tuple[Table, dict[str, Any], bool]:
    """The rows with labels that came later, if any are named; and whether there are enough."""
    if not settings.has("labels"):
        return table, {}, True
    least = late.number("minimumCoverage", 0.5, 0, 1)
    delay = late.number("maximumDelayHours", 0.0, 0, 24 * 3650)
    key = late.text("id", "")
    form = late.word("format", ("groundTruth", "csv", "jsonLines", "parquet"), "groundTruth")
    if form == "groundTruth":
        most = late.number("maximumBad", 0.01, 0, 1)
        path = late.text("path")
        late.finish()
        found = labels.ground_truth(path, most)
    else:
        label, theirs = late.text("label"), late.text("key")
        names = ("minimumCoverage", "maximumDelayHours", "id", "label", "key")
        rest = {name: value for name, value in late.data.items() if name not in names}
        known, _ = data_of(Settings(rest, late.path))
        found = labels.in_table(known, theirs, label)
    if not table.rows:
        return table, {}, True
    joined, about = labels.join(table, found, column, key)
    final = window is None or now >= window.end + timedelta(hours=delay)
    return joined, {"labels": {**about, "final": final}}, about["coverage"] >= least


def loaded(path: str) -> Any:
    """JSON of a file, or of the one file in a folder that has the name it should have.

    Raises:
        DataError: it cannot be read.
    """
    found = files(path)
    if len(found) != 1:
        raise DataError(f"{path!r} is no file")
    try:
        return json.loads(read(found[0]).decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise DataError(f"{path!r} is no JSON: {error}") from error


VERBS: Mapping[str, Callable[[Settings, datetime], Written]] = {
    "profile": profile_,
    "compare": compare,
    "evaluate": evaluate_,
    "bias": bias_,
}
