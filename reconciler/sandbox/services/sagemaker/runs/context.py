"""An execution that goes on: its steps, what it knows, and the calls that it sends as its role."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reconciler.sandbox.iam import principals
from reconciler.sandbox.services.sagemaker.jobs import files
from reconciler.sandbox.services.sagemaker.runs import values
from reconciler.sandbox.services.sagemaker.runs.values import Scope, UnresolvedError
from reconciler.sandbox.services.stepfunctions import acting
from reconciler.sandbox.state.clock import moment
from reconciler.sandbox.state.world import WORLD

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reconciler.sandbox.services.sagemaker.store import Call, Record

PRINCIPAL = "sagemaker.amazonaws.com"
STEPS, DOCUMENT, GIVEN, ROLE, NOTES = "steps", "document", "given", "role", "notes"
KEY, KEY_ENDS = "key", "key ends"
STATUS = "PipelineExecutionStatus"
TAG = "sagemaker:pipeline-execution-arn"
SOON = 60.0
WAITING, EXECUTING, SUCCEEDED, FAILED, STOPPED, LEFT = (
    "", "Executing", "Succeeded", "Failed", "Stopped", "left out",
)  # fmt: skip


@dataclass(slots=True)
class Doing:
    """A step of an execution."""

    name: str
    kind: str
    definition: dict[str, Any]
    within: tuple[str, bool] | None
    """The condition whose branch it is in, and whether that has to hold."""
    status: str = WAITING
    began: float | None = None
    ended: float | None = None
    tries: int = 1
    reason: str = ""
    metadata: dict[str, Any] = field(default_factory=dict)
    outputs: Any = None
    """Its properties, for steps after it."""
    outcome: bool | None = None
    """Of a condition, whether it has held."""
    job: tuple[str, str] | None = None
    """What it waits for: a kind and a name."""
    due: float | None = None
    """When it is tried again."""
    used: dict[str, int] = field(default_factory=dict)
    failed_at: float | None = None
    cache: str = ""
    hit: str = ""
    reused: str = ""
    """The executions whose result was taken over: from the cache, or by selection."""
    order: int = 0


class StepError(Exception):
    """A step fails, and the exception type that retry policies know it by."""

    def __init__(self, reason: str, kind: str = "") -> None:
        """`kind` is empty where no policy can know it."""
        super().__init__(reason)
        self.reason, self.kind = reason, kind


@dataclass(frozen=True, slots=True)
class Going:
    """An execution at a moment."""

    call: Call
    record: Record
    at: float

    @property
    def steps(self) -> dict[str, Doing]:
        """Its steps, in the order of the definition."""
        found: dict[str, Doing] = self.record.extra[STEPS]
        return found

    @property
    def id(self) -> str:
        """The end of its ARN."""
        return self.record.arn.rpartition("/")[2]

    def with_status(self, *wanted: str) -> Iterator[Doing]:
        """The steps that stand so."""
        return (each for each in self.steps.values() if each.status in wanted)

    def scope(self) -> Scope:
        """What expressions mean now."""
        record, pipeline = self.record, self.record.data["PipelineArn"]
        execution = {
            "PipelineArn": pipeline,
            "PipelineName": pipeline.rpartition("/")[2],
            "PipelineExecutionArn": record.arn,
            "PipelineExecutionId": self.id,
            "StartDateTime": moment(record.created).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "CurrentDateTime": moment(self.at).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "TrainingJobName": "",
            "ProcessingJobName": "",
        }
        known = {
            name: each.outputs for name, each in self.steps.items() if each.outputs is not None
        }
        return Scope(record.extra[GIVEN], execution, known, self._file)

    def _file(self, given: Mapping[str, Any]) -> Any:  # noqa: ANN401  (any JSON value)
        """The document that a JsonGet reads: a step's property file, or one by its place."""
        if given.get("S3Uri") is not None:
            uri = str(self.scope().value(given["S3Uri"]))
        else:
            uri = self._property_file(given.get("PropertyFile"))
        bucket, _, key = uri.removeprefix("s3://").partition("/")
        try:
            body = self.send("", "s3", "GetObject", {"Bucket": bucket, "Key": key})["Body"]
        except acting.RefusedError as refused:
            raise UnresolvedError(f"Unable to read {uri} for JsonGet: {refused}") from None
        try:
            return json.loads(body)
        except ValueError:
            raise UnresolvedError(f"Unable to read {uri} for JsonGet: it is no JSON") from None

    def _property_file(self, wanted: Any) -> str:  # noqa: ANN401  (any JSON value)
        path = wanted.get(values.GET, "") if isinstance(wanted, dict) else str(wanted or "")
        parts = path.split(".")
        step = self.steps.get(parts[1] if len(parts) > 1 else "")
        declared = step.definition.get("PropertyFiles") or () if step is not None else ()
        for each in declared:
            if step is not None and each.get("PropertyFileName") == parts[-1]:
                where = f"ProcessingOutputConfig.Outputs['{each['OutputName']}'].S3Output.S3Uri"
                try:
                    uri = str(values.find(step.outputs, where)).rstrip("/")
                except LookupError:
                    break
                return f"{uri}/{each['FilePath']}"
        raise UnresolvedError(f"Unable to resolve the property file {path}")

    def send(
        self, step: str, service: str, operation: str, given: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The answer of a call of the pipeline's role.

        Raises:
            RefusedError: the service refuses, or the role cannot be taken.
        """
        WORLD.machines.asking = (self.record.arn, step)
        try:
            region = self.call.backend.region_name
            return acting.call(self._key(), region, service, operation, given)
        finally:
            WORLD.machines.asking = None

    def _key(self) -> str:
        extra = self.record.extra
        role = str(extra[ROLE])
        if principals.held(role) is None:
            return files.ADMINISTRATOR  # nobody knows what such a role may do
        if float(extra.get(KEY_ENDS, 0.0)) - SOON <= self.at:
            where = self.call.backend
            taken = acting.take(role, PRINCIPAL, where.region_name, f"SageMaker-{self.id}",
                                where.account_id, self.record.arn)  # fmt: skip
            extra[KEY], extra[KEY_ENDS] = taken.key, taken.ends
        return str(extra[KEY])

    def named(self, step: Doing, most: int = 63) -> str:
        """The name of a job: a new one for each try. Tuning jobs have room for 32 characters."""
        told = f"{self.record.arn} {step.name} {step.tries} {self.at}"
        digest = hashlib.sha256(told.encode()).hexdigest()[:10]
        plain = "".join(each if each.isalnum() else "-" for each in step.name).strip("-")
        head = f"pipelines-{self.id}" if most > 32 else self.id  # noqa: PLR2004  (of tuning jobs)
        room = most - len(head) - len(digest) - 2
        return f"{head}-{plain[:room].strip('-') or 'x'}-{digest}"

    def tags(self, given: Mapping[str, Any]) -> list[dict[str, str]]:
        """The tags of what a step makes."""
        return [*(given.get("Tags") or ()), {"Key": TAG, "Value": self.record.arn}]

    def note(self, step: Doing, text: str) -> None:
        """Keep what was not done."""
        told = {"state": step.name, "note": text}
        if told not in self.record.extra[NOTES]:
            self.record.extra[NOTES].append(told)
