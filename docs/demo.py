"""The loop on the example platform, on the embedded sandbox, as a newcomer would type it.

Run by `make demo`. Every command is shown and really run; an unexpected exit
code ends the demo with 1. It empties the sandbox of this folder first.
"""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import boto3

from reconciler.sandbox import lifecycle
from reconciler.sandbox.seed import register_package, report, upload

ENVIRONMENT = "local"
REGION = "eu-west-1"
ARTIFACTS = "acme-local-artifacts-123456789012"
FALLBACK = "fallback/2026-09-14/model.tar.gz"
DAY = "2026-11-20"
MERCHANTS = ("bakery", "airline")
AMOUNTS = (12.5, 430.0, -1.0, 8.75)
"""Of the day's authorizations. No payment is less than nothing."""
BIN = Path(sys.executable).with_name("moorline")


def say(text: str) -> None:
    """A sentence between two commands."""
    print(f"\n\033[1m# {text}\033[0m" if sys.stdout.isatty() else f"\n# {text}", flush=True)


def moorline(arguments: str, *, expect: int = 0) -> None:
    """Show and run one command; end the demo when its exit code is not the expected one."""
    print(f"\n$ moorline {arguments}", flush=True)
    code = subprocess.run([BIN, *shlex.split(arguments)], check=False).returncode
    if code != expect:
        sys.exit(f"expected exit code {expect}, got {code}")


def client(service: str) -> Any:  # noqa: ANN401 - boto3 clients have no static type
    """A plain boto3 client on the sandbox, as someone with a console would have."""
    found = lifecycle.find(lifecycle.folder_of(Path.cwd()))
    if found is None:
        sys.exit("the sandbox is not running")
    return boto3.client(
        service,
        endpoint_url=found.url,
        region_name=REGION,
        aws_access_key_id="alice",
        aws_secret_access_key="alice",
    )


def main() -> None:
    """The whole story."""
    state = lifecycle.folder_of(Path.cwd())
    lifecycle.stop(state)
    lifecycle.reset(state)
    e = f"-e {ENVIRONMENT}"
    say("Everything wrong with the files would be found here, with its line.")
    moorline(f"validate {e}")
    say("What is to be made is shown, and made. Two rollouts wait for their models, and a source")
    say("for its secret.")
    moorline(f"apply {e} --yes")
    say("A training run registers a model, with its evaluation; somebody uploads the other one,")
    say("and keeps the card scheme's token where tokens are kept.")
    register()
    print(f"uploaded: {upload(client('s3'), ARTIFACTS, FALLBACK)}")
    keep_token()
    say("The version is judged by the registry's policy, and a reviewer approves it.")
    moorline(f"registry approve fraud 1 {e} --yes")
    moorline(f"apply {e} --yes")
    say("Now AWS is as the specs say.")
    moorline(f"plan {e} --detailed-exitcode")
    say("A day of authorizations, one of them bad, becomes features.")
    upload_day()
    moorline(f"run DataPipeline/customer-features {e} --for {DAY}..{DAY} --watch")
    show_features()
    say("Someone changes an alarm and a bucket by hand.")
    edit_by_hand()
    moorline(f"drift {e}", expect=4)
    say("Apply repairs it.")
    moorline(f"apply {e} --yes")
    lifecycle.stop(state)


def register() -> None:
    """Register a version that waits for its approval, as the pipeline of the training does."""
    report_at = report(client("s3"), ARTIFACTS, "training/fraud/evaluation.json", auc=0.968)
    arn = register_package(
        client("sagemaker"), "acme-local-fraud", approved=False, metrics=report_at
    )
    print(f"registered: {arn}")


def keep_token() -> None:
    """Put the token that a DataSource names into Secrets Manager."""
    token = json.dumps({"token": "of the sandbox"})
    client("secretsmanager").create_secret(Name="partners/scheme", SecretString=token)
    print("kept: partners/scheme")


def upload_day() -> None:
    """Write authorizations of one day and the merchants, as lines of JSON."""
    paid = [
        {
            "transaction_id": f"t{number}",
            "card_token": "c1",
            "customer_id": "alice",
            "merchant_id": MERCHANTS[number % 2],
            "amount": amount,
            "currency": "EUR",
            "entry_mode": "chip",
            "authorized_at": f"{DAY}T0{number}:30:00Z",
            "day": DAY,
        }
        for number, amount in enumerate(AMOUNTS)
    ]
    known = [{"merchant_id": name, "name": name, "category_code": "5462"} for name in MERCHANTS]
    put_lines("transactions", f"authorizations/day={DAY}/part-0.json", paid)
    put_lines("merchants", "current/part-0.json", known)


def put_lines(source: str, key: str, rows: Iterable[object]) -> None:
    """Put rows into the bucket of a DataSource."""
    body = "".join(f"{json.dumps(row)}\n" for row in rows).encode()
    bucket = f"acme-local-{source}-123456789012"
    client("s3").put_object(Bucket=bucket, Key=key, Body=body)
    print(f"uploaded: s3://{bucket}/{key}")


def show_features() -> None:
    """What the online store has of the customer now."""
    got = client("sagemaker-featurestore-runtime").get_record(
        FeatureGroupName="acme-local-customer-v2", RecordIdentifierValueAsString="alice"
    )
    record = {each["FeatureName"]: each["ValueAsString"] for each in got["Record"]}
    print(f"features of alice: {record}")


def edit_by_hand() -> None:
    """Raise the threshold of one alarm and suspend the versioning of one bucket."""
    cloudwatch = client("cloudwatch")
    alarm = cloudwatch.describe_alarms(MaxRecords=1)["MetricAlarms"][0]
    taken = cloudwatch.meta.service_model.operation_model("PutMetricAlarm").input_shape.members
    keep = {key: value for key, value in alarm.items() if key in taken}
    cloudwatch.put_metric_alarm(**{**keep, "Threshold": alarm["Threshold"] * 4})
    print(f"changed the threshold of {alarm['AlarmName']}")
    s3 = client("s3")
    bucket = next(
        each["Name"] for each in s3.list_buckets()["Buckets"] if "curated" in each["Name"]
    )
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    print(f"suspended the versioning of {bucket}")


if __name__ == "__main__":
    main()
