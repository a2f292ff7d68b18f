"""Runs of rulesets on tables of the catalog: they tell of rules, and of no row.

Source: Glue API reference, StartDataQualityRulesetEvaluationRun, GetDataQualityResult. Rows are
those of the objects below the table's location, whatever its partitions.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from reconciler.facts import dqdl
from reconciler.sandbox.services.glue import ruleset, table
from reconciler.sandbox.services.glue.common import due, missing, now, page, wrong
from reconciler.sandbox.services.glue.quality import rows, store
from reconciler.sandbox.services.glue.quality.evaluate import PASS, evaluate
from reconciler.sandbox.services.glue.quality.split import OURS, results
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from reconciler.sandbox.beside import Call, Record

SERVICE = "glue"
KIND = "data-quality-run"
TAKES = 60.0
"""Seconds of a run."""
ENDED = frozenset({"SUCCEEDED", "FAILED", "STOPPED"})


def start(call: Call) -> dict[str, Any]:
    """StartDataQualityRulesetEvaluationRun: one ruleset, on one table."""
    names = call["RulesetNames"]
    if len(names) != 1:
        raise wrong("A run takes one ruleset.")
    source = call["DataSource"]["GlueTable"]
    table.find(call, source["DatabaseName"], source["TableName"])
    text = ruleset.find(call, names[0]).data["Ruleset"]
    number = WORLD.next_number()
    name = f"dqrun-{uuid.UUID(int=number + (4 << 76)).hex}"
    data = {
        "shown": {
            "RunId": name,
            "DataSource": call["DataSource"],
            "Role": call["Role"],
            "RulesetNames": names,
            "Status": "RUNNING",
            "StartedOn": now(),
        },
        "text": text,
        "due": WORLD.clock.now() + TAKES,
        "result": None,
    }
    call.add(KIND, name, call.arn(f"dataQualityRun/{name}"), data)
    return {"RunId": name}


def _find(call: Call, name: str) -> Record:
    record = call.records(KIND).get(name)
    if record is None:
        raise missing(f"Data Quality Ruleset Evaluation Run {name} not found.")
    if record.data["shown"]["Status"] == "RUNNING" and due(record.data):
        _finish(call, record)
    return record


def _finish(call: Call, record: Record) -> None:
    """What the run has found by now."""
    shown, where = record.data["shown"], call.backend
    source = shown["DataSource"]["GlueTable"]
    shown["CompletedOn"] = record.data["due"]
    try:
        body = table.find(call, source["DatabaseName"], source["TableName"]).data["input"]
        place = (body.get("StorageDescriptor") or {}).get("Location", "")
        form = (body.get("Parameters") or {}).get("classification", "")
        found = rows.read(store.read(place, where.account_id, where.region_name), form)
        outcomes = evaluate(dqdl.ruleset(record.data["text"]), found, record.data["due"])
    except (dqdl.DqdlError, FileNotFoundError, rows.UnreadableError) as error:
        shown |= {"Status": "FAILED", "ErrorString": f"{error} ({OURS})"}
        return
    id_ = record.name.replace("dqrun", "dqresult")
    passed = sum(each.result == PASS for each in outcomes)
    shown |= {"Status": "SUCCEEDED", "ResultIds": [id_]}
    record.data["result"] = {
        "ResultId": id_,
        "Score": passed / len(outcomes),
        "DataSource": shown["DataSource"],
        "RulesetName": shown["RulesetNames"][0],
        "EvaluationContext": OURS,
        "StartedOn": shown["StartedOn"],
        "CompletedOn": record.data["due"],
        "RulesetEvaluationRunId": record.name,
        "RuleResults": results(outcomes),
    }


def get(call: Call) -> dict[str, Any]:
    """GetDataQualityRulesetEvaluationRun."""
    found: dict[str, Any] = _find(call, call["RunId"]).data["shown"]
    return found


def list_(call: Call) -> dict[str, Any]:
    """ListDataQualityRulesetEvaluationRuns, the newest first."""
    kept = ("RunId", "Status", "StartedOn", "DataSource")
    every = sorted(call.records(KIND), key=lambda name: -call.records(KIND)[name].number)
    found = ({key: _find(call, name).data["shown"][key] for key in kept} for name in every)
    return page(call, found, "Runs")


def cancel(call: Call) -> None:
    """CancelDataQualityRulesetEvaluationRun."""
    record = _find(call, call["RunId"])
    if record.data["shown"]["Status"] in ENDED:
        raise wrong("The run has ended.")
    record.data["shown"]["Status"] = "STOPPED"


def result(call: Call) -> dict[str, Any]:
    """GetDataQualityResult."""
    found = _result(call, call["ResultId"])
    if found is None:
        raise missing(f"Data Quality Result {call['ResultId']} not found.")
    return found


def _result(call: Call, name: str) -> dict[str, Any] | None:
    for record in call.records(KIND).values():
        found: dict[str, Any] | None = record.data["result"]
        if found is not None and found["ResultId"] == name:
            return found
    return None


def many(call: Call) -> dict[str, Any]:
    """BatchGetDataQualityResult."""
    found = {name: _result(call, name) for name in call["ResultIds"]}
    return {
        "Results": [each for each in found.values() if each is not None],
        "ResultsNotFound": [name for name, each in found.items() if each is None],
    }


OPERATIONS = {
    "StartDataQualityRulesetEvaluationRun": start,
    "GetDataQualityRulesetEvaluationRun": get,
    "ListDataQualityRulesetEvaluationRuns": list_,
    "CancelDataQualityRulesetEvaluationRun": cancel,
    "GetDataQualityResult": result,
    "BatchGetDataQualityResult": many,
}
