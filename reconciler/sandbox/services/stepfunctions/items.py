"""What a Map goes through, in batches or one by one, and where its results are written.

Source: developer guide, "ItemReader (Map)", "ItemBatcher (Map)", "ResultWriter (Map)".
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from typing import Any

from reconciler.facts.asl import path, template
from reconciler.facts.files import Json
from reconciler.sandbox.services.stepfunctions import asking
from reconciler.sandbox.services.stepfunctions.execution import (
    PAYLOAD,
    Branch,
    Execution,
    Failure,
    dumps,
)

READER = "States.ItemReaderFailed"
WRITER = "States.ResultWriterFailed"


def of(run: Execution, branch: Branch, state: Mapping[str, Any], data: Json) -> list[Any]:
    """The items of a Map.

    Raises:
        Failure: what is there is no array, or cannot be read.
    """
    context = run.context(branch)
    if "ItemReader" in state:
        return _read(run, state["ItemReader"], data, context, branch.variables)
    found = path.find(state.get("ItemsPath", "$"), data, context, branch.variables)
    if not isinstance(found, list):
        where = state.get("ItemsPath", "$")
        text = f'Reference path "{where}" must point to array.'
        raise Failure("States.Runtime", text)
    return found


def _read(
    run: Execution, reader: Mapping[str, Any], data: Json, context: Json, variables: Json
) -> list[Any]:
    given = reader.get("Parameters") or {}
    given = template.filled(given, data, context, variables)
    setting = reader.get("ReaderConfig") or {}
    most = setting.get("MaxItems")
    if "MaxItemsPath" in setting:
        most = path.find(setting["MaxItemsPath"], data, context, variables)
    resource = str(reader["Resource"])
    try:
        if resource.endswith("s3:listObjectsV2"):
            found = _listed(run, given)
        else:
            body = asking.ask(run, "s3", "GetObject", given)["Body"]
            found = _parsed(body, setting)
    except asking.RefusedError as refused:
        raise Failure(READER, f"{refused.code}: {refused.message}") from None
    except (ValueError, KeyError) as mistake:
        raise Failure(READER, f"Attempted to read the items: {mistake}") from None
    return found[: int(most)] if most else found


def _listed(run: Execution, given: Mapping[str, Any]) -> list[Any]:
    found: list[Any] = []
    more: dict[str, Any] = {}
    while True:
        page = asking.ask(run, "s3", "ListObjectsV2", {**given, **more})
        for each in page.get("Contents") or ():
            when = each["LastModified"].timestamp()
            found.append({**each, "LastModified": int(when)})
        if not page.get("IsTruncated"):
            return found
        more = {"ContinuationToken": page["NextContinuationToken"]}


def _parsed(body: bytes, setting: Mapping[str, Any]) -> list[Any]:
    kind = str(setting.get("InputType", "JSON"))
    text = body.decode("utf-8-sig")
    if kind == "JSONL":
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    if kind == "CSV":
        sign = {"COMMA": ",", "PIPE": "|", "SEMICOLON": ";", "SPACE": " ", "TAB": "\t"}
        rows = [
            *csv.reader(io.StringIO(text), delimiter=sign[setting.get("CSVDelimiter", "COMMA")])
        ]
        heads = setting.get("CSVHeaders")
        if setting.get("CSVHeaderLocation") == "FIRST_ROW":
            heads, rows = rows[0], rows[1:]
        return [dict(zip(heads or (), row, strict=False)) for row in rows if row]
    if kind != "JSON":
        raise ValueError(f"the sandbox does not read {kind}")
    found = json.loads(text)
    if not isinstance(found, list):
        raise ValueError("the object is no JSON array")  # noqa: TRY004  (of the file, not a type)
    return found


def batched(
    batcher: Mapping[str, Any],
    found: list[tuple[Any, dict[str, Any]]],
    data: Json,
    context: Json,
    variables: Json,
) -> list[tuple[Any, dict[str, Any]]]:
    """The items in batches of at most so many, or so many bytes."""

    def limit(name: str) -> int:
        if f"{name}Path" in batcher:
            return int(path.find(batcher[f"{name}Path"], data, context, variables))
        return int(batcher.get(name, 0))

    most, size = limit("MaxItemsPerBatch"), limit("MaxInputBytesPerBatch") or PAYLOAD
    common = batcher.get("BatchInput")
    head = (
        {} if common is None else {"BatchInput": template.filled(common, data, context, variables)}
    )
    made: list[list[Any]] = []
    room = 0
    for value, _ in found:
        bytes_ = len(dumps(value).encode()) + 1
        if not made or (most and len(made[-1]) >= most) or bytes_ > room:
            made.append([])
            room = size - len(dumps({**head, "Items": []}).encode())
        made[-1].append(value)
        room -= bytes_
    return [
        ({**head, "Items": each}, {"Item": {"Index": index, "Value": each}})
        for index, each in enumerate(made)
    ]


def write(run: Execution, branch: Branch, state: Mapping[str, Any]) -> dict[str, Any] | None:
    """Write the results of a map run to S3; nothing where the state does not ask for it.

    Raises:
        Failure: S3 refuses.
    """
    writer = state.get("ResultWriter")
    if not writer or "Parameters" not in writer:
        return None
    context = run.context(branch)
    given = template.filled(
        writer["Parameters"], branch.work.get("data"), context, branch.variables
    )
    arn = branch.work["map"]
    home = "/".join(filter(None, (str(given.get("Prefix", "")).strip("/"), arn.rpartition(":")[2])))
    good = [
        _row(run, branch, index, "SUCCEEDED", output=dumps(each))
        for index, each in sorted(branch.results.items())
    ]
    bad = [
        _row(run, branch, index, "FAILED", error=error, cause=cause)
        for index, (error, cause) in sorted(branch.failed.items())
    ]
    files: dict[str, list[dict[str, Any]]] = {"FAILED": [], "PENDING": [], "SUCCEEDED": []}
    try:
        for kind, rows in (("SUCCEEDED", good), ("FAILED", bad)):
            if rows:
                key = f"{home}/{kind}_0.json"
                body = dumps(rows)
                files[kind] = [{"Key": key, "Size": len(body.encode())}]
                asking.ask(
                    run,
                    "s3",
                    "PutObject",
                    {"Bucket": given["Bucket"], "Key": key, "Body": body.encode()},
                )
        key = f"{home}/manifest.json"
        manifest = {"DestinationBucket": given["Bucket"], "MapRunArn": arn, "ResultFiles": files}
        asking.ask(
            run,
            "s3",
            "PutObject",
            {"Bucket": given["Bucket"], "Key": key, "Body": dumps(manifest).encode()},
        )
    except asking.RefusedError as refused:
        raise Failure(WRITER, f"{refused.code}: {refused.message}") from None
    return {"MapRunArn": arn, "ResultWriterDetails": {"Bucket": given["Bucket"], "Key": key}}


def _row(run: Execution, branch: Branch, index: int, status: str, **told: str) -> dict[str, Any]:
    value = branch.work["found"][index][0]
    names = {key.capitalize(): text for key, text in told.items()}
    return {
        "ExecutionArn": f"{branch.work['map']}/{index}",
        "Input": dumps(value),
        "Name": str(index),
        "StateMachineArn": run.machine,
        "Status": status,
        **names,
    }
