"""What state machines do step by step, and the schedules that start them."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from reconciler.access.workloads.jobs import filled, started, writes
from reconciler.access.workloads.site import Site, Thing, Work, name_of, place, sealed, takes

STATES, SCHEDULER = "states.amazonaws.com", "scheduler.amazonaws.com"
_TRUST = "Step Functions developer guide, Prevent cross-service confused deputy issue"
_LOGS = "Step Functions developer guide, Logging using CloudWatch Logs, IAM policies"
_QUEUE = "Step Functions developer guide, Integrate Amazon SQS, IAM policies"
_TOPIC = "Step Functions developer guide, Integrate Amazon SNS, IAM policies"
_ATHENA = "Step Functions developer guide, Integrate Amazon Athena, IAM policies"
_RESULTS = "Athena user guide, Control access to Amazon S3 from Athena"
_SDK = "Step Functions developer guide, AWS SDK service integrations: the role may do the action"
_GLUE = "Step Functions developer guide, Start an AWS Glue job, IAM policies"
_HTTP = "Step Functions developer guide, Call HTTPS APIs, IAM permissions to run an HTTP Task"
_SELF = "Step Functions developer guide, Start workflow executions from a task state"
_TABLES = "Athena user guide, Configure access to databases and tables in the Glue Data Catalog"
_EXPORT = "DynamoDB developer guide, Requesting a table export, Setting up permissions"
_ABSENT = "S3 API, GetObject: without s3:ListBucket a missing key is no NoSuchKey"
_TAKEN = "EventBridge Scheduler user guide, Confused deputy prevention: the group is the source"
_STARTS = "EventBridge Scheduler user guide, Execution role of a schedule with StartExecution"
_LETTERS = "EventBridge Scheduler user guide, Configuring a dead-letter queue"
DELIVERY = tuple(
    f"logs:{each}"
    for each in (
        "CreateLogDelivery", "DeleteLogDelivery", "DescribeResourcePolicies", "GetLogDelivery",
        "ListLogDeliveries", "PutResourcePolicy", "UpdateLogDelivery",
    )
)  # fmt: skip


def machines(site: Site) -> Iterator[Work]:
    """Each machine as its role, and each schedule as its own."""
    for machine in site.of("StateMachine"):
        yield from _machine(site, machine)
    for schedule in site.of("Schedule"):
        if schedule.type.startswith("AWS::Scheduler"):
            yield from _schedule(site, schedule)


def held(site: Site) -> frozenset[str]:
    """The ARNs of the roles that machines and schedules have, which say who may take them."""
    found = {str(each.props.get("RoleArn")) for each in site.of("StateMachine")}
    for schedule in site.of("Schedule"):
        found.add(str((schedule.props.get("Target") or {}).get("RoleArn")))
    return frozenset(found)


def _machine(site: Site, machine: Thing) -> Iterator[Work]:
    role = str(machine.props["RoleArn"])
    yield takes(site, role, _TRUST, site.arn("states", f"stateMachine:{machine.name}"), STATES)
    if machine.props.get("LoggingConfiguration"):
        call = site.call(role, "logs.DescribeLogGroups")
        yield Work(name_of(role), call, _LOGS, besides=DELIVERY)
    written = machine.props.get("DefinitionString") or machine.props.get("Definition")
    definition = json.loads(written) if isinstance(written, str) else written
    for state in inside(definition or {}):
        resource, params = str(state.get("Resource", "")), state.get("Parameters")
        if ":states:::" in resource:
            what = resource.rpartition(":states:::")[2]
            yield from _does(site, machine, what, params or {})
            if what.endswith("s3:getObject") and "NoSuchKey" in json.dumps(state):
                at = str((params or {})["Bucket"])
                yield site.does(role, _ABSENT, "s3.ListObjectsV2", Bucket=at)
    yield from _unloads(site, role, definition or {})


def inside(definition: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Every state of a machine, those of its branches and iterations included."""
    for state in (definition.get("States") or {}).values():
        yield state
        for branch in state.get("Branches") or ():
            yield from inside(branch)
        for each in ("ItemProcessor", "Iterator"):
            yield from inside(state.get(each) or {})


def _does(site: Site, machine: Thing, what: str, params: Mapping[str, Any]) -> Iterator[Work]:
    """The call of one integration, where the definition says on what it is."""
    role = str(machine.props["RoleArn"])
    if what == "sqs:sendMessage" and "QueueUrl" in params:
        yield site.does(role, _QUEUE, "sqs.SendMessage", QueueUrl=str(params["QueueUrl"]))
    elif what == "sns:publish" and "TopicArn" in params:
        yield site.does(role, _TOPIC, "sns.Publish", TopicArn=str(params["TopicArn"]))
    elif what == "aws-sdk:sfn:listExecutions":
        at = str(params["StateMachineArn"])
        yield site.does(role, _SDK, "stepfunctions.ListExecutions", stateMachineArn=at)
    elif what == "athena:startQueryExecution.sync":
        yield from _query(site, role, str(params["WorkGroup"]))
        if database := (params.get("QueryExecutionContext") or {}).get("Database"):
            call = site.call(role, "glue.GetDatabase", Name=str(database))
            listed, catalogue = ("glue:GetDatabases", "glue:GetTables"), site.arn("glue", "catalog")
            yield Work(name_of(role), call, _TABLES, besides=listed, at=catalogue)
    elif what == "glue:startJobRun.sync":
        job = {"JobName": str(params["JobName"])}
        yield site.does(role, _GLUE, "glue.StartJobRun", **job)
        yield site.does(role, _GLUE, "glue.GetJobRun", **job, RunId="0")
        yield site.does(role, _GLUE, "glue.GetJobRuns", **job)
        yield site.does(role, _GLUE, "glue.BatchStopJobRun", **job, JobRunIds=["0"])
        yield from started(site, job["JobName"], params.get("Arguments") or {})
    elif what in {"aws-sdk:s3:getObject", "aws-sdk:s3:putObject"}:
        method = "s3.GetObject" if what.endswith("getObject") else "s3.PutObject"
        key = filled(params, "Key")
        yield site.does(role, _SDK, method, Bucket=str(params["Bucket"]), Key=key)
    else:
        yield from _further(site, machine, what, params)


def _further(site: Site, machine: Thing, what: str, params: Mapping[str, Any]) -> Iterator[Work]:
    """Runs of a machine by itself, interfaces, and exports of tables."""
    role, own = str(machine.props["RoleArn"]), site.arn("states", f"stateMachine:{machine.name}")
    if what == "states:startExecution" and params.get("StateMachineArn.$") == "$$.StateMachine.Id":
        yield site.does(role, _SELF, "stepfunctions.StartExecution", stateMachineArn=own)
    elif what == "http:invoke":
        yield from _invokes(site, role, own, params)
    elif what == "aws-sdk:dynamodb:exportTableToPointInTime":
        yield site.does(role, _EXPORT, "dynamodb.ExportTableToPointInTime", **params)
        at = f"{params['TableArn']}/export/0"
        yield site.does(role, _SDK, "dynamodb.DescribeExport", ExportArn=at)


def _invokes(site: Site, role: str, machine: str, params: Mapping[str, Any]) -> Iterator[Work]:
    """An address is asked with what a connection keeps in a secret of EventBridge's."""
    connection = str((params.get("Authentication") or {}).get("ConnectionArn", ""))
    name = connection.partition(":connection/")[2].partition("/")[0]
    secret = site.arn("secretsmanager", f"secret:events!connection/{name}/0")
    asked = {
        "states:httpmethod": str(params["Method"]),
        "states:httpendpoint": filled(params, "ApiEndpoint"),
    }
    get = site.call(role, "secretsmanager.GetSecretValue", context=asked, SecretId=secret)
    yield Work(name_of(role), get, _HTTP, besides=("states:InvokeHTTPEndpoint",), at=machine)
    look = site.call(role, "secretsmanager.DescribeSecret", SecretId=secret)
    credentials = ("events:RetrieveConnectionCredentials",)
    yield Work(name_of(role), look, _HTTP, besides=credentials, at=connection)


def _unloads(site: Site, role: str, definition: Mapping[str, Any]) -> Iterator[Work]:
    """Where statements of Athena read tables of the site, and where they write."""
    for said in _statements(definition):
        for table in site.of("Table"):
            if table.type.startswith("AWS::Glue") and _named(table).search(said):
                yield from _reads(site, role, table)
        for target in _TO.findall(said):
            yield from writes(site, role, target.replace("{}", "0"), own=False)


_TO = re.compile(r" TO \\*'(s3://[^'\\]+)")


def _statements(definition: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """Texts of a definition that unload something."""
    if isinstance(definition, str):
        if "UNLOAD" in definition:
            yield definition
    elif isinstance(definition, Mapping):
        whole = " ".join(it for it in definition.values() if isinstance(it, str))
        if "UNLOAD" in whole:
            yield whole  # a statement may be in pieces
        for each in definition.values():
            yield from _statements(each) if not isinstance(each, str) else ()
    elif isinstance(definition, list):
        for each in definition:
            yield from _statements(each)


def _named(table: Thing) -> re.Pattern[str]:
    database, _, name = table.name.partition("/")
    return re.compile(rf'"?{re.escape(database)}"?\."?{re.escape(name)}\b')


def _reads(site: Site, role: str, table: Thing) -> Iterator[Work]:
    database, _, name = table.name.partition("/")
    at = {"DatabaseName": database}
    yield site.does(role, _TABLES, "glue.GetDatabase", Name=database)
    yield site.does(role, _TABLES, "glue.GetTable", **at, Name=name)
    yield site.does(role, _TABLES, "glue.GetPartitions", **at, TableName=name)
    own = {**at, "TableName": name, "PartitionValues": ["0"]}
    yield site.does(role, _TABLES, "glue.GetPartition", **own)
    location = ((table.props.get("TableInput") or {}).get("StorageDescriptor") or {}).get(
        "Location"
    )
    if location:
        bucket, key = place(str(location))
        yield site.does(role, _RESULTS, "s3.ListObjectsV2", Bucket=bucket)
        yield site.does(role, _RESULTS, "s3.GetObject", Bucket=bucket, Key=f"{key}/0")


def _query(site: Site, role: str, group: str) -> Iterator[Work]:
    """A query of a workgroup, which writes with the role of who runs it."""
    start = site.call(role, "athena.StartQueryExecution", WorkGroup=group)
    catalogue = site.arn("athena", "datacatalog/AwsDataCatalog")
    yield Work(name_of(role), start, _ATHENA, besides=("athena:GetDataCatalog",), at=catalogue)
    for operation in ("GetQueryExecution", "StopQueryExecution"):
        yield site.does(role, _ATHENA, f"athena.{operation}", QueryExecutionId=group)
    for own in site.of("WorkGroup"):
        if own.name == group:
            results = own.props["WorkGroupConfiguration"].get("ResultConfiguration") or {}
            yield from _results(site, role, results)


def _results(site: Site, role: str, results: Mapping[str, Any]) -> Iterator[Work]:
    if not results.get("OutputLocation"):
        return
    bucket, prefix = place(str(results["OutputLocation"]))
    at = {"Bucket": bucket, "Key": f"{prefix}/0.csv"}
    for operation in ("GetBucketLocation", "ListObjectsV2"):
        yield site.does(role, _RESULTS, f"s3.{operation}", Bucket=bucket)
    key = (results.get("EncryptionConfiguration") or {}).get("KmsKey")
    yield site.does(role, _RESULTS, "s3.PutObject", **at, **sealed(key))
    yield site.does(role, _RESULTS, "s3.CreateMultipartUpload", **at, **sealed(key))
    for operation in ("GetObject", "ListParts", "AbortMultipartUpload"):
        more = {} if operation == "GetObject" else {"UploadId": "0"}
        yield site.does(role, _RESULTS, f"s3.{operation}", **at, **more)


def _schedule(site: Site, schedule: Thing) -> Iterator[Work]:
    """A schedule takes its role for its group, starts its machine, and keeps what it could not."""
    target = schedule.props["Target"]
    role, group = str(target["RoleArn"]), str(schedule.props.get("GroupName") or "default")
    yield takes(site, role, _TAKEN, site.arn("scheduler", f"schedule-group/{group}"), SCHEDULER)
    if ":stateMachine:" in str(target["Arn"]):
        start = {"stateMachineArn": str(target["Arn"])}
        yield site.does(role, _STARTS, "stepfunctions.StartExecution", **start)
    if letters := (target.get("DeadLetterConfig") or {}).get("Arn"):
        yield site.does(role, _LETTERS, "sqs.SendMessage", QueueUrl=_address(site, str(letters)))


def _address(site: Site, queue: str) -> str:
    """The address of a queue by its ARN."""
    account, name = queue.split(":")[4:6]
    return f"https://sqs.{site.region}.amazonaws.com/{account}/{name}"
