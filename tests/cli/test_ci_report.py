"""`moorline ci report`: an issue on a local forge, an object and a topic in a sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from forge import server

from reconciler.aws.errors import Denied, Gone, Rejected
from reconciler.aws.session import Session
from reconciler.cli.ci import aws as ci_aws
from reconciler.forge import drift

from .folder import Folder
from .test_ci_comment import Job

E = ("-e", "local")
TOPIC = "arn:aws:sns:eu-west-1:123456789012:drift"


def document(*names: str, environment: str = "local") -> dict[str, Any]:
    head = {"type": "AWS::S3::Bucket", "kind": "missing", "at": None, "fields": []}
    drifted = [{**head, "name": name} for name in names]
    return {"environment": environment, "drifted": drifted, "diagnostics": [], "owned": []}


def given(*names: str) -> bytes:
    return json.dumps(document(*names)).encode()


@pytest.fixture
def job(tmp_path: Path) -> Iterator[Job]:
    with server.running() as forge:
        yield Job(tmp_path, forge)


def done(job: Job, *names: str) -> list[str]:
    said = job.run("report", *E, "--to", "issue", "--json", given=given(*names)).json
    return [each["done"] for each in said["reported"]]


@pytest.mark.parametrize("provider", ["github", "gitlab"])
def test_the_life_of_an_issue(provider: str, job: Job) -> None:
    job.provider = provider
    assert done(job) == ["silent"]
    assert done(job, "ledger") == ["created"]
    assert done(job, "ledger") == ["unchanged"]
    assert done(job, "ledger", "log") == ["updated"]
    assert done(job) == ["closed"]
    assert done(job, "log") == ["reopened"]
    assert len(getattr(job.forge.state, provider).tickets) == 1


def test_the_issue_says_who_did_it_and_how_to_keep_it(job: Job) -> None:
    by = {"class": "human", "name": "@alice", "via": "console", "at": "2026-11-20T14:02:00Z"}
    data = document("ledger")
    keep = "moorline drift -e local --write AWS::S3::Bucket/ledger"
    data["drifted"][0] |= {"by": {**by, "why": ""}, "keep": keep}
    job.run("report", "--to", "issue", given=json.dumps(data).encode())
    body = job.forge.state.github.tickets[0].body
    assert "`by hand: @alice, console, 2026-11-20 14:02Z`" in body
    assert f"keep it: `{keep}`" in body


def test_a_text_of_somebody_elses_making_is_taken(job: Job) -> None:
    (job.path / "drift.md").write_text("<!-- moorline:drift:local -->\n# Monday\n")
    (job.path / "drift.json").write_bytes(given("ledger"))
    arguments = ("--to", "issue", "--markdown", "drift.md")
    job.run("report", "drift.json", *arguments)
    (ticket,) = job.forge.state.github.tickets
    assert "# Monday" in ticket.body
    assert ticket.body.count("moorline:drift:local") == 1


@pytest.mark.parametrize(
    ("data", "arguments", "code"),
    [
        pytest.param(b"{", (), "CI013", id="no JSON"),
        pytest.param(b'{"diagnostics": []}', (), "CI013", id="a failed look"),
        pytest.param(given("a"), ("-e", "prod"), "CI013", id="another environment"),
        pytest.param(given("a"), ("--to", "s3://bucket"), "CI014", id="an object without a key"),
        pytest.param(given("a"), ("--to", "sns:topic"), "CI014", id="a topic without an ARN"),
        pytest.param(given("a"), ("--to", "mail"), "CI014", id="no target"),
    ],
)
def test_it_is_refused(data: bytes, arguments: tuple[str, ...], code: str, job: Job) -> None:
    job.forge.state.github.ticket("moorline[bot]", "t", "<!-- moorline:drift:local -->", [])
    said = job.run("report", "--to", "issue", *arguments, "--json", given=data, expect=1)
    assert said.codes == [code]
    assert job.forge.state.asked == []


@pytest.mark.parametrize(
    ("fault", "code"), [("fork", "CI004"), ("503:3600", "CI007"), ("gone", "CI005")]
)
def test_a_report_that_nobody_gets_is_an_error(fault: str, code: str, job: Job) -> None:
    job.forge.state.always = fault
    said = job.run("report", "--to", "issue", "--json", given=given("a"), expect=1)
    assert said.codes == [code]
    assert "issues: write" in said.out or code != "CI004"


def test_an_object_and_a_topic_in_the_sandbox(small: Folder, job: Job) -> None:
    small.client("s3").create_bucket(
        Bucket="reports", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
    )
    small.client("sns").create_topic(Name="drift")
    (small.path / "drift.json").write_bytes(given("ledger"))
    targets = ("--to", "s3://reports/drift/local.json", "--to", f"sns:{TOPIC}")
    rows = [
        small.run("ci", "report", "drift.json", *E, *targets, "--json", expect=0).json["reported"]
        for _ in range(2)
    ]
    assert [{each["to"][:3]: each["done"] for each in row} for row in rows] == [
        {"sns": "published", "s3:": "written"},
        {"sns": "unchanged", "s3:": "written"},
    ]
    stored = small.client("s3").get_object(Bucket="reports", Key="drift/local.json")
    kept = json.loads(stored["Body"].read())
    assert kept["fingerprint"] == stored["Metadata"]["moorline-fingerprint"]
    wrong = ("--to", "s3://not-there/key")
    said = small.run("ci", "report", "drift.json", *E, *wrong, "--json", expect=1)
    assert said.codes == ["CI014"]


# -- what a topic hears, without AWS


class Cloud:
    """S3 and SNS, as far as a report goes; `fails` has an error for a method."""

    def __init__(self) -> None:
        self.meta: dict[str, str] | None = None
        self.body = b""
        self.heard: list[dict[str, str]] = []
        self.fails: dict[str, Exception] = {}

    def send(self, _service: str, method: str, params: dict[str, Any], **_: Any) -> dict[str, Any]:
        if method in self.fails:
            raise self.fails[method]
        if method == "head_object":
            if self.meta is None:
                raise Gone("s3.head_object", "404", "")
            return {"Metadata": self.meta}
        if method == "put_object":
            self.meta, self.body = params["Metadata"], params["Body"]
        else:
            self.heard.append(params)
        return {}


def send(cloud: Any, data: dict[str, Any], *, key: str = "d.json", topic: str = TOPIC):
    session: Session = cloud
    delivery = ci_aws.deliver(session, drift.read(data), data)
    delivery.send([ci_aws.Object("b", key)] if key else [], [ci_aws.Topic(topic)])
    return delivery


def test_a_topic_hears_what_is_new_and_the_end() -> None:
    cloud = Cloud()
    for names in [(), ("a",), ("a",), ("a", "b"), (), ()]:
        send(cloud, document(*names))
    assert [each["Subject"] for each in cloud.heard] == [
        "Drift in local: 1 resource differs from the specs",
        "Drift in local: 2 resources differ from the specs",
        "Drift in local is gone",
    ]


def test_what_could_not_be_published_is_published_next_time() -> None:
    cloud = Cloud()
    cloud.fails["publish"] = Rejected("sns.publish", "NotFound", "")
    assert [each.code for each in send(cloud, document("a")).found] == ["CI014"]
    assert b'"a"' in cloud.body
    cloud.fails.clear()
    send(cloud, document("a"))
    assert len(cloud.heard) == 1


@pytest.mark.parametrize("key", ["", "d.json"], ids=["no object", "an object it may not read"])
def test_without_memory_it_is_published_every_time_and_said(key: str) -> None:
    cloud = Cloud()
    cloud.fails["head_object"] = Denied("s3.head_object", "403", "")
    for _ in range(2):
        assert [each.code for each in send(cloud, document("a"), key=key).found] == ["CI015"]
    assert len(cloud.heard) == 2
    send(cloud, document(), key=key)
    assert len(cloud.heard) == 2


def test_a_fifo_topic_gets_its_group() -> None:
    cloud = Cloud()
    send(cloud, document("a"), topic=f"{TOPIC}.fifo")
    assert cloud.heard[0]["MessageGroupId"] == "local"


def test_a_key_that_ends_with_md_holds_markdown() -> None:
    cloud = Cloud()
    send(cloud, document("a"), key="drift/local.md")
    assert b"- **missing** `AWS::S3::Bucket` `a`" in cloud.body
