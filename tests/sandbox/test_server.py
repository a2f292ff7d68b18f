"""The server as its users meet it: a real process, found, steered, stopped and started again."""

from __future__ import annotations

import http.client
import os
import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from sweeps import only_long

from reconciler.sandbox import lifecycle
from reconciler.sandbox.door.faults import Fault, Faults
from reconciler.sandbox.home import launch
from reconciler.sandbox.protocol.sessions import signed
from reconciler.sandbox.seed import register_package
from reconciler.sandbox.state import snapshot

from .cases import FEATURE_GROUP, make_config, make_model
from .conformance import refused

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from reconciler.sandbox.lifecycle import Running


@pytest.fixture(scope="module", autouse=True)
def real() -> Iterator[None]:
    """The server's own program, which other tests fork."""
    forked, launch.by = launch.by, launch.process
    yield
    launch.by = forked


SESSION = signed("sandbox")
CONFIG = Config(retries={"max_attempts": 1}, s3={"addressing_style": "path"})


def client_of(running: Running, service: str, region: str = "eu-west-1") -> Any:
    return SESSION.client(service, region_name=region, endpoint_url=running.url, config=CONFIG)


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Running]]:
    state = tmp_path_factory.mktemp("sandbox")
    running = lifecycle.start(state)
    try:
        yield state, running
    finally:
        lifecycle.stop(state)


@pytest.fixture
def state(shared: tuple[Path, Running]) -> Path:
    lifecycle.reset(shared[0])
    return shared[0]


@pytest.fixture
def running(state: Path, shared: tuple[Path, Running]) -> Running:
    assert lifecycle.find(state) == shared[1]
    return shared[1]


def test_it_is_found_and_tells_about_itself(state: Path, running: Running) -> None:
    make_model(client_of(running, "sagemaker"))
    status = lifecycle.status(state)
    assert status is not None
    assert (status["pid"], status["port"]) == (running.pid, running.port)
    assert status["resources"] == {"sagemaker:model": 1}
    assert status["calls"] == {"sagemaker.CreateModel": 1}
    assert status["uptime"] > 0


def test_nothing_is_found_where_nothing_runs(tmp_path: Path) -> None:
    assert lifecycle.find(tmp_path) is None
    assert lifecycle.status(tmp_path) is None
    assert lifecycle.stop(tmp_path) is False
    lifecycle.reset(tmp_path)


def test_a_second_server_in_the_same_directory_does_not_start(state: Path) -> None:
    with pytest.raises(lifecycle.SandboxError, match="Another sandbox is using"):
        lifecycle.start(state)


def make_everything(running: Running) -> None:
    sagemaker = client_of(running, "sagemaker")
    make_model(sagemaker)
    make_config(sagemaker)
    sagemaker.create_endpoint(EndpointName="fraud", EndpointConfigName="config-1")
    s3 = client_of(running, "s3")
    where = {"CreateBucketConfiguration": {"LocationConstraint": "eu-west-1"}}
    s3.create_bucket(Bucket="features", **where)
    FEATURE_GROUP.create(sagemaker)
    register_package(sagemaker, "fraud")
    s3.create_bucket(Bucket="kept-bucket", **where)
    s3.put_bucket_versioning(Bucket="kept-bucket", VersioningConfiguration={"Status": "Enabled"})
    for body in (b"one", b"two"):
        s3.put_object(Bucket="kept-bucket", Key="k", Body=body)
    kms = client_of(running, "kms")
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/kept", TargetKeyId=key)
    iam = client_of(running, "iam")
    iam.create_role(RoleName="kept", AssumeRolePolicyDocument="{}")
    policy = "arn:aws:iam::aws:policy/AmazonSageMakerFullAccess"
    iam.attach_role_policy(RoleName="kept", PolicyArn=policy)
    client_of(running, "sns").create_topic(Name="kept")
    client_of(running, "cloudwatch").put_metric_alarm(
        AlarmName="kept",
        Namespace="n",
        MetricName="m",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Period=60,
        Threshold=1.0,
        Statistic="Sum",
    )
    limit = {"Amount": "1", "Unit": "USD"}
    budget = {"BudgetName": "kept", "BudgetType": "COST", "TimeUnit": "MONTHLY"}
    client_of(running, "budgets").create_budget(
        AccountId="123456789012", Budget=budget | {"BudgetLimit": limit}
    )


def see_everything(running: Running) -> dict[str, Any]:
    sagemaker = client_of(running, "sagemaker")
    s3 = client_of(running, "s3")
    iam = client_of(running, "iam")
    return {
        "endpoint": sagemaker.describe_endpoint(EndpointName="fraud")["EndpointConfigName"],
        "features": sagemaker.describe_feature_group(FeatureGroupName="customer-v1")[
            "FeatureDefinitions"
        ],
        "packages": sagemaker.list_model_packages(ModelPackageGroupName="fraud")[
            "ModelPackageSummaryList"
        ],
        "body": s3.get_object(Bucket="kept-bucket", Key="k")["Body"].read(),
        "versions": len(s3.list_object_versions(Bucket="kept-bucket")["Versions"]),
        "key": client_of(running, "kms").describe_key(KeyId="alias/kept")["KeyMetadata"]["Arn"],
        "policies": iam.list_attached_role_policies(RoleName="kept")["AttachedPolicies"],
        "topics": client_of(running, "sns").list_topics()["Topics"],
        "alarms": [
            item["AlarmArn"]
            for item in client_of(running, "cloudwatch").describe_alarms()["MetricAlarms"]
        ],
        "budget": client_of(running, "budgets").describe_budget(
            AccountId="123456789012", BudgetName="kept"
        )["Budget"]["BudgetLimit"],
    }


def test_the_state_survives_a_stop_and_a_start(tmp_path: Path) -> None:
    first = lifecycle.start(tmp_path)
    try:
        make_everything(first)
        before = see_everything(first)
        assert lifecycle.stop(tmp_path) is True
        second = lifecycle.ensure(tmp_path)
        assert second.pid != first.pid
        assert see_everything(second) == before
        lifecycle.reset(tmp_path)
        assert lifecycle.status(tmp_path)["resources"] == {}  # type: ignore[index]  # it runs
    finally:
        lifecycle.stop(tmp_path)


@only_long
def test_the_state_survives_a_signal(tmp_path: Path) -> None:
    first = lifecycle.start(tmp_path)
    try:
        make_model(client_of(first, "sagemaker"))
        os.kill(first.pid, signal.SIGTERM)
        wait_for(lambda: lifecycle.find(tmp_path) is None)
        second = lifecycle.start(tmp_path)
        assert len(client_of(second, "sagemaker").list_models()["Models"]) == 1
    finally:
        lifecycle.stop(tmp_path)


def wait_for(condition: Any) -> None:
    deadline = time.monotonic() + 20
    pause = threading.Event()
    while not condition():
        assert time.monotonic() < deadline
        pause.wait(0.02)


def test_racing_starters_get_one_server(tmp_path: Path) -> None:
    try:
        with ThreadPoolExecutor(4) as pool:
            found = set(pool.map(lambda _: lifecycle.ensure(tmp_path), range(4)))
        assert len(found) == 1
    finally:
        lifecycle.stop(tmp_path)


def test_it_says_whether_its_reads_lag(running: Running) -> None:
    assert not lifecycle.lags(running)
    for reads, lags in ((2, True), ({"*": 0, "s3.*": 1}, True), ({"*": 0}, False), (0, False)):
        lifecycle.control(running, "lag", {"reads": reads})
        assert lifecycle.lags(running) is lags


def test_it_throttles_on_its_clock(state: Path, running: Running) -> None:
    assert lifecycle.pace(running) is None
    lifecycle.control(running, "clock", {"mode": "manual"})
    assert lifecycle.control(running, "throttling", {"share": 1})["refused"] == {}
    look = client_of(running, "cloudtrail").lookup_events
    look()
    refused("ThrottlingException", "Rate exceeded", look)
    found = lifecycle.control(running, "throttling")
    assert set(found["refused"]) == {"cloudtrail.LookupEvents"}
    lifecycle.control(running, "clock", {"advance": 0.5})
    look()
    lifecycle.reset(state)
    assert lifecycle.control(running, "throttling")["share"] == 0


@pytest.mark.parametrize("share", [-1, "much", None])
def test_a_share_that_is_none_is_refused(running: Running, share: object) -> None:
    with pytest.raises(lifecycle.SandboxError, match="refused throttling"):
        lifecycle.control(running, "throttling", {"share": share})


def test_while_it_lags_a_write_is_put_whole_to_both_states(running: Running) -> None:
    """First to the one before the last write, and then to the one that there is."""
    s3, where = client_of(running, "s3"), {"LocationConstraint": "eu-west-1"}
    s3.create_bucket(Bucket="a-lag", CreateBucketConfiguration=where)
    lifecycle.control(running, "lag", {"reads": 1})
    s3.put_bucket_versioning(Bucket="a-lag", VersioningConfiguration={"Status": "Enabled"})
    tags = [{"Key": "a", "Value": "b"}]
    s3.put_bucket_tagging(Bucket="a-lag", Tagging={"TagSet": tags})
    refused("NoSuchTagSet", "", s3.get_bucket_tagging, Bucket="a-lag")
    assert s3.get_bucket_tagging(Bucket="a-lag")["TagSet"] == tags


def test_the_clock_is_read_set_and_advanced(running: Running) -> None:
    before = lifecycle.control(running, "clock")
    assert before["mode"] == "auto"
    lifecycle.control(running, "clock", {"mode": "manual"})
    now = lifecycle.control(running, "clock")["now"]
    assert lifecycle.control(running, "clock", {"advance": 50})["now"] == now + 50


def test_a_scripted_outcome_ends_a_deployment(running: Running) -> None:
    client = client_of(running, "sagemaker")
    lifecycle.control(running, "clock", {"mode": "manual"})
    script = {"name": "fraud", "mode": "failed", "reason": "because"}
    queued = lifecycle.control(running, "outcome", script)["outcomes"]
    assert queued == {"fraud": [{"mode": "failed", "reason": "because"}]}
    make_model(client)
    make_config(client)
    client.create_endpoint(EndpointName="fraud", EndpointConfigName="config-1")
    lifecycle.control(running, "clock", {"advance": 1000})
    shown = client.describe_endpoint(EndpointName="fraud")
    assert (shown["EndpointStatus"], shown["FailureReason"]) == ("Failed", "because")


def test_traffic_and_maintenance_are_scripted_over_the_wire(running: Running) -> None:
    client = client_of(running, "sagemaker")
    lifecycle.control(running, "clock", {"mode": "manual"})
    make_model(client)
    make_config(client)
    client.create_endpoint(EndpointName="fraud", EndpointConfigName="config-1")
    lifecycle.control(running, "clock", {"advance": 100})
    given = {
        "rates": {"fraud": 10},
        "behaviours": [{"of": "fraud/blue", "errors": 0.5}],
        "points": [{"namespace": "Shop", "name": "Orders", "dimensions": {}, "value": 7}],
        "delay": 0,
    }
    assert lifecycle.control(running, "traffic", given)["delay"] == 0
    clock = lifecycle.control(running, "clock", {"advance": 120})
    metric = {
        "Namespace": "AWS/SageMaker", "MetricName": "Invocation5XXErrors", "Dimensions": [
            {"Name": "EndpointName", "Value": "fraud"}, {"Name": "VariantName", "Value": "blue"}],
    }  # fmt: skip
    (found,) = client_of(running, "cloudwatch").get_metric_data(
        MetricDataQueries=[
            {"Id": "a", "MetricStat": {"Metric": metric, "Period": 3600, "Stat": "Sum"}}
        ],
        StartTime=clock["now"] - 7200,
        EndTime=clock["now"] + 3600,
    )["MetricDataResults"]
    assert sum(found["Values"]) == pytest.approx(600, abs=3)
    busy = lifecycle.control(running, "endpoints", {"maintain": {"fraud": 60}})
    assert busy["endpoints"] == {"fraud": "SystemUpdating"}
    with pytest.raises(lifecycle.SandboxError, match="cannot be"):
        lifecycle.control(running, "traffic", {"behaviours": [{"of": "x", "errors": 2}]})


RULES: dict[str, tuple[str, str, str]] = {
    "a JSON service": ("sagemaker", "list_models", "AccessDeniedException"),
    "a query service": ("iam", "list_roles", "AccessDenied"),
    "a REST XML service": ("s3", "list_buckets", "AccessDenied"),
    "a service with two wire formats": ("cloudwatch", "describe_alarms", "SomethingUnknown"),
    "the tagging API": ("resourcegroupstaggingapi", "get_resources", "SomethingUnknown"),
}


@pytest.mark.parametrize(("service", "method", "code"), RULES.values(), ids=RULES.keys())
def test_a_rule_fails_the_next_call(running: Running, service: str, method: str, code: str) -> None:
    client = client_of(running, service)
    operation = client.meta.method_to_api_mapping[method]
    rule = {"service": service, "operation": operation, "code": code}
    assert len(lifecycle.control(running, "faults", rule)["faults"]) == 1
    refused(code, "Injected", getattr(client, method))
    getattr(client, method)()


def test_a_bad_control_request_is_explained(running: Running) -> None:
    with pytest.raises(lifecycle.SandboxError, match="use one of ok, rollback"):
        lifecycle.control(running, "outcome", {"name": "a", "mode": "explode"})
    with pytest.raises(lifecycle.SandboxError, match="No /moorline/nonsense"):
        lifecycle.control(running, "nonsense")


FOREIGN: dict[str, dict[str, str]] = {
    "a foreign name": {"Host": "evil.example"},
    "a foreign name with a port": {"Host": "evil.example:80"},
    "a name below ours": {"Host": "localhost.evil.example"},
    "a name that only starts like a loopback address": {"Host": "127.0.0.1.evil.example"},
    "a user in front of the name": {"Host": "127.0.0.1:80@evil.example"},
    "no name": {"Host": ""},
    "a broken name": {"Host": "["},
    "a page of another site": {"Origin": "https://evil.example"},
    "a page without a site": {"Origin": "null"},
    "a page of this machine": {"Origin": "http://127.0.0.1:8000"},
    "a picture in a page": {"Sec-Fetch-Site": "cross-site"},
}
ASKED = ("/moorline/ping", "/moorline/status", "/moorline/stop", "/", "/?Action=ListTopics")


def status_of(running: Running, method: str, path: str, headers: dict[str, str]) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", running.port, timeout=10)
    try:
        connection.request(method, path, headers=headers)
        return connection.getresponse().status
    finally:
        connection.close()


@pytest.mark.parametrize("headers", FOREIGN.values(), ids=FOREIGN.keys())
def test_a_page_in_a_browser_is_refused(running: Running, headers: dict[str, str]) -> None:
    asked = [(method, path) for method in ("GET", "POST") for path in ASKED]
    assert {status_of(running, *each, headers) for each in asked} == {403}
    assert lifecycle.status(running_state(running)) is not None


def running_state(running: Running) -> str:
    return str(lifecycle.control(running, "status")["state"])


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "localhost:80", "[::1]:80"])
def test_a_program_on_this_machine_is_answered(running: Running, host: str) -> None:
    assert status_of(running, "GET", "/moorline/ping", {"Host": host}) == 200


@pytest.mark.parametrize("path", ["reset", "scale", "snapshot", "stop"])
def test_what_changes_something_is_no_get(running: Running, path: str) -> None:
    assert status_of(running, "GET", f"/moorline/{path}", {}) == 405
    assert lifecycle.control(running, "ping")["pid"] == running.pid


def test_it_ends_when_nobody_uses_it_and_keeps_its_state(tmp_path: Path) -> None:
    first = lifecycle.start(tmp_path, idle="3s")
    try:
        wait_for(lambda: not first.lives)
        assert lifecycle.find(tmp_path) is None
        assert (tmp_path / snapshot.FILE).exists()
    finally:
        lifecycle.stop(tmp_path)


@pytest.mark.parametrize("idle", ["8 h", "-1", "soon", "1w", "1.5h"])
def test_a_time_that_is_none_is_said_to_be(tmp_path: Path, idle: str) -> None:
    with pytest.raises(lifecycle.SandboxError, match="no time after which"):
        lifecycle.start(tmp_path / "new", idle=idle)
    assert not (tmp_path / "new").exists()


MISSING: dict[str, tuple[str, str]] = {
    "a JSON service": ("sagemaker", "list_apps"),
    "a query service": ("sns", "list_origination_numbers"),
    "a REST service": ("bedrock", "list_guardrails"),
    "a whole JSON service": ("pricing", "describe_services"),
    "a whole REST service": ("accessanalyzer", "list_analyzers"),
}


@pytest.mark.parametrize(("service", "method"), MISSING.values(), ids=MISSING.keys())
def test_what_is_missing_is_a_501(running: Running, service: str, method: str) -> None:
    client = client_of(running, service, "us-east-1")
    with pytest.raises(ClientError) as caught:
        getattr(client, method)()
    answer = caught.value.response
    metadata = answer["ResponseMetadata"]
    assert (answer["Error"]["Code"], metadata["HTTPStatusCode"], metadata["RetryAttempts"]) == (
        "NotImplementedInSandbox",
        501,
        0,
    )


def test_clients_in_threads_lose_nothing(running: Running) -> None:
    client = client_of(running, "sagemaker")

    def work(number: int) -> None:
        make_model(client, f"m-{number}")
        client.list_models(MaxResults=100)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(48)))
    assert len(client.list_models(MaxResults=100)["Models"]) == 48


def test_a_lost_reply_has_its_effect_on_the_server(running: Running) -> None:
    faults = Faults()
    faults.add(Fault("sagemaker", "CreateModel", kind="reset", after=True))
    client = faults.attach(client_of(running, "sagemaker"))
    refused("ValidationException", "already existing", lambda: make_model(client))
    assert len(client.list_models()["Models"]) == 1


def test_a_head_of_a_missing_bucket_is_a_404(running: Running) -> None:
    with pytest.raises(ClientError) as caught:
        client_of(running, "s3").head_bucket(Bucket="no-such-bucket")
    assert caught.value.response["Error"]["Code"] == "404"


def test_a_start_that_fails_shows_the_log(tmp_path: Path) -> None:
    (tmp_path / "server.lock").mkdir()
    with pytest.raises(lifecycle.SandboxError, match="IsADirectoryError"):
        lifecycle.start(tmp_path)
