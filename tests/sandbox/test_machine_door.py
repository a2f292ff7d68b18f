"""A run with a stand-in on a sandbox of its own: announced, done apart, and told over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from reconciler.sandbox import lifecycle
from reconciler.sandbox.lifecycle import Running
from reconciler.sandbox.standin import door

GROUP = "customers"
SCRIPT = """\
import argparse, os
import boto3

parser = argparse.ArgumentParser()
parser.add_argument("--in")
source = vars(parser.parse_args())["in"]
bucket, _, key = source.removeprefix("s3://").partition("/")
store = boto3.client("s3", endpoint_url=os.environ["AWS_ENDPOINT_URL"])
rows = store.get_object(Bucket=bucket, Key=key)["Body"].read().split()
store.put_object(Bucket=bucket, Key="clean", Body=b" ".join(sorted(rows)))
print(len(rows), "rows")
"""


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    state = tmp_path_factory.mktemp("sandbox")
    found = lifecycle.start(state)
    try:
        yield found
    finally:
        lifecycle.stop(state)


def client(running: Running, service: str) -> Any:
    session = boto3.Session(aws_access_key_id="sandbox", aws_secret_access_key="sandbox")
    config = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})
    return session.client(service, "eu-west-1", endpoint_url=running.url, config=config)


def role(running: Running, name: str, service: str, *actions: str) -> str:
    iam = client(running, "iam")

    def document(**statement: Any) -> str:
        return json.dumps({"Version": "2012-10-17", "Statement": [statement]})

    trust = {"Effect": "Allow", "Principal": {"Service": f"{service}.amazonaws.com"}}
    text = document(**trust, Action="sts:AssumeRole")
    made = iam.create_role(RoleName=name, AssumeRolePolicyDocument=text)
    text = document(Effect="Allow", Action=list(actions), Resource="*")
    iam.put_role_policy(RoleName=name, PolicyName="p", PolicyDocument=text)
    return str(made["Role"]["Arn"])


def test_a_stand_in_works_with_the_rights_of_the_job_that_it_stands_for(
    running: Running, tmp_path: Path
) -> None:
    s3 = client(running, "s3")
    where = {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket="rows-of-tests", CreateBucketConfiguration=where)
    s3.put_object(Bucket="rows-of-tests", Key="raw", Body=b"b a")
    worker = role(running, "worker", "glue", "s3:GetObject", "s3:PutObject")
    command = {"Name": "glueetl", "ScriptLocation": "s3://x/clean.py"}
    client(running, "glue").create_job(Name="clean", Role=worker, Command=command)
    given = {"JobName": "clean", "Arguments": {"--in": "s3://rows-of-tests/raw"}}
    state = {"Type": "Task", "Resource": "arn:aws:states:::glue:startJobRun.sync",
             "Parameters": given, "End": True}  # fmt: skip
    definition = json.dumps({"StartAt": "clean", "States": {"clean": state}})
    states = client(running, "stepfunctions")
    flow = states.create_state_machine(
        name="flow", definition=definition, roleArn=role(running, "flow", "states", "glue:*")
    )["stateMachineArn"]
    execution = f"{flow.replace(':stateMachine:', ':execution:')}:mine"
    door.announce(running.url, execution, ["clean"])
    states.start_execution(stateMachineArn=flow, name="mine", input="{}")
    assert states.describe_execution(executionArn=execution)["status"] == "RUNNING"
    (job,) = door.waiting(running.url, execution)
    script = tmp_path / "clean.py"
    script.write_text(SCRIPT)
    ended = door.do(running.url, job, script)
    assert ended.ok, ended
    assert ended.output.strip() == "2 rows"
    assert door.waiting(running.url, execution) == []
    for _ in range(20):
        found = states.describe_execution(executionArn=execution)
        if found["status"] != "RUNNING":
            break
    assert found["status"] == "SUCCEEDED", found
    assert s3.get_object(Bucket="rows-of-tests", Key="clean")["Body"].read() == b"a b"
    assert door.notes(running.url, execution) == []


def test_records_of_feature_groups_go_through_the_servers_door(running: Running) -> None:
    features = {"id": "String", "at": "String", "n": "Integral"}
    client(running, "sagemaker").create_feature_group(
        FeatureGroupName=GROUP, RecordIdentifierFeatureName="id", EventTimeFeatureName="at",
        FeatureDefinitions=[{"FeatureName": n, "FeatureType": t} for n, t in features.items()],
        OnlineStoreConfig={"EnableOnlineStore": True},
    )  # fmt: skip
    for _ in range(10):
        made = client(running, "sagemaker").describe_feature_group(FeatureGroupName=GROUP)
        if made["FeatureGroupStatus"] == "Created":
            break
    store = client(running, "sagemaker-featurestore-runtime")

    def row(n: str, at: str = "2026-01-01T00:00:00Z") -> list[dict[str, str]]:
        values = {"id": "a", "at": at, "n": n}
        return [{"FeatureName": name, "ValueAsString": it} for name, it in values.items()]

    store.put_record(FeatureGroupName=GROUP, Record=row("1"))
    store.put_record(FeatureGroupName=GROUP, Record=row("2", "2025-01-01T00:00:00Z"))
    for wrong in (row("x"), row("1", "yesterday"), row("1")[1:]):
        with pytest.raises(store.exceptions.ValidationError):
            store.put_record(FeatureGroupName=GROUP, Record=wrong)
    given = {"FeatureGroupName": GROUP, "RecordIdentifierValueAsString": "a"}
    assert store.get_record(**given, FeatureNames=["n"])["Record"] == [row("1")[2]]
    both = [{"FeatureGroupName": GROUP, "RecordIdentifiersValueAsString": ["a", "b"]}]
    assert len(store.batch_get_record(Identifiers=both)["Records"]) == 1
    store.delete_record(**given, EventTime="2026-02-01T00:00:00Z")
    assert "Record" not in store.get_record(**given)
